"""A stream as it came to be stored, and what the rules make of a request at each moment of it."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from adapters.dynamodb_items import from_item
from application.commit import Commit
from application.execute import Request
from domain.errors import AggregateNotFound, DomainError
from domain.messages import AggregateId, Recorded
from domain.project.aggregate import Project, project
from domain.project.commands import ProjectCommand
from domain.project.events import ProjectEvent
from handlers.problems import kebab
from skafu.simulation.clients import Sending
from skafu.simulation.table import Stored


class Said(NamedTuple):
    """What an answer tells its client: the status, and the problem or the version and time."""

    status: int
    problem: str = ""
    version: int = 0
    timestamp: str = ""


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
    def recorded(self) -> list[list[Recorded[ProjectEvent]]]:
        """The events, commit by commit."""
        return [list(commit.recorded(project.events)) for commit in self.commits]

    @cached_property
    def states(self) -> list[Project]:
        """The state before the first commit, after it, after the second …"""
        states = [project.initial]
        for events in self.recorded:
            states.append(project.fold((r.event for r in events), states[-1]))
        return states

    def all_recorded(self) -> Iterator[Recorded[ProjectEvent]]:
        for events in self.recorded:
            yield from events

    def version(self, commits: int) -> int:
        """The stream's version when it had so many commits."""
        return self.commits[commits - 1].last_sequence if commits else 0

    def during(self, sending: Sending) -> range:
        """How many commits there were, at every moment from the request to the answer."""
        first, last = (bisect_right(self.steps, s) for s in (sending.began, sending.ended))
        return range(first, last + 1)

    def verdict(self, request: Request[ProjectCommand], commits: int) -> list[ProjectEvent] | Said:
        """What the rules cause, or answer without recording anything, after so many commits."""
        state, version = self.states[commits], self.version(commits)
        owner = project.owner_of(state)
        if owner not in (None, request.actor.owner) and not request.actor.may_command_all:
            return Said(404, kebab(AggregateNotFound.__name__))
        if request.expected_version not in (None, version):
            return Said(412, "version-mismatch")
        try:
            events = project.decide(state, request.command)
        except DomainError as refusal:
            return refused(refusal)
        return events or Said(202, "", version, self.commits[commits - 1].timestamp)


def refused(refusal: DomainError) -> Said:
    status = 404 if isinstance(refusal, AggregateNotFound) else 409
    return Said(status, kebab(type(refusal).__name__))
