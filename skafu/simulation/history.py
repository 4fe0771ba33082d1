"""A stream as it was stored, and what the rules make of a request after each of its commits."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from adapters.dynamodb.items import from_item
from application.commit import Commit
from application.writing.requests import OnConflict, Request
from domain.contents import contents
from edge.errors import problem_type, row_of
from kernel.aggregate import AnyAggregate
from kernel.errors import AggregateNotFound, DomainError
from kernel.messages import AggregateId, Event, Recorded
from skafu.simulation.table import Stored


class Said(NamedTuple):
    """The content of an answer: the status, and the problem or the version and time."""

    status: int
    problem: str = ""
    version: int = 0
    timestamp: str = ""


class Span(Protocol):
    """A request, from its first step to its last."""

    @property
    def began(self) -> int: ...

    @property
    def ended(self) -> int: ...


@dataclass
class History:
    """One stream; `steps` says when each commit was stored."""

    aggregate: AggregateId
    commits: Sequence[Commit]
    steps: Sequence[int]

    @classmethod
    def of(cls, name: str, stored: Stored) -> "History":
        commits = [from_item(item) for item in stored.items]
        return cls(AggregateId(name), commits, stored.steps)

    @cached_property
    def decider(self) -> AnyAggregate:
        return contents.aggregate[self.kind]

    @property
    def kind(self) -> str:
        """The aggregate type."""
        return self.aggregate.partition("#")[0]

    @cached_property
    def recorded(self) -> list[list[Recorded[Event]]]:
        """The events, commit by commit."""
        return [list(commit.recorded(self.decider.events)) for commit in self.commits]

    @cached_property
    def states(self) -> list[Any]:
        """The state before the first commit, after the first, after the second and so on."""
        states = [self.decider.initial]
        for events in self.recorded:
            states.append(self.decider.fold((r.event for r in events), states[-1]))
        return states

    def all_recorded(self) -> Iterator[Recorded[Event]]:
        for events in self.recorded:
            yield from events

    def version(self, commits: int) -> int:
        """Return the stream's version when it had so many commits."""
        return self.commits[commits - 1].last_sequence if commits else 0

    def during(self, request: Span) -> range:
        """Return how many commits there were, at every moment from the request to the answer."""
        first, last = (bisect_right(self.steps, s) for s in (request.began, request.ended))
        return range(first, last + 1)

    def verdict(self, request: Request[Any], commits: int) -> list[Event] | Said:
        """Return the events that the rules cause after so many commits, or else the answer."""
        state, version = self.states[commits], self.version(commits)
        owner, actor = self.decider.owner_of(state), request.metadata.actor
        if owner not in (None, actor.owner) and not actor.may_command_all:
            return Said(404, problem_type(AggregateNotFound))
        if late := self.late(request, commits):
            return late
        try:
            events = self.decider.decide(state, request.command)
        except DomainError as refusal:
            return refused(refusal)
        return events or Said(202, "", version, self.commits[commits - 1].timestamp)

    def late(self, request: Request[Any], commits: int) -> Said | None:
        """Return the refusal of a command that was decided on another version, if it is refused."""
        version, expected = self.version(commits), request.metadata.expected_version
        if expected is None or expected == version:
            return None
        if not version and not self.decider.creates(request.command):
            return None  # it is not found, whatever version was expected
        if expected > version or request.metadata.on_conflict is OnConflict.REJECT:
            return Said(412, "version-mismatch")
        if request.metadata.on_conflict is OnConflict.LAST_WRITE_WINS:
            return None
        since = (r for events in self.recorded[:commits] for r in events if r.sequence > expected)
        met = any(self.decider.conflicts(request.command, recorded.event) for recorded in since)
        return Said(409, "merge-conflict") if met else None


def refused(refusal: DomainError) -> Said:
    kind = type(refusal)
    return Said(row_of(kind).answer.status, problem_type(kind))
