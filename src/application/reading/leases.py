"""Leases: work that one process at a time does for the whole system.

A lease ends by itself unless it is renewed, so a process that was killed is in nobody's way for
long. Whoever finds its lease taken stops: for a while two may have worked at once, which the work
has to bear.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from application.ports import Clock

LEASE = timedelta(seconds=30)
RENEWED_AFTER = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Lease:
    """Work by its name, held by somebody since then, until then."""

    work: str
    holder: str
    since: datetime
    until: datetime


class LeaseHeld(Exception):
    """Another process does this work."""

    def __init__(self, lease: Lease) -> None:
        super().__init__(
            f"{lease.work} runs already: {lease.holder} has been at it since "
            f"{lease.since:%Y-%m-%d %H:%M:%S} UTC; it is free at {lease.until:%H:%M:%S} UTC "
            "unless that process is still alive"
        )
        self.lease = lease


class Leases(Protocol):
    def take(self, lease: Lease, now: datetime) -> None:
        """Take or renew the lease. Raises `LeaseHeld` if another holds it."""
        ...

    def give_back(self, lease: Lease) -> None:
        """End the lease, if its holder still has it."""
        ...


@dataclass
class Holder:
    """Holds leases of several works while a block runs; `renew` is called within it, often."""

    leases: Leases
    clock: Clock
    name: str
    since: datetime
    works: Sequence[str]
    _renewed: datetime | None = None

    def renew(self) -> None:
        """Renew the leases if it is time to. Raises `LeaseHeld` if one was lost."""
        now = self.clock()
        if self._renewed is None or now - self._renewed >= RENEWED_AFTER:
            self._renewed = now
            for work in self.works:
                self.leases.take(self._lease(work, now), now)

    def end(self) -> None:
        for work in self.works:
            self.leases.give_back(self._lease(work, self.clock()))

    def _lease(self, work: str, now: datetime) -> Lease:
        return Lease(work, self.name, self.since, now + LEASE)


@contextmanager
def holding(leases: Leases, clock: Clock, name: str, works: Sequence[str]) -> Iterator[Holder]:
    """Hold all of these leases, or none. Raises `LeaseHeld`."""
    holder = Holder(leases, clock, name, clock(), works)
    try:
        holder.renew()
        yield holder
    finally:
        holder.end()
