"""Folding commits: from the newest state that a stream holds to the state at a version.

Used by the write side, by history and by the reconciler.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import ValidationError

from application.commit import Commit
from application.upcasting import UnreadableEvent
from kernel.aggregate import Aggregate
from kernel.messages import Command, Event

S = TypeVar("S")
C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)

END = 10**12
"""A sequence beyond the end of any stream."""


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[S]):
    """The state of a stream after event `version`; `timestamp` is that event's."""

    state: S
    version: int = 0
    timestamp: str = ""


def holds_state(kind: Aggregate[S, C, E], commit: Commit) -> bool:
    """Tell whether the commit holds a state, folded by today's version of `evolve`."""
    return commit.state is not None and commit.state_version == kind.state_version


def stored_state(kind: Aggregate[S, C, E], commit: Commit) -> S | None:
    """Return the state that the commit holds, unless another version of `evolve` folded it."""
    if commit.state is None or not holds_state(kind, commit):
        return None
    try:
        return kind.states.validate_json(commit.state)
    except ValidationError:
        where = f"the commit {commit.first_sequence} of {commit.aggregate_id}"
        # Not as its cause: the validator's text quotes the state.
        raise UnreadableEvent(f"the state in {where} cannot be read") from None


def fold_back(
    kind: Aggregate[S, C, E], newest_first: Iterable[Commit], base: Snapshot[S], until: int = END
) -> Snapshot[S]:
    """Return the snapshot at sequence `until`, or at the end of the stream.

    Takes commits, newest first, until one holds a state; if none does, they follow `base`.
    """
    tail: list[Commit] = []
    for commit in newest_first:
        state = stored_state(kind, commit) if commit.last_sequence <= until else None
        if state is not None:
            base = Snapshot(state, commit.last_sequence, commit.timestamp)
            break
        tail.append(commit)
    return _fold_on(kind, base, reversed(tail), until)


def _fold_on(
    kind: Aggregate[S, C, E], base: Snapshot[S], oldest_first: Iterable[Commit], until: int
) -> Snapshot[S]:
    state, version, timestamp = base.state, base.version, base.timestamp
    for commit in oldest_first:
        for recorded in commit.recorded(kind.events):
            if recorded.sequence <= until:
                state, version = kind.evolve(state, recorded.event), recorded.sequence
                timestamp = recorded.timestamp
    return Snapshot(state, version, timestamp)
