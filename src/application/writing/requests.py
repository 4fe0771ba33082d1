"""Requests to execute a command, and the answers to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from application.commit import fingerprint
from application.writing.identity import Identity
from kernel.actor import Actor
from kernel.messages import AggregateId, Command

C = TypeVar("C", bound=Command)


NO_VERSION = -1
"""The expected version of a client that expects what no stream can be at: always refused."""


class WrongExpectedVersion(Exception):
    """The client decided on a version that is not the stream's."""

    def __init__(self, expected: int, actual: int) -> None:
        wanted = "another one" if expected == NO_VERSION else f"version {expected}"
        super().__init__(f"You expected {wanted}, but the aggregate is at version {actual}.")
        self.expected, self.actual = expected, actual


class CommandIdReused(Exception):
    """The principal has sent another command with the same id."""


class MergeConflict(Exception):
    """Events that the client had not seen touch the same parts as the command."""

    def __init__(self, events: Sequence[str]) -> None:
        super().__init__(f"Events recorded since then touch the same: {', '.join(events)}.")
        self.events = events


class OnConflict(StrEnum):
    """The ways to treat a command that was decided on an older version."""

    REJECT = "reject"
    LAST_WRITE_WINS = "last-write-wins"
    MERGE = "merge"


@dataclass(frozen=True, slots=True)
class CommandMetadata:
    """Everything that accompanies a command, the same from the request to the commit.

    `expected_version` is the one that the client saw; it takes `other_versions`, smaller ones, as
    well. `client`, where the command came from, is sealed; it is added once the caller may send the
    command.
    """

    command_id: str
    actor: Actor
    correlation_id: str
    expected_version: int | None = None
    on_conflict: OnConflict = OnConflict.REJECT
    traceparent: str | None = None
    client: bytes | None = None
    other_versions: tuple[int, ...] = ()

    def expects(self, version: int) -> bool:
        return self.expected_version in (None, version) or version in self.other_versions

    @property
    def identity(self) -> Identity:
        return self.actor.principal, self.command_id


@dataclass(frozen=True, slots=True)
class Request(Generic[C]):
    """A command for one aggregate."""

    aggregate_id: AggregateId
    command: C
    metadata: CommandMetadata

    def fingerprint(self) -> bytes:
        sent, expected = self.metadata, self.metadata.expected_version
        several = None if expected is None else [expected, *sent.other_versions]
        return fingerprint(
            self.command,
            self.aggregate_id,
            sent.actor.principal,
            several if sent.other_versions else expected,
        )


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer: `version` is the stream's after the command; `timestamp` is the commit's.

    `repeated`: the command was sent before and has recorded its events; it gets the same answer.
    `events` is how many it has recorded now, and `conflicts` how often it met a version that it was
    not decided on.
    """

    command_id: str
    aggregate_id: AggregateId
    version: int
    timestamp: str
    repeated: bool = field(default=False, compare=False)
    events: int = field(default=0, compare=False)
    conflicts: int = field(default=0, compare=False)
