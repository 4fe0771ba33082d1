"""Forgetting: afterwards nothing of the person can be read, and everything of all others can."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from application.commit import Commit, canonical_json
from application.ports import Unavailable
from application.privacy.forgetting import OPERATOR, concerns
from application.privacy.opening import CLIENT, Opener, personal_fields
from application.privacy.sealing import FORGOTTEN, PREFIX
from edge.caller import Caller
from kernel.actor import user_id
from kernel.event_types import EventTypes
from kernel.operation import Json
from kernel.personal import SubjectForgotten
from skafu.simulation.clients import ADMIN, ALICE, BOB, DEVELOPER, identified
from skafu.simulation.divergence import Divergence
from skafu.simulation.forgetting import Operator
from skafu.simulation.history import History
from skafu.simulation.system import System

PEOPLE = {one.sub: identified(one) for one in (ALICE, BOB, ADMIN, DEVELOPER)}
Opened = tuple[History, Commit, Json]
"""A commit, and one of its events with everything opened that can be."""


def unsealed(events: str, types: EventTypes[Any]) -> str:
    """Return stored events without what is sealed in them."""
    if f'"{PREFIX}' not in events:
        return events
    return canonical_json([without_personal(event, types) for event in json.loads(events)])


def without_personal(event: Json, types: EventTypes[Any]) -> Json:
    personal = personal_fields(types.classes[event["eventType"]])
    kept = {name: value for name, value in event["data"].items() if name not in personal}
    return {**event, "data": kept}


def check_forgotten(system: System, operator: Operator, streams: Mapping[str, History]) -> None:
    """Check what is left of the person, and that nobody else has lost anything."""
    subject = operator.subject
    for error in operator.errors:
        if not isinstance(error, Unavailable):
            raise Divergence("forgetting", f"a stream could not be notified: {error!r}")
    record = system.keys.table.items[subject]
    if record.keys() != {"subject", "forgottenAt", "toldAt"}:
        raise Divergence("forgetting", f"{record} is left of the key")
    for stream in streams.values():
        check_told(subject, stream)
    for stream, commit, event in opened(system, [*streams.values()]):
        check_shown(subject, stream, commit, event)


def check_told(subject: str, stream: History) -> None:
    """Check that the stream knows of it, once, if it is one of the person's."""
    notices = [
        one.event
        for one in stream.all_recorded()
        if isinstance(one.event, SubjectForgotten) and one.event.subject == subject
    ]
    own = any(
        concerns(subject, commit.actor, commit.events)
        for commit in stream.commits
        if commit.actor != OPERATOR.principal
    )
    if len(notices) != own:
        what = f"{stream.aggregate} was notified {len(notices)} times"
        raise Divergence("forgetting", f"{what}; it is {'' if own else 'not '}one of {subject}'s")


def opened(system: System, streams: Sequence[History]) -> list[Opened]:
    """Return all events as an administrator sees them, in each process that could show them."""
    shown: list[Opened] = []

    def read() -> None:
        for sealer in (*system.gateway.sealers, system.keys.fresh_sealer()):
            opener = Opener(sealer, lambda _: True)
            for stream in streams:
                for commit in stream.commits:
                    events = opener.envelopes(stream.decider.events, commit)
                    shown.extend((stream, commit, event) for event in events)

    system.world.start("administrator", read)
    system.rest()
    return shown


def check_shown(forgotten: str, stream: History, commit: Commit, event: Json) -> None:
    for subject, text in personal(stream.decider.events, commit, event):
        expected = {FORGOTTEN} if subject == forgotten else texts(PEOPLE[subject])
        if text not in expected:
            what = f"{event['eventType']} of commit {commit.first_sequence} of {stream.aggregate}"
            raise Divergence("forgetting", f"{what} shows {text} of {subject}, not {expected}")


def personal(types: EventTypes[Any], commit: Commit, event: Json) -> Iterator[tuple[str, str]]:
    """Yield what the event and its commit hold of persons, with the person."""
    data, metadata = event["data"], event["metadata"]
    for name, of in personal_fields(types.classes[event["eventType"]]).items():
        if data.get(name):
            yield user_id(data[of]), data[name]
    subject = user_id(commit.actor)
    if subject in PEOPLE:
        yield from ((subject, metadata[name]) for name in CLIENT)


def texts(who: Caller) -> set[str]:
    return {who.name or "", who.email or "", *who.client.values()}


def check_hidden(system: System, forgotten: str) -> None:
    """Check that nothing personal is stored in plain text but what rows show of the others.

    Rows have to be up to date: it is a notice to their stream that takes names out of them.
    """
    stored = repr(
        (
            system.table.aggregates,
            system.bus.published,
            system.tickets.history,
            system.keys.table.items,
            system.sagas and (system.sagas.items.items, system.sagas.machines.all),
        )
    )
    rows = repr(system.rows.history)
    now = repr([states[-1] for states in system.rows.history.values() if states])
    for subject, who in PEOPLE.items():
        for text in texts(who):
            if text in stored or (subject == forgotten and text in now):
                raise Divergence("forgetting", f"{text} is stored as it is")
        for text in who.client.values():
            if text in rows:
                raise Divergence("forgetting", f"{text} is shown in a row")
    if PREFIX in rows:
        raise Divergence("forgetting", "a row shows something sealed")
