"""The commit: all that one command appended, atomically; one item of the events table."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from application.upcasting import todays_data
from kernel.event_types import EventTypes
from kernel.messages import AggregateId, Command, Event, Recorded
from kernel.personal import FINGERPRINTS

E = TypeVar("E", bound=Event)

GENESIS = bytes(32)
"""The predecessor's hash of a stream's first commit."""


@dataclass(frozen=True, slots=True)
class Commit:
    """The events that one command appended.

    `first_sequence` is the key: guard, events, identity, state and outbox are one write. `actor`
    is `<sub>::<username>`, the principal; a machine may act `on_behalf_of` another. `events` is
    JSON text, a list of `{eventType, schemaVersion, data}`. `state`, JSON text, is the fold to the
    last event; it is derived, so a store may leave it out, and the hash does not cover it. `client`
    is where the command came from, sealed under the key of the actor's `sub`; it is never
    published.
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
    state: str | None = None
    state_version: int | None = None

    @property
    def last_sequence(self) -> int:
        return self.first_sequence + self.count - 1

    @property
    def identity(self) -> tuple[str, str]:
        return self.actor, self.command_id

    def hash(self) -> bytes:
        """SHA-256 of all that was recorded; the successor carries it."""
        recorded = {f.name: _plain(getattr(self, f.name)) for f in fields(self)}
        for derived in ("state", "state_version"):
            del recorded[derived]
        # Younger than the first commits, whose hashes know nothing of them.
        for younger in ("client", "on_behalf_of"):
            if recorded[younger] is None:
                del recorded[younger]
        return hashlib.sha256(canonical_json(recorded).encode()).digest()

    def stored_events(self) -> list[dict[str, Any]]:
        """Raises `ValueError` when they are not as many as the commit says."""
        events: list[dict[str, Any]] = json.loads(self.events)
        if len(events) != self.count:
            raise ValueError(f"{len(events)} events in a commit of {self.count}")
        return events

    def recorded(self, events: EventTypes[E]) -> Iterator[Recorded[E]]:
        """The events in their envelopes, in the shape of today's classes."""
        for sequence, stored in enumerate(self.stored_events(), self.first_sequence):
            yield Recorded(
                aggregate_id=self.aggregate_id,
                sequence=sequence,
                event=decode_event(events, stored),
                timestamp=self.timestamp,
                actor=self.actor,
                correlation_id=self.correlation_id,
                causation_id=self.command_id,
            )


def encode_events(events: Sequence[Event]) -> str:
    return canonical_json([encode_event(event) for event in events])


def encode_event(event: Event) -> dict[str, Any]:
    """Fields left at their defaults are not stored: they are the default when read."""
    data = event.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"type"})
    return {
        "eventType": type(event).__name__,
        "schemaVersion": event.schema_version,
        "data": data,
    }


def decode_event(events: EventTypes[E], stored: Mapping[str, Any]) -> E:
    """A stored event of any version that was ever written, in the shape of today's class.

    Raises `UnreadableEvent` for a type or a major version that this release does not know, and
    `ValueError` for data that has not the shape of its version.
    """
    data = todays_data(events, stored)
    return events.adapter.validate_python({**data, "type": stored["eventType"]})


def fingerprint(
    command: Command, aggregate: AggregateId, principal: str, expected_version: int | None
) -> bytes:
    """Return the digest by which two commands with one identity are the same command."""
    content = {
        "aggregate": aggregate,
        "principal": principal,
        "expectedVersion": expected_version,
        # Whether a field was given matters: a null description clears, an absent one keeps.
        "command": command.model_dump(
            mode="json",
            by_alias=True,
            exclude_unset=True,
            exclude=set(command.looked_up),
            context={FINGERPRINTS: True},
        ),
        "type": type(command).__name__,
    }
    return hashlib.sha256(canonical_json(content).encode()).digest()


def canonical_json(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value
