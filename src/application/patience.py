"""Patience with what does not answer for a moment, where nobody else tries again."""

import time
from collections.abc import Callable
from typing import TypeVar

from application.ports import Unavailable

T = TypeVar("T")
ATTEMPTS = 4
PAUSE = 0.2  # seconds, doubled with each attempt


def patiently(read: Callable[[], T], sleep: Callable[[float], None] = time.sleep) -> T:
    """Return what `read` returns, tried a few times. Raises `Unavailable` in the end."""
    for attempt in range(ATTEMPTS - 1):
        try:
            return read()
        except Unavailable:
            sleep(PAUSE * 2**attempt)
    return read()
