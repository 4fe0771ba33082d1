"""Leases in memory: the twin of the DynamoDB ones."""

from datetime import datetime

from application.reading.leases import Lease, LeaseHeld


class MemoryLeases:
    """Leases in one process."""

    def __init__(self) -> None:
        self.taken: dict[str, Lease] = {}

    def take(self, lease: Lease, now: datetime) -> None:
        held = self.taken.get(lease.work)
        if held is not None and held.holder != lease.holder and held.until > now:
            raise LeaseHeld(held)
        self.taken[lease.work] = lease

    def give_back(self, lease: Lease) -> None:
        held = self.taken.get(lease.work)
        if held is not None and held.holder == lease.holder:
            del self.taken[lease.work]
