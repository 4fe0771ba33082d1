"""Forgetting a person: their key is destroyed first, then each of their streams is told.

From the first step on nothing of theirs can be read, whatever becomes of the second. The second
may be broken off and taken up again: how far it has got is kept on the key's tombstone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from application.ports import Clock
from application.privacy.subject_keys import KeyRecord, KeyTable
from application.writing.execute import Executor
from application.writing.requests import CommandMetadata, Request
from kernel.actor import Actor
from kernel.messages import AggregateId, iso_milliseconds
from kernel.personal import ForgetSubject

OPERATOR = Actor("operator::skafu", may_command_all=True)
LONGEST_COMMAND = timedelta(seconds=15)
"""After so long, no command that had opened its key is on its way any more."""


class Page(NamedTuple):
    """The subject's streams in one page of commits, its size, and where the next one begins."""

    streams: tuple[AggregateId, ...]
    examined: int
    position: str | None


class SubjectStreams(Protocol):
    """The streams of a subject: those that they own, and those in which they commanded."""

    def pages(self, subject: str, position: str | None) -> Iterator[Page]:
        """From `position` on, or from the start. Raises `Unavailable`."""
        ...

    def size(self) -> int:
        """About how many commits there are."""
        ...


class Told(NamedTuple):
    """The result of one page: commits examined, streams told, and streams that failed."""

    examined: int
    streams: tuple[AggregateId, ...]
    failed: tuple[tuple[AggregateId, Exception], ...]


@dataclass(frozen=True)
class Forgetting:
    """`key_lifetime` is how long a warm process may use a key that it has opened."""

    table: KeyTable
    streams: SubjectStreams
    executors: Mapping[str, Executor[Any, Any, Any]]
    clock: Clock
    key_lifetime: timedelta

    def destroy_key(self, subject: str) -> KeyRecord:
        """Final. Done again, it changes nothing."""
        return self.table.destroy(subject, iso_milliseconds(self.clock()))

    def settled_at(self, tombstone: KeyRecord) -> datetime:
        """Return the time after which nothing sealed under the key can be appended."""
        destroyed = datetime.fromisoformat(tombstone.forgotten_at or "")
        return destroyed + self.key_lifetime + LONGEST_COMMAND

    def tell(self, subject: str, tombstone: KeyRecord) -> Iterator[Told]:
        """Append `SubjectForgotten` to each stream that lacks it, a page of commits at a time."""
        known: set[AggregateId] = set()
        failed = False
        for page in self.streams.pages(subject, tombstone.position):
            told = self._tell(subject, page, known)
            known.update(told.streams)
            failed = failed or bool(told.failed)
            # A stream that could not be told is met again by who goes on.
            if not failed:
                self.table.note(subject, page.position, None)
            yield told
        if not failed:
            self.table.note(subject, None, iso_milliseconds(self.clock()))

    def _tell(self, subject: str, page: Page, known: set[AggregateId]) -> Told:
        told, failed = list[AggregateId](), list[tuple[AggregateId, Exception]]()
        for stream in dict.fromkeys(page.streams):
            if stream in known:
                continue
            try:
                self._append(subject, stream)
            except Exception as error:  # a stream that is broken must not keep the others
                failed.append((stream, error))
            else:
                told.append(stream)
        return Told(page.examined, tuple(told), tuple(failed))

    def _append(self, subject: str, stream: AggregateId) -> None:
        executor = self.executors[stream.partition("#")[0]]
        command, key = ForgetSubject(subject=subject), f"forget-{subject}"
        executor.execute(Request(stream, command, CommandMetadata(key, OPERATOR, key)))


def concerns(subject: str, actor: str, events: str) -> bool:
    """Tell if a commit is the subject's: by its actor, or by an owner that its events name.

    `events` is the commit's JSON text: a quotation mark within a text is escaped there, so no text
    can pass for an owner.
    """
    return actor.startswith(acting(subject)) or owning(subject) in events


def acting(subject: str) -> str:
    return f"{subject}::"


def owning(subject: str) -> str:
    return f'"owner":"{subject}::'
