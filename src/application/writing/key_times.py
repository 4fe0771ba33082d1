"""Times of keys: proof that a fresh key is new to its stream, whatever the stream has recorded.

A UUIDv7 carries the time at which it was made. A key newer than every key that its principal has
used in a stream cannot be recorded there, so nothing has to be read to know that it is new.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from application.commit import Commit
from application.writing.identity import CLOCK_SKEW, EPOCH, WINDOW, Identity, key_milliseconds

# Bytes. Two principals that share a mark share a bound, which may be too high for one of them.
MARK = 2
TIME = 6
ENTRY = MARK + TIME
FAR = 2 * WINDOW + 2 * CLOCK_SKEW
MOST = 4
"""Principals with a bound of their own: the attribute takes 46 bytes at most, 22 mostly."""


@dataclass(frozen=True, slots=True)
class KeyTimes:
    """Upper bounds of the times of keys, in milliseconds: by principal, and of all `others`.

    A bound that is too high costs a look-back; none is ever too low.
    """

    others: int = 0
    principals: tuple[tuple[bytes, int], ...] = ()

    def bound(self, principal: str) -> int:
        return dict(self.principals).get(mark(principal), self.others)

    def after(self, identity: Identity, timestamp: str) -> Self:
        """Return the bounds once this command is recorded, too, in a commit of this time."""
        return self if is_far(identity[1], timestamp) else self.with_newest(newest([identity]))

    def with_newest(self, made: Mapping[bytes, int]) -> Self:
        """Return bounds that cover these keys, too; the newest principals keep their own."""
        own = dict(self.principals)
        for principal, time in made.items():
            own[principal] = max(time, own.get(principal, self.others))
        newest_first = sorted(own.items(), key=lambda entry: -entry[1])
        others = max(self.others, *(time for _, time in newest_first[MOST:]), 0)
        return type(self)(others, tuple(newest_first[:MOST]))

    def encode(self) -> bytes:
        entries = (principal + time.to_bytes(TIME) for principal, time in self.principals)
        return self.others.to_bytes(TIME) + b"".join(entries)

    @classmethod
    def decode(cls, stored: bytes) -> Self:
        """Return the bounds that a commit carries. Raises `ValueError`."""
        if len(stored) % ENTRY != TIME:
            raise ValueError(f"{len(stored)} bytes are no times of keys")
        starts = range(TIME, len(stored), ENTRY)
        entries = (stored[start : start + ENTRY] for start in starts)
        return cls(
            int.from_bytes(stored[:TIME]),
            tuple((entry[:MARK], int.from_bytes(entry[MARK:])) for entry in entries),
        )

    @classmethod
    def up_to(cls, commit: Commit) -> Self:
        """Return the bounds of everything recorded up to the commit.

        A commit without the attribute was written when no key could be further ahead than the skew.
        """
        if commit.key_times is not None:
            return cls.decode(commit.key_times)
        latest = datetime.fromisoformat(commit.timestamp) + CLOCK_SKEW
        return cls((latest - EPOCH) // timedelta(milliseconds=1))


def newest(identities: Iterable[Identity]) -> dict[bytes, int]:
    """Return the time of each principal's newest key, by the principal's mark."""
    found: dict[bytes, int] = {}
    for principal, key in identities:
        time = key_milliseconds(key)
        if time is not None:
            own = mark(principal)
            found[own] = max(time, found.get(own, 0))
    return found


def is_far(key: str, timestamp: str) -> bool:
    """Tell whether the time of a key is too far ahead of its commit's to count.

    For as long as the commit is looked for, such a key is opaque (`LookBack`). It bounds nothing:
    or one key of the year 9999 would make every later command look through the window.
    """
    made = key_milliseconds(key)
    recorded = datetime.fromisoformat(timestamp) - EPOCH
    return made is not None and made > (recorded + FAR) // timedelta(milliseconds=1)


def mark(principal: str) -> bytes:
    return hashlib.sha256(principal.encode()).digest()[:MARK]
