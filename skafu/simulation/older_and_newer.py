"""Command functions of other releases, which record beside today's during a deployment.

An older one writes events of the versions before, as far as their data are the same in both; a
newer one adds an optional attribute to each, as a minor version may.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapters.dynamodb.event_store import DynamoDbEventStore
from application.commit import Commit, canonical_json
from application.upcasting import major
from domain.contents import contents
from kernel.event_types import EventTypes
from skafu.simulation.faults import Fault

ADDED = "addedByTheNextRelease"

Stored = Mapping[str, Any]
"""An event as it is stored."""


@dataclass(frozen=True, slots=True)
class MixedReleases:
    """An event store, of which now and then another release stores commits."""

    store: DynamoDbEventStore
    strikes: Callable[[Fault], bool]

    def append(self, commit: Commit, *, state_due: bool, claim: str | None = None) -> Commit:
        if self.strikes(Fault.NO_KEY_TIMES):
            commit = replace(commit, key_times=None)
        if self.strikes(Fault.OLDER_EVENTS):
            commit = written(commit, older)
        elif self.strikes(Fault.NEWER_EVENTS):
            commit = written(commit, newer)
        return self.store.append(commit, state_due=state_due, claim=claim)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the store's own
        return getattr(self.store, name)


def written(commit: Commit, write: Callable[[EventTypes[Any], Stored], Stored]) -> Commit:
    """Return the commit with its events as another release writes them."""
    kind = contents.aggregate[commit.aggregate_id.partition("#")[0]]
    events = [write(kind.events, event) for event in commit.stored_events()]
    return replace(commit, events=canonical_json(events))


def newer(_: EventTypes[Any], event: Stored) -> Stored:
    first, _, second = event["schemaVersion"].partition(".")
    data = {**event["data"], ADDED: True}
    return {**event, "schemaVersion": f"{first}.{int(second) + 1}", "data": data}


def older(events: EventTypes[Any], event: Stored) -> Stored:
    """Return the event of the major version before, if its data were just the same there."""
    before = major(event["schemaVersion"]) - 1
    cast = events.upcasters.get((event["eventType"], before))
    if cast is None or cast(dict(event["data"])) != event["data"]:
        return event
    return {**event, "schemaVersion": f"{before}.0"}


def todays(commit: Commit) -> str:
    """Return the commit's events as today's release would have written them."""
    return written(commit, today).events


def today(events: EventTypes[Any], event: Stored) -> Stored:
    version, data = events.versions[event["eventType"]], event["data"]
    if event == older(events, {**event, "schemaVersion": version}):
        return {**event, "schemaVersion": version}
    own = {**event, "schemaVersion": version, "data": {n: data[n] for n in data if n != ADDED}}
    return own if event == newer(events, own) else event
