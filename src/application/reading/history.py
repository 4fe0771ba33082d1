"""The history of a stream: its audit trail, past states, and the outcome of a command."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, takewhile
from typing import Any, TypeVar

from application.commit import Commit
from application.folding import END, Snapshot, fold_back
from application.ports import PAST_PAGE, EventStore
from application.publishing.envelopes import envelopes
from application.reading.pages import cut
from application.writing.heads import newer_than
from application.writing.identity import recorded_between
from kernel.aggregate import Aggregate
from kernel.errors import NotFound
from kernel.messages import AggregateId, Command, Event

S = TypeVar("S")
C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)

EnvelopesOf = Callable[[Commit], Iterator[dict[str, Any]]]


class NoSuchVersion(NotFound):
    """The stream is shorter than the version that was asked for."""

    text = "There is no version {version}; the newest is {newest}."


class CommandNotFound(NotFound):
    """There are no events of the command in the time in which it could have been recorded."""

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
    envelopes_of: EnvelopesOf = envelopes,
) -> Trail:
    """Return at most `limit` events from sequence `first` on, in order, read strongly.

    There are fewer in a page when it would have more bytes than an answer may have.
    `envelopes_of` returns the envelopes of a commit as the reader may see them.
    """
    events, more = cut(_events(store, aggregate, first, envelopes_of), limit)
    return Trail(events, events[-1]["eventSequence"] + 1 if more else None)


def owner_of(store: EventStore, kind: Aggregate[S, C, E], aggregate: AggregateId) -> str:
    """Return the aggregate's present owner. Raises `AggregateNotFound`."""
    return owner_in(kind, state_at_version(store, kind, aggregate).state)


def owner_in(kind: Aggregate[S, C, E], state: S) -> str:
    """Return the owner. Raises `AggregateNotFound` if there is none, as before the creation."""
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
    """Return the snapshot after the event with this sequence, or the newest.

    Takes at most two queries, however long the stream is, as long as the states stored in it are of
    today's `state_version`. Raises `AggregateNotFound` and `NoSuchVersion`.
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
    """Return the snapshot at a moment, given in the form in which events carry their time.

    Raises `AggregateNotFound` if nothing had been recorded yet.
    """
    last = last_commit(store, aggregate, lambda commit: commit.timestamp <= moment)
    if last is None:
        raise kind.not_found()
    return state_at_version(store, kind, aggregate, last.last_sequence)


def last_commit(
    store: EventStore, aggregate: AggregateId, holds: Callable[[Commit], bool]
) -> Commit | None:
    """Return the last commit for which `holds`; it must hold for all commits up to some place.

    A binary search with one page for each step: a stream of 10 000 commits takes twelve queries.
    """
    found: Commit | None = None
    low, high, look = 0, END, END  # the commit begins within (low, high], or it is `found`
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
    store: EventStore, aggregate: AggregateId, command_id: str, reader: str, now: datetime
) -> Commit:
    """Return the commit of the command; the reader's own where two people used one id.

    Raises `CommandNotFound`, also for a command that was refused or changed nothing.
    """
    others: list[Commit] = []
    for since, until in recorded_between(command_id, now):
        for commit in commits_between(store, aggregate, since, until):
            if commit.identity == (reader, command_id):
                return commit
            others += [commit] if commit.command_id == command_id else []
    if not others:
        raise CommandNotFound(command_id=command_id)
    return others[0]


def commits_between(
    store: EventStore, aggregate: AggregateId, since: str, until: str
) -> Iterator[Commit]:
    """Yield the commits of these times, oldest first."""
    before = last_commit(store, aggregate, lambda commit: commit.timestamp < since)
    found = store.read(aggregate, before.last_sequence + 1 if before else 1)
    return takewhile(lambda commit: commit.timestamp <= until, found)


def _events(
    store: EventStore, aggregate: AggregateId, first: int, envelopes_of: EnvelopesOf
) -> Iterator[dict[str, Any]]:
    for commit in store.read(aggregate, first):
        for envelope in envelopes_of(commit):
            if envelope["eventSequence"] >= first:
                yield envelope
