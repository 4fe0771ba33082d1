"""Commits of many ranges at once: a request for the first of each, and one for the second.

The key of a commit is known where the one before it has ended. What a range has beyond its second
commit is read by a query of its own, which costs less than an item after the other.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from adapters.dynamodb.items import Item, from_item
from application.commit import Commit
from application.ports import CommitRange
from application.upcasting import MALFORMED
from kernel.messages import AggregateId

# A commit has at most 200 KB, so that these fit into the 16 MB of an answer.
MAX_RANGES = 64
ROUNDS = 2  # requests for many ranges; each may cost a range one read unit more than a query would

Get = Callable[[Sequence[Item]], Iterable[Item]]
"""Returns the items with these keys, in any order."""
Between = Callable[[AggregateId, int, int], Iterator[Commit]]
"""Queries the commits that begin in a range."""


@dataclass
class Found:
    """A range, the items found of it, and the place where its next commit would begin."""

    wanted: CommitRange
    next: int
    items: list[Item] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return self.next > self.wanted.last

    @property
    def place(self) -> tuple[str, int]:
        return self.wanted.aggregate, self.next

    def add(self, item: Item) -> None:
        self.items.append(item)
        self.next = end_of(item, self.wanted.last) + 1

    def commits(self, between: Between) -> Iterator[Commit]:
        yield from map(from_item, self.items)
        if not self.is_whole:
            yield from between(self.wanted.aggregate, self.next, self.wanted.last)


def together(wanted: Iterable[CommitRange], get: Get) -> list[Found]:
    """Read at most `MAX_RANGES` ranges; what is not found of one is left to its own query."""
    ranges = [Found(one, one.first) for one in wanted]
    left = ranges
    for _ in range(ROUNDS):
        left = [one for one in left if not one.is_whole]
        if len(left) < 2:
            break  # a query reads all of a single range
        left = further(left, get)
    return ranges


def further(ranges: Sequence[Found], get: Get) -> list[Found]:
    """Add its next commit to each range; return those that had one."""
    places = dict.fromkeys(one.place for one in ranges)
    items = {place_of(item): item for item in get([key_of(*place) for place in places])}
    having = [one for one in ranges if one.place in items]
    for one in having:
        one.add(items[one.place])
    return having


def key_of(aggregate: str, sequence: int) -> Item:
    return {"aggregateId": {"S": aggregate}, "eventSequence": {"N": str(sequence)}}


def place_of(item: Item) -> tuple[str, int]:
    return item["aggregateId"]["S"], int(item["eventSequence"]["N"])


def end_of(item: Item, last: int) -> int:
    """Return the sequence of the item's last event; `last` for an item that is no commit."""
    try:
        return int(item["eventSequence"]["N"]) + max(int(item["eventCount"]["N"]), 1) - 1
    except MALFORMED:
        return last
