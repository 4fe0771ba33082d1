"""The head of a stream: its newest state, and receipts of the commands that led to it."""

from collections import OrderedDict
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from application.commit import GENESIS, Commit
from application.folding import Snapshot
from application.writing.key_times import KeyTimes
from application.writing.look_back import LookBack
from application.writing.receipts import RECEIPT_BYTES, Receipt, Receipts
from kernel.messages import AggregateId

S = TypeVar("S")

HEAD_BYTES = 2048
STATE_FACTOR = 8
"""Memory of a state, for each byte of its JSON."""


class StreamBroken(RuntimeError):
    """A commit is missing between two that were read."""


@dataclass(frozen=True, slots=True)
class Head(Snapshot[S]):
    """The newest snapshot known of a stream. `consistent`: no newer commit existed when read.

    `key_times` bounds the times of the keys of all its commands; `receipts` holds the newest of
    them, so a warm process recognizes a command that is sent twice, or is new, without a read.
    """

    hash: bytes = GENESIS
    commits_since_state: int = 0
    consistent: bool = False
    receipts: Receipts = field(default_factory=Receipts)
    key_times: KeyTimes = field(default_factory=KeyTimes)
    state_bytes: int = 0

    def receipt(self, look_back: LookBack) -> Receipt | None:
        return self.receipts.find(look_back)

    def settles(self, look_back: LookBack) -> bool:
        """Tell whether a command without a receipt here is not recorded up to this head."""
        return look_back.is_newer_than(self.key_times) or self.receipts.are_all_for(look_back)

    @property
    def bytes(self) -> int:
        """The memory that the head takes, roughly."""
        return HEAD_BYTES + STATE_FACTOR * self.state_bytes + RECEIPT_BYTES * len(self.receipts)


class WarmHeads(MutableMapping[AggregateId, Head[Any]]):
    """The heads that a process keeps between commands, within so many bytes in all.

    The head written longest ago is dropped first. One that is too large alone forgets the older
    half of its receipts.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._heads: OrderedDict[AggregateId, Head[Any]] = OrderedDict()
        self._sizes: dict[AggregateId, int] = {}
        self._bytes = 0

    def __getitem__(self, stream: AggregateId) -> Head[Any]:
        return self._heads[stream]

    def __setitem__(self, stream: AggregateId, head: Head[Any]) -> None:
        self.pop(stream, None)
        while head.bytes > self.limit and len(head.receipts):
            head.receipts.forget_older_half()
        self._heads[stream], self._sizes[stream] = head, head.bytes
        self._bytes += head.bytes
        while self._bytes > self.limit:
            del self[next(iter(self._heads))]

    def __delitem__(self, stream: AggregateId) -> None:
        del self._heads[stream]
        self._bytes -= self._sizes.pop(stream)

    def __iter__(self) -> Iterator[AggregateId]:
        return iter(self._heads)

    def __len__(self) -> int:
        return len(self._heads)


def newer_than(version: int, newest_first: Iterator[Commit]) -> Iterator[Commit]:
    """Yield the commits down to the one after `version`.

    Raises `StreamBroken` where one is missing: each page of a weak read is answered by another
    replica, and may lag behind the page before.
    """
    begins: int | None = None
    for commit in newest_first:
        if begins not in (None, commit.last_sequence + 1):
            raise StreamBroken(f"{commit.aggregate_id}: {commit.last_sequence} before {begins}")
        if commit.last_sequence <= version:
            return
        yield commit
        begins = commit.first_sequence
    if begins not in (None, version + 1):
        raise StreamBroken(f"{version} before {begins}")
