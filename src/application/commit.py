"""The commit: everything that one command appended, atomically; one item of the events table."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from application.upcasting import MALFORMED, UnreadableEvent, todays_data
from kernel.digest import canonical
from kernel.event_types import EventTypes
from kernel.messages import AggregateId, Command, Event, Recorded
from kernel.personal import FINGERPRINTS

E = TypeVar("E", bound=Event)

GENESIS = bytes(32)
"""The predecessor's hash of a stream's first commit."""


@dataclass(frozen=True, slots=True)
class Commit:
    """The events that one command appended, and everything recorded with them.

    `first_sequence` is the key: guard, events, identity, state and outbox are one write. `actor`
    is the principal, `<sub>::<username>`; a machine may act `on_behalf_of` another. `events` is
    JSON text, a list of `{eventType, schemaVersion, data}`. `state`, JSON text, is the fold to the
    last event; it is derived, so a store may leave it out, and the hash does not cover it. `client`
    is the origin of the command, sealed under the key of the actor's `sub`; it is not published.
    `key_times` bounds the times of all keys so far (`application.writing.key_times`).
    """

    aggregate_id: AggregateId
    first_sequence: int
    command_id: str
    fingerprint: bytes
    actor: str
    correlation_id: str
    timestamp: str
    previous_hash: bytes
    events: str
    count: int
    traceparent: str | None = None
    client: bytes | None = None
    on_behalf_of: str | None = None
    key_times: bytes | None = None
    state: str | None = None
    state_version: int | None = None

    @property
    def last_sequence(self) -> int:
        return self.first_sequence + self.count - 1

    @property
    def identity(self) -> tuple[str, str]:
        return self.actor, self.command_id

    def hash(self) -> bytes:
        """Return the SHA-256 of everything recorded; the next commit carries it."""
        recorded = {name: _plain(getattr(self, name)) for name in RECORDED}
        for younger in YOUNGER:
            if recorded[younger] is None:
                del recorded[younger]
        return hashlib.sha256(canonical_json(recorded).encode()).digest()

    def stored_events(self) -> list[dict[str, Any]]:
        """Return the events as stored. Raises `UnreadableEvent` unless they are `count` events."""
        try:
            events: list[dict[str, Any]] = json.loads(self.events)
            whole = len(events) == self.count and all(map(is_event, events))
        except MALFORMED:
            whole = False
        if not whole:
            where = f"the commit {self.first_sequence} of {self.aggregate_id}"
            raise UnreadableEvent(f"{where} does not hold {self.count} events")
        return events

    def recorded(self, events: EventTypes[E]) -> Iterator[Recorded[E]]:
        """Yield the events in their envelopes, in the shape of today's classes."""
        for sequence, stored in enumerate(self.stored_events(), self.first_sequence):
            yield Recorded(
                aggregate_id=self.aggregate_id,
                sequence=sequence,
                event=decode_event(events, stored),
                timestamp=self.timestamp,
                actor=self.actor,
                correlation_id=self.correlation_id,
                causation_id=self.command_id,
                traceparent=self.traceparent,
            )


RECORDED = tuple(f.name for f in fields(Commit) if f.name not in ("state", "state_version"))
YOUNGER = ("client", "on_behalf_of", "key_times")
"""Fields younger than the first commits, whose hashes do not cover them."""


def encode_events(events: Sequence[Event]) -> str:
    return canonical_json([encode_event(event) for event in events])


def encode_event(event: Event) -> dict[str, Any]:
    """Return the event as stored, without fields at their defaults."""
    data = event.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"type"})
    return {
        "eventType": type(event).__name__,
        "schemaVersion": event.schema_version,
        "data": data,
    }


def is_event(stored: Any) -> bool:  # noqa: ANN401 - JSON
    match stored:
        case {"eventType": str(), "schemaVersion": str(), "data": dict()}:
            return True
        case _:
            return False


def decode_event(events: EventTypes[E], stored: Mapping[str, Any]) -> E:
    """Return a stored event, of any version ever written, in the shape of today's class.

    Raises `UnreadableEvent` for a type or a major version that this release does not know, and for
    data that does not have the shape of its version.
    """
    try:
        data = todays_data(events, stored)
        return events.adapter.validate_python({**data, "type": stored["eventType"]})
    except UnreadableEvent:
        raise
    except MALFORMED as error:
        # Not as its cause: the validator's text quotes the data.
        kind, version = stored.get("eventType"), stored.get("schemaVersion")
        raise UnreadableEvent(f"{kind} {version}: {type(error).__name__}") from None


def fingerprint(
    command: Command,
    aggregate: AggregateId,
    principal: str,
    expected_version: int | Sequence[int] | None,
) -> bytes:
    """Return a hash of the command's content: a command sent again has the same one."""
    content = {
        "aggregate": aggregate,
        "principal": principal,
        "expectedVersion": expected_version,
        # Fields that were not given are left out: null clears a description, absence keeps it.
        "command": command.model_dump(
            mode="json",
            by_alias=True,
            exclude_unset=True,
            exclude=set(command.looked_up),
            context={FINGERPRINTS: True},
        ),
        "type": type(command).__name__,
    }
    return hashlib.sha256(canonical(content).encode()).digest()


def canonical_json(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value
