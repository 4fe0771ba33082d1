"""The key table in memory: the twin of the DynamoDB one, under the same contract."""

from dataclasses import replace
from threading import Lock

from application.privacy.subject_keys import KeyRecord


class MemoryKeyTable:
    def __init__(self) -> None:
        self._records: dict[str, KeyRecord] = {}
        self._lock = Lock()

    def get(self, subject: str) -> KeyRecord | None:
        return self._records.get(subject)

    def add(self, subject: str, wrapped: bytes, created_at: str) -> KeyRecord:
        with self._lock:
            return self._records.setdefault(subject, KeyRecord(wrapped=wrapped))

    def destroy(self, subject: str, forgotten_at: str) -> KeyRecord:
        with self._lock:
            known = self._records.get(subject)
            if known is None or known.forgotten_at is None:
                self._records[subject] = KeyRecord(forgotten_at=forgotten_at)
            return self._records[subject]

    def record_progress(self, subject: str, position: str | None, notified_at: str | None) -> None:
        with self._lock:
            known = self._records[subject]
            self._records[subject] = replace(known, position=position, notified_at=notified_at)
