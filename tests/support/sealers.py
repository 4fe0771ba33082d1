"""A sealer in memory, with a key table that counts and a clock of its own."""

from dataclasses import dataclass, field

from adapters.memory.key_table import MemoryKeyTable
from adapters.memory.key_wrapper import MemoryKeyWrapper
from application.privacy.sealing import Sealer
from application.privacy.subject_keys import KeyRecord, SubjectKeys
from tests.support.fakes import Clock

LIFETIME = 60.0


@dataclass
class CountingKeyTable:
    inner: MemoryKeyTable = field(default_factory=MemoryKeyTable)
    gets: int = 0
    adds: int = 0

    def get(self, subject: str) -> KeyRecord | None:
        self.gets += 1
        return self.inner.get(subject)

    def add(self, subject: str, wrapped: bytes, created_at: str) -> KeyRecord:
        self.adds += 1
        return self.inner.add(subject, wrapped, created_at)

    def destroy(self, subject: str, forgotten_at: str) -> KeyRecord:
        return self.inner.destroy(subject, forgotten_at)

    def record_progress(self, subject: str, position: str | None, notified_at: str | None) -> None:
        self.inner.record_progress(subject, position, notified_at)


@dataclass
class SlowKeyTable:
    """Answers late with what the table held when it was asked."""

    office: "KeyOffice"
    inner: CountingKeyTable

    def get(self, subject: str) -> KeyRecord | None:
        found = self.inner.get(subject)
        self.office.seconds += self.office.read_takes
        return found

    def add(self, subject: str, wrapped: bytes, created_at: str) -> KeyRecord:
        added = self.inner.add(subject, wrapped, created_at)
        self.office.seconds += self.office.read_takes
        return added

    def destroy(self, subject: str, forgotten_at: str) -> KeyRecord:
        return self.inner.destroy(subject, forgotten_at)

    def record_progress(self, subject: str, position: str | None, notified_at: str | None) -> None:
        self.inner.record_progress(subject, position, notified_at)


@dataclass
class KeyOffice:
    """One key table and wrapper, and as many processes as are asked for; all see one clock."""

    table: CountingKeyTable = field(default_factory=CountingKeyTable)
    wrapper: MemoryKeyWrapper = field(default_factory=MemoryKeyWrapper)
    clock: Clock = field(default_factory=Clock)
    seconds: float = 0.0
    read_takes: float = 0.0
    """Seconds between the moment of a read of the table and its answer."""

    def process(self) -> SubjectKeys:
        table = SlowKeyTable(self, self.table)
        return SubjectKeys(table, self.wrapper, self.clock, LIFETIME, lambda: self.seconds)

    def sealer(self) -> Sealer:
        return Sealer(self.process())
