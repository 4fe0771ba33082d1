"""Decide: who may send the command, on which version, and the events that it causes."""

from typing import TypeVar

from application.ports import EventStore
from application.writing.heads import Head
from application.writing.requests import (
    NO_VERSION,
    MergeConflict,
    OnConflict,
    Request,
    WrongExpectedVersion,
)
from kernel.aggregate import Aggregate
from kernel.errors import DomainError
from kernel.messages import Command, Event

S = TypeVar("S")
C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)

REFUSALS = (DomainError, WrongExpectedVersion, MergeConflict)


def decide(
    store: EventStore, kind: Aggregate[S, C, E], request: Request[C], head: Head[S]
) -> list[E] | None:
    """Return the events that the command causes, or `None` if a strong read must come first.

    Only a consistent head proves that the command is refused or changes nothing.
    Raises a `DomainError`, `WrongExpectedVersion` or `MergeConflict` when it is refused.
    """
    try:
        events = _decide(store, kind, request, head)
    except REFUSALS:
        if head.consistent:
            raise
        return None
    return events if events or head.consistent else None


def _decide(
    store: EventStore, kind: Aggregate[S, C, E], request: Request[C], head: Head[S]
) -> list[E]:
    authorize(kind, request, head)
    if expects_another_version(kind, request, head):
        reconcile(store, kind, request, head.version)
    return kind.decide(head.state, request.command)


def authorize(kind: Aggregate[S, C, E], request: Request[C], head: Head[S]) -> None:
    """Raises `AggregateNotFound` for the aggregate of another owner."""
    owner, actor = kind.owner_of(head.state), request.metadata.actor
    if not actor.may_command_all and owner not in (None, actor.owner):
        raise kind.not_found()


def expects_another_version(kind: Aggregate[S, C, E], request: Request[C], head: Head[S]) -> bool:
    """Tell whether the client decided on another version, of an aggregate that exists.

    One that does not exist is refused as another owner's is, so that ids cannot be told apart.
    """
    if request.metadata.expects(head.version):
        return False
    return head.version > 0 or kind.creates(request.command)


def reconcile(
    store: EventStore, kind: Aggregate[S, C, E], request: Request[C], version: int
) -> None:
    """Raises `WrongExpectedVersion` or `MergeConflict` if the command cannot be decided now."""
    expected, on_conflict = request.metadata.expected_version or 0, request.metadata.on_conflict
    if expected == NO_VERSION or expected > version or on_conflict is OnConflict.REJECT:
        raise WrongExpectedVersion(expected, version)
    if on_conflict is OnConflict.MERGE:
        merge(store, kind, request, range(expected + 1, version + 1))


def merge(store: EventStore, kind: Aggregate[S, C, E], request: Request[C], missed: range) -> None:
    """Raises `MergeConflict` if an event that the client missed touches what the command touches.

    A later event makes the append fail.
    """
    commits = store.read(request.aggregate_id, missed.start)
    recorded = (each for commit in commits for each in commit.recorded(kind.events))
    conflicting = [
        type(each.event).__name__
        for each in recorded
        if each.sequence in missed and kind.conflicts(request.command, each.event)
    ]
    if conflicting:
        raise MergeConflict(list(dict.fromkeys(conflicting)))
