"""Keys of subjects, the people whose data is sealed. To forget a person, destroy their key."""

import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from application.ports import Clock
from application.warm import Bounded
from kernel.messages import iso_milliseconds

MOST_OPEN = 1024
"""The largest number of keys that a process holds."""


class SubjectIsForgotten(Exception):
    """The person's key was destroyed: nothing of theirs is sealed or opened any more."""


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A record of the key table: the wrapped key, or a tombstone with the time of its end.

    A tombstone also holds the progress of notifying the subject's streams (`position`), and the
    time at which all of them had been notified.
    """

    wrapped: bytes | None = None
    forgotten_at: str | None = None
    position: str | None = None
    notified_at: str | None = None


class KeyTable(Protocol):
    """Wrapped keys by subject. A destroyed key leaves a tombstone, which nothing replaces."""

    def get(self, subject: str) -> KeyRecord | None:
        """Read strongly. Raises `Unavailable`."""
        ...

    def add(self, subject: str, wrapped: bytes, created_at: str) -> KeyRecord:
        """Store the key if the subject has neither key nor tombstone; return the record.

        Raises `Unavailable` when it is unknown whether anything was stored.
        """
        ...

    def destroy(self, subject: str, forgotten_at: str) -> KeyRecord:
        """Replace the key by a tombstone and return it. The first tombstone's time stays.

        Raises `Unavailable`.
        """
        ...

    def record_progress(self, subject: str, position: str | None, notified_at: str | None) -> None:
        """Store both on the tombstone. Raises `Unavailable`."""
        ...


class NewKey(NamedTuple):
    secret: bytes
    wrapped: bytes


class KeyWrapper(Protocol):
    """Makes and unwraps data keys of 32 bytes; each can be unwrapped for its own subject only."""

    def new_key(self, subject: str) -> NewKey:
        """Raises `Unavailable`."""
        ...

    def unwrap(self, subject: str, wrapped: bytes) -> bytes:
        """Raises `Unavailable`."""
        ...


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """An opened key."""

    subject: str
    secret: bytes = field(repr=False)


class _CachedKey(NamedTuple):
    """A subject's key, or `None` for a tombstone, and the time until which it may be used."""

    key: SubjectKey | None
    until: float


@dataclass(frozen=True)
class SubjectKeys:
    """Opens keys and caches each for `lifetime` seconds from the moment it was asked for.

    So no warm process uses a key for longer than that after it was destroyed.
    """

    table: KeyTable
    wrapper: KeyWrapper
    clock: Clock
    lifetime: float
    monotonic: Callable[[], float] = time.monotonic
    cached: MutableMapping[str, _CachedKey] = field(default_factory=lambda: Bounded(MOST_OPEN))

    def to_seal(self, subject: str) -> SubjectKey:
        """Return the subject's key; make one if there is none. Raises `SubjectIsForgotten`."""
        asked = self.monotonic()
        if (cached := self._cached(subject, asked)) is None:
            record = self.table.get(subject)
            cached = self._open(subject, record, asked) if record else self._make(subject, asked)
        if cached.key is None:
            raise SubjectIsForgotten(subject)
        return cached.key

    def to_open(self, subject: str) -> SubjectKey | None:
        """Return the subject's key; `None` if it was destroyed or never existed."""
        asked = self.monotonic()
        if (cached := self._cached(subject, asked)) is None:
            record = self.table.get(subject)
            cached = self._open(subject, record, asked) if record else None
        return cached.key if cached else None

    def check(self, subject: str) -> None:
        """Check that the subject is not forgotten, without opening a key.

        Raises `SubjectIsForgotten`.
        """
        record = self.table.get(subject)
        if record is not None and record.wrapped is None:
            raise SubjectIsForgotten(subject)

    def forget(self, subject: str) -> KeyRecord:
        """Destroy the key, which makes everything sealed under it unreadable."""
        self.cached.pop(subject, None)
        return self.table.destroy(subject, iso_milliseconds(self.clock()))

    def _cached(self, subject: str, now: float) -> _CachedKey | None:
        for stale in [name for name, cached in self.cached.items() if cached.until <= now]:
            del self.cached[stale]
        return self.cached.get(subject)

    def _make(self, subject: str, asked: float) -> _CachedKey:
        """Make a key, unless another process was first or the subject has just been forgotten."""
        fresh = self.wrapper.new_key(subject)
        record = self.table.add(subject, fresh.wrapped, iso_milliseconds(self.clock()))
        if record.wrapped == fresh.wrapped:
            return self._cache(subject, SubjectKey(subject, fresh.secret), asked)
        return self._open(subject, record, asked)

    def _open(self, subject: str, record: KeyRecord, asked: float) -> _CachedKey:
        if record.wrapped is None:
            return self._cache(subject, None, asked)
        secret = self.wrapper.unwrap(subject, record.wrapped)
        return self._cache(subject, SubjectKey(subject, secret), asked)

    def _cache(self, subject: str, key: SubjectKey | None, asked: float) -> _CachedKey:
        cached = self.cached[subject] = _CachedKey(key, asked + self.lifetime)
        return cached
