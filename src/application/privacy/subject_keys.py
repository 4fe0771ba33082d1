"""A key for each person whose data is sealed. Destroying it is how a person is forgotten."""

import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from application.ports import Clock
from application.warm import Bounded
from kernel.messages import iso_milliseconds

MOST_OPEN = 1024
"""Keys that a process holds at most."""


class SubjectIsForgotten(Exception):
    """The person's key was destroyed: nothing of theirs is sealed or opened any more."""


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """The key table's record of a subject: the wrapped key, or the time of its destruction.

    A tombstone also says how far the subject's streams have been told of it (`position`), and
    when all of them had been.
    """

    wrapped: bytes | None = None
    forgotten_at: str | None = None
    position: str | None = None
    told_at: str | None = None


class KeyTable(Protocol):
    """Wrapped keys by subject. A destroyed key leaves a tombstone, which nothing replaces."""

    def get(self, subject: str) -> KeyRecord | None:
        """Read strongly. Raises `Unavailable`."""
        ...

    def add(self, subject: str, wrapped: bytes, created_at: str) -> KeyRecord:
        """Store the key if the subject has neither key nor tombstone; return what is there then.

        Raises `Unavailable` when it is unknown whether anything was stored.
        """
        ...

    def destroy(self, subject: str, forgotten_at: str) -> KeyRecord:
        """Leave the tombstone in the key's place; return it. The first one's time stays.

        Raises `Unavailable`.
        """
        ...

    def note(self, subject: str, position: str | None, told_at: str | None) -> None:
        """Keep both on the tombstone. Raises `Unavailable`."""
        ...


class NewKey(NamedTuple):
    secret: bytes
    wrapped: bytes


class KeyWrapper(Protocol):
    """Makes and unwraps data keys of 32 bytes; a wrapped one opens for its own subject only."""

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


class _Kept(NamedTuple):
    """The key that was read of a subject, `None` for a tombstone, and the end of its use."""

    key: SubjectKey | None
    until: float


@dataclass(frozen=True)
class SubjectKeys:
    """Opens keys and keeps each for `lifetime` seconds from the moment at which it was asked for.

    So a process that is warm uses no key longer than that after it was destroyed.
    """

    table: KeyTable
    wrapper: KeyWrapper
    clock: Clock
    lifetime: float
    monotonic: Callable[[], float] = time.monotonic
    kept: MutableMapping[str, _Kept] = field(default_factory=lambda: Bounded(MOST_OPEN))

    def to_seal(self, subject: str) -> SubjectKey:
        """The subject's key, made when there is none. Raises `SubjectIsForgotten`."""
        asked = self.monotonic()
        if (kept := self._warm(subject, asked)) is None:
            record = self.table.get(subject)
            kept = self._keep(subject, record, asked) if record else self._made(subject, asked)
        if kept.key is None:
            raise SubjectIsForgotten(subject)
        return kept.key

    def to_open(self, subject: str) -> SubjectKey | None:
        """The subject's key; `None` when it was destroyed or never was."""
        asked = self.monotonic()
        if (kept := self._warm(subject, asked)) is None:
            record = self.table.get(subject)
            kept = self._keep(subject, record, asked) if record else None
        return kept.key if kept else None

    def check(self, subject: str) -> None:
        """Without opening a key. Raises `SubjectIsForgotten`."""
        record = self.table.get(subject)
        if record is not None and record.wrapped is None:
            raise SubjectIsForgotten(subject)

    def forget(self, subject: str) -> KeyRecord:
        """Destroy the key; what is sealed under it is unreadable from then on."""
        self.kept.pop(subject, None)
        return self.table.destroy(subject, iso_milliseconds(self.clock()))

    def _warm(self, subject: str, now: float) -> _Kept | None:
        for stale in [name for name, kept in self.kept.items() if kept.until <= now]:
            del self.kept[stale]
        return self.kept.get(subject)

    def _made(self, subject: str, asked: float) -> _Kept:
        """A fresh key, unless another process was first, or the subject was just forgotten."""
        fresh = self.wrapper.new_key(subject)
        record = self.table.add(subject, fresh.wrapped, iso_milliseconds(self.clock()))
        if record.wrapped == fresh.wrapped:
            return self._put(subject, SubjectKey(subject, fresh.secret), asked)
        return self._keep(subject, record, asked)

    def _keep(self, subject: str, record: KeyRecord, asked: float) -> _Kept:
        if record.wrapped is None:
            return self._put(subject, None, asked)
        secret = self.wrapper.unwrap(subject, record.wrapped)
        return self._put(subject, SubjectKey(subject, secret), asked)

    def _put(self, subject: str, key: SubjectKey | None, asked: float) -> _Kept:
        kept = self.kept[subject] = _Kept(key, asked + self.lifetime)
        return kept
