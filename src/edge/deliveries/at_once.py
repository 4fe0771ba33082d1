"""Work on several items at once: most of the time is spent waiting for answers."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

AT_ONCE = 10  # as many connections as the clients keep


def at_once(work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Return the results in the order of the items, like `map`."""
    items = list(items)
    if len(items) < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(work, items))
