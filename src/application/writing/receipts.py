"""Receipts: the commands recorded in a stream, as far back as a warm process remembers them."""

from collections.abc import Iterable
from typing import NamedTuple

from application.commit import Commit
from application.writing.identity import Identity
from application.writing.key_times import KeyTimes
from application.writing.look_back import LookBack

RECEIPT_BYTES = 640
"""Memory that one receipt takes in CPython, with its identity."""


class Receipt(NamedTuple):
    """Proof that a command was recorded: enough to give its answer again."""

    fingerprint: bytes
    version: int
    timestamp: str


Known = tuple[Identity, Receipt]


def receipt_of(commit: Commit) -> Receipt:
    return Receipt(commit.fingerprint, commit.last_sequence, commit.timestamp)


class Receipts:
    """Receipts of all commands of a stream but the oldest, in the order of the stream.

    Of the oldest `older` bounds the times of keys, and `until` is the time of the last. Heads that
    follow one another in a process share their receipts.
    """

    def __init__(self, older: KeyTimes | None = None, until: str = "") -> None:
        self.older, self.until = older or KeyTimes(), until
        self._known: dict[Identity, Receipt] = {}

    def __len__(self) -> int:
        return len(self._known)

    def add(self, oldest_first: Iterable[Known]) -> None:
        for identity, receipt in oldest_first:
            # The newest use of an opaque key counts, and the order is that of the stream.
            self._known.pop(identity, None)
            self._known[identity] = receipt

    def find(self, look_back: LookBack) -> Receipt | None:
        found = self._known.get(look_back.identity)
        return found if found is not None and found.timestamp >= look_back.since else None

    def are_all_for(self, look_back: LookBack) -> bool:
        """Tell whether a command that is not found here is not recorded at all."""
        return self.until < look_back.since or look_back.is_newer_than(self.older)

    def forget_before(self, time: str) -> None:
        """Forget the commands recorded before this time."""
        while self._known:
            oldest = next(iter(self._known))
            if self._known[oldest].timestamp >= time:
                return
            self._forget(oldest)

    def forget_older_half(self) -> None:
        for identity in list(self._known)[: (len(self._known) + 1) // 2]:
            self._forget(identity)

    def _forget(self, identity: Identity) -> None:
        timestamp = self._known.pop(identity).timestamp
        self.until = max(self.until, timestamp)
        self.older = self.older.after(identity, timestamp)
