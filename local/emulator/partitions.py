"""The items of a partition in the order of their sort keys, and which of them a query can need."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from threading import Lock
from typing import Any

# What orders an item (text, bytes or a Decimal), and the name under which MiniStack keeps it.
Entry = tuple[Any, str]
Span = tuple[int, int]
_value = itemgetter(0)


class Order:
    """The sort keys of a partition, ascending; `items` are those it was made of.

    Not `regular` is an order with two equal sort keys that are written differently.
    """

    def __init__(self, items: Mapping[str, Any], entries: Iterable[Entry]) -> None:
        self.items = items
        self.entries = sorted(entries)
        self.regular = len({value for value, _ in self.entries}) == len(self.entries)

    def add(self, entry: Entry) -> None:
        at = bisect_left(self.entries, entry)
        if self.entries[at : at + 1] == [entry]:
            return
        self.entries.insert(at, entry)
        around = self.entries[max(0, at - 1) : at + 2]
        self.regular = self.regular and [value for value, _ in around].count(entry[0]) == 1

    def discard(self, entry: Entry) -> None:
        at = bisect_left(self.entries, entry)
        if self.entries[at : at + 1] == [entry]:
            del self.entries[at]


@dataclass(frozen=True)
class Wanted:
    """The part of a query that concerns one partition.

    `operands` belong to the condition on the sort key; without one `operator` is "". `start` is
    where the page before ended; `limit` is None for as many as there are.
    """

    operator: str
    operands: Sequence[Any]
    forward: bool
    start: Any
    limit: int | None


SPANS: Mapping[str, Callable[..., Span]] = {
    "": lambda entries: (0, len(entries)),
    "=": lambda entries, value: (left(entries, value), right(entries, value)),
    "<": lambda entries, value: (0, left(entries, value)),
    "<=": lambda entries, value: (0, right(entries, value)),
    ">": lambda entries, value: (right(entries, value), len(entries)),
    ">=": lambda entries, value: (left(entries, value), len(entries)),
    "BETWEEN": lambda entries, low, high: (left(entries, low), right(entries, high)),
    "begins_with": lambda entries, prefix: (left(entries, prefix), after(entries, prefix)),
}


def left(entries: Sequence[Entry], value: object) -> int:
    return bisect_left(entries, value, key=_value)  # type: ignore[call-overload,no-any-return] # any key


def right(entries: Sequence[Entry], value: object) -> int:
    return bisect_right(entries, value, key=_value)  # type: ignore[call-overload,no-any-return] # any key


def after(entries: Sequence[Entry], prefix: Any) -> int:  # noqa: ANN401 - text or bytes
    return bisect_right(entries, prefix, key=lambda entry: entry[0][: len(prefix)])


def window(entries: Sequence[Entry], wanted: Wanted, more: int) -> list[str]:
    """The names of all items that the page can hold, and of few others.

    One more than `limit` for the item at `start`, which is counted here, and `more` on top. Never
    none of some: MiniStack finds certain errors of a condition only when it tests an item.
    """
    low, high = SPANS[wanted.operator](entries, *wanted.operands)
    if wanted.start is not None and wanted.forward:
        low = max(low, left(entries, wanted.start))
    elif wanted.start is not None:
        high = min(high, right(entries, wanted.start))
    if wanted.limit is not None and wanted.forward:
        high = min(high, low + wanted.limit + 1 + more)
    elif wanted.limit is not None:
        low = max(low, high - wanted.limit - 1 - more)
    return [name for _, name in entries[low:high] or entries[:1]]


@dataclass(frozen=True)
class Partition:
    """Items by the names that MiniStack gives them, and what orders them."""

    items: Mapping[str, Any]
    value_of: Callable[[Any], Any]

    def entries(self) -> Iterable[Entry]:
        return [(self.value_of(item), name) for name, item in list(self.items.items())]


@dataclass
class Orders:
    """The orders of the partitions that were queried last, kept while items are written.

    Step Functions write from threads of their own.
    """

    kept: int = 256
    _orders: dict[Any, Order] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def window(self, key: object, partition: "Partition", wanted: Wanted, more: int) -> list[str]:
        """Return all names when sort keys are equal: MiniStack knows their order. Else `window`."""
        with self._lock:
            order = self._of(key, partition)
            if not order.regular:
                return list(partition.items)
            return window(order.entries, wanted, more)

    def _of(self, key: object, partition: "Partition") -> Order:
        """The order; made anew when it is not of the items that were written to."""
        order, items = self._orders.get(key), partition.items
        if order is None or order.items is not items or len(order.entries) != len(items):
            order = Order(items, partition.entries())
            self._keep(key, order)
        return order

    def _keep(self, key: object, order: Order) -> None:
        self._orders.pop(key, None)
        self._orders[key] = order
        if len(self._orders) > self.kept:
            del self._orders[next(iter(self._orders))]

    def change(self, key: object, change: Callable[[Order], None]) -> None:
        with self._lock:
            if order := self._orders.get(key):
                change(order)
