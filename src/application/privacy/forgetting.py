"""Forget a person: destroy their key first, then notify each of their streams.

From the first step on nothing of theirs can be read, even if the second fails. The second can be
interrupted and resumed: its progress is stored on the key's tombstone.
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
"""A command that opened the key before it was destroyed has ended after this time."""


class StreamsPage(NamedTuple):
    """The subject's streams in one page of commits; the next page begins at `position`."""

    streams: tuple[AggregateId, ...]
    examined: int
    position: str | None


class SubjectStreams(Protocol):
    """The streams that a subject owns, and those in which they sent commands."""

    def pages(self, subject: str, position: str | None) -> Iterator[StreamsPage]:
        """Yield pages from `position` on, or from the start. Raises `Unavailable`."""
        ...

    def size(self) -> int:
        """Return the approximate number of commits."""
        ...


class NotifiedPage(NamedTuple):
    """The result of one page: commits examined, streams notified, and streams that failed."""

    examined: int
    streams: tuple[AggregateId, ...]
    failed: tuple[tuple[AggregateId, Exception], ...]


@dataclass(frozen=True)
class Forgetting:
    """Forgets subjects; a warm process may use a key that it opened for `key_lifetime`."""

    table: KeyTable
    streams: SubjectStreams
    executors: Mapping[str, Executor[Any, Any, Any]]
    clock: Clock
    key_lifetime: timedelta

    def destroy_key(self, subject: str) -> KeyRecord:
        """Destroy the key, for ever. A second time changes nothing."""
        return self.table.destroy(subject, iso_milliseconds(self.clock()))

    def settled_at(self, tombstone: KeyRecord) -> datetime:
        """Return the time after which no process appends anything sealed under the key."""
        destroyed = datetime.fromisoformat(tombstone.forgotten_at or "")
        return destroyed + self.key_lifetime + LONGEST_COMMAND

    def notify(self, subject: str, tombstone: KeyRecord) -> Iterator[NotifiedPage]:
        """Append `SubjectForgotten` to each stream that lacks it, a page of commits at a time."""
        known: set[AggregateId] = set()
        failed = False
        for page in self.streams.pages(subject, tombstone.position):
            notified = self._notify(subject, page, known)
            known.update(notified.streams)
            failed = failed or bool(notified.failed)
            # After a failure the place stays, so that a second run finds the stream again.
            if not failed:
                self.table.record_progress(subject, page.position, None)
            yield notified
        if not failed:
            self.table.record_progress(subject, None, iso_milliseconds(self.clock()))

    def _notify(self, subject: str, page: StreamsPage, known: set[AggregateId]) -> NotifiedPage:
        notified, failed = list[AggregateId](), list[tuple[AggregateId, Exception]]()
        for stream in dict.fromkeys(page.streams):
            if stream in known:
                continue
            try:
                self._append(subject, stream)
            except Exception as error:  # a broken stream must not stop the others
                failed.append((stream, error))
            else:
                notified.append(stream)
        return NotifiedPage(page.examined, tuple(notified), tuple(failed))

    def _append(self, subject: str, stream: AggregateId) -> None:
        executor = self.executors[stream.partition("#")[0]]
        command, key = ForgetSubject(subject=subject), f"forget-{subject}"
        executor.execute(Request(stream, command, CommandMetadata(key, OPERATOR, key)))


def concerns(subject: str, actor: str, events: str) -> bool:
    """Tell whether a commit is the subject's: they sent the command, or its events name them.

    `events` is the commit's JSON text. Quotation marks within a value are escaped there, so no
    value can be mistaken for the field `owner`.
    """
    return actor.startswith(sender_prefix(subject)) or owner_field(subject) in events


def sender_prefix(subject: str) -> str:
    return f"{subject}::"


def owner_field(subject: str) -> str:
    return f'"owner":"{subject}::'
