"""Scans of the whole store: commits in pages, and streams made of them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Protocol

from application.commit import Commit
from application.publishing.republish import ScannedPage
from kernel.messages import AggregateId


class CommitPages(Protocol):
    def every(self) -> Iterator[ScannedPage]:
        """Yield all commits; those of a stream lie beside one another, in any order."""
        ...


def streams(pages: Iterable[ScannedPage]) -> Iterator[tuple[AggregateId, list[Commit] | None]]:
    """Yield each stream with its commits; without them if one cannot be read.

    A stream that a scan does not hold together comes in parts, none of which looks right.
    """
    unreadable = set[AggregateId]()
    for stream, commits in groupby(commits_of(pages, unreadable), lambda one: one.aggregate_id):
        whole = sorted(commits, key=lambda one: one.first_sequence)
        if stream not in unreadable:
            yield stream, whole
    for stream in sorted(unreadable):
        yield stream, None


def follow_one_another(commits: Sequence[Commit]) -> bool:
    """Tell whether none is missing from the first one on."""
    ends = [0, *(commit.last_sequence for commit in commits)]
    return all(c.first_sequence == end + 1 for c, end in zip(commits, ends, strict=False))


def commits_of(pages: Iterable[ScannedPage], unreadable: set[AggregateId]) -> Iterator[Commit]:
    for page in pages:
        unreadable.update(stream for stream, _ in page.unreadable)
        yield from page.commits
