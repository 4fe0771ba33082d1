"""The look-back: the search for a command in the stream that it is for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from application.commit import Commit
from application.writing.identity import (
    EPOCH,
    WINDOW,
    Identity,
    key_milliseconds,
    look_back_to,
)
from application.writing.key_times import KeyTimes
from application.writing.requests import Request
from kernel.messages import AggregateId


@dataclass(frozen=True, slots=True)
class LookBack:
    """The search for a command: no commit before `since` can hold it.

    `made` is the time of its key, in milliseconds; an opaque key has none, and that of one from
    beyond the window does not count.
    """

    aggregate_id: AggregateId
    identity: Identity
    since: str
    made: int | None

    @classmethod
    def of(cls, request: Request[Any], now: datetime) -> Self:
        """Raises `KeyExpired`."""
        identity = request.metadata.identity
        since, made = look_back_to(identity[1], now), key_milliseconds(identity[1])
        farthest = (now + WINDOW - EPOCH) // timedelta(milliseconds=1)
        opaque = made is not None and made > farthest
        return cls(request.aggregate_id, identity, since, None if opaque else made)

    def finds(self, commit: Commit) -> bool:
        """Tell whether the commit is the command's own.

        One from before the look-back is another use of an opaque key.
        """
        return commit.identity == self.identity and commit.timestamp >= self.since

    def ends_with(self, commit: Commit) -> bool:
        """Tell whether no commit before this one can hold the command."""
        return commit.timestamp < self.since or self.is_newer_than(KeyTimes.up_to(commit))

    def is_newer_than(self, times: KeyTimes) -> bool:
        """Tell whether the key is newer than all of its principal's that the bounds cover."""
        return self.made is not None and self.made > times.bound(self.identity[0])
