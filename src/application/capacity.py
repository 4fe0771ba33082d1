"""Capacity units of DynamoDB: adapters report what each call took, and the work adds them up."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Units:
    """Units that some work has taken so far."""

    read: float = 0
    write: float = 0


_counted: ContextVar[Units | None] = ContextVar("counted units", default=None)


@contextmanager
def counting(units: Units) -> Iterator[None]:
    """Add what the work within takes, in this thread, to the units; an outer count gets it too."""
    outer = _counted.get()
    token = _counted.set(units)
    try:
        yield
    finally:
        _counted.reset(token)
        if outer is not None:
            outer.read += units.read
            outer.write += units.write


def consumed(read: float = 0, write: float = 0) -> None:
    """Report the units of one call. Nothing happens when nobody counts."""
    units = _counted.get()
    if units is not None:
        units.read += read
        units.write += write
