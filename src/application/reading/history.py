"""A stream's past: its trail, its states, the outcome of a command."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from application.commit import Commit
from application.folding import END, Snapshot, fold_back
from application.ports import PAST_PAGE, EventStore
from application.publishing.envelopes import envelopes
from application.writing.heads import newer_than
from application.writing.identity import recorded_between
from kernel.aggregate import Aggregate
from kernel.errors import NotFound
from kernel.messages import AggregateId, Command, Event

S = TypeVar("S")
C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)

Shown = Callable[[Commit], Iterator[dict[str, Any]]]


class NoSuchVersion(NotFound):
    """The stream has not got so far."""

    text = "There is no version {version}; the newest is {newest}."


class CommandNotFound(NotFound):
    """No events of such a command, as far back as it could have been recorded."""

    text = "No events have been recorded under the command id {command_id}."


@dataclass(frozen=True, slots=True)
class Trail:
    """One page of events; `next_sequence` begins the next, `None` at the end."""

    events: list[dict[str, Any]]
    next_sequence: int | None


def trail(
    store: EventStore,
    aggregate: AggregateId,
    first: int,
    limit: int,
    shown: Shown = envelopes,
) -> Trail:
    """Events from sequence `first` in order, at most `limit`, read strongly.

    `shown` gives the events of a commit as who asks may see them.
    """
    found = list(islice(_events(store, aggregate, first, shown), limit + 1))
    following = found[limit]["eventSequence"] if len(found) > limit else None
    return Trail(found[:limit], following)


def owner_of(store: EventStore, kind: Aggregate[S, C, E], aggregate: AggregateId) -> str:
    """Return the owner of the aggregate. Raises `AggregateNotFound`."""
    return owner_in(kind, state_at_version(store, kind, aggregate).state)


def owner_in(kind: Aggregate[S, C, E], state: S) -> str:
    """Raises `AggregateNotFound` for a state that nobody owns: it does not exist yet."""
    owner = kind.owner_of(state)
    if owner is None:
        raise kind.not_found()
    return owner


def state_at_version(
    store: EventStore,
    kind: Aggregate[S, C, E],
    aggregate: AggregateId,
    version: int | None = None,
) -> Snapshot[S]:
    """The state after the event with this sequence; the newest without one.

    At most two queries, whatever the stream's length, while the states stored with its commits are
    of today's `state_version`. Raises `AggregateNotFound` and `NoSuchVersion`.
    """
    asked = END if version is None else version
    newest_first = newer_than(0, store.back_from(aggregate, asked))
    found = fold_back(kind, newest_first, Snapshot(kind.initial), asked)
    if found.version == 0:
        raise kind.not_found()
    if version is not None and found.version < version:
        raise NoSuchVersion(version=version, newest=found.version)
    return found


def state_at_moment(
    store: EventStore, kind: Aggregate[S, C, E], aggregate: AggregateId, moment: str
) -> Snapshot[S]:
    """The state when `moment` had passed, a time as events carry it.

    Raises `AggregateNotFound` when there was nothing yet.
    """
    last = last_commit(store, aggregate, lambda commit: commit.timestamp <= moment)
    if last is None:
        raise kind.not_found()
    return state_at_version(store, kind, aggregate, last.last_sequence)


def last_commit(
    store: EventStore, aggregate: AggregateId, holds: Callable[[Commit], bool]
) -> Commit | None:
    """The last commit for which `holds`, which must be true of the first ones only.

    A binary search with a page for each look: a stream of 10 000 commits takes twelve queries.
    """
    found: Commit | None = None
    low, high, look = 0, END, END  # what is sought begins within (low, high], if not found
    while low < high:
        page = list(islice(store.back_from(aggregate, look), PAST_PAGE))
        if not page:
            return None
        place = next((n for n, commit in enumerate(page) if holds(commit)), None)
        if place is None:
            high = page[-1].first_sequence - 1
        elif place > 0 or look >= high:
            return page[place]
        else:
            found, low = page[0], page[0].last_sequence
        span = page[0].last_sequence - page[-1].first_sequence + 1
        look = min(high, low + (high - low + span) // 2)  # the page's own middle in the middle
    return found


def command_outcome(
    store: EventStore, aggregate: AggregateId, command_id: str, asker: str, now: datetime
) -> Commit:
    """Return the commit of the command; the asker's own where two people used one id.

    Raises `CommandNotFound`, also for a command that was refused or changed nothing.
    """
    since, until = recorded_between(command_id, now)
    before = last_commit(store, aggregate, lambda commit: commit.timestamp < since)
    others: list[Commit] = []
    for commit in store.read(aggregate, before.last_sequence + 1 if before else 1):
        if commit.timestamp > until:
            break
        if commit.identity == (asker, command_id):
            return commit
        others += [commit] if commit.command_id == command_id else []
    if not others:
        raise CommandNotFound(command_id=command_id)
    return others[0]


def _events(
    store: EventStore, aggregate: AggregateId, first: int, shown: Shown
) -> Iterator[dict[str, Any]]:
    for commit in store.read(aggregate, first):
        for envelope in shown(commit):
            if envelope["eventSequence"] >= first:
                yield envelope
