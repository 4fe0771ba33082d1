"""What is known of a stream: its newest state, and the commands that made it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from application.commit import GENESIS, Commit
from application.writing.identity import Identity

S = TypeVar("S")

# Identities that a warm head remembers. A stream with more commands in five minutes is loaded for
# each; 512 take a quarter of a megabyte.
MAX_SEEN = 512


class StreamBroken(RuntimeError):
    """A commit is missing between two that were read."""


class Seen(NamedTuple):
    """What it takes to answer a command again."""

    fingerprint: bytes
    version: int
    timestamp: str


@dataclass(frozen=True, slots=True)
class Head(Generic[S]):
    """The newest commit known of a stream, folded. `consistent`: no newer one existed when read.

    `seen` holds every identity recorded after `seen_after`, so that a warm head can tell a command
    sent twice without a read.
    """

    state: S
    version: int = 0
    hash: bytes = GENESIS
    timestamp: str = ""
    commits_since_state: int = 0
    consistent: bool = False
    seen: Mapping[Identity, "Seen"] = field(default_factory=dict)
    seen_after: str = ""


def seen_as(commit: Commit) -> Seen:
    return Seen(commit.fingerprint, commit.last_sequence, commit.timestamp)


def remembered(seen: dict[Identity, Seen], after: str) -> dict[str, Any]:
    """`seen` and `seen_after` of a head, with all but the newest forgotten when they are many."""
    if len(seen) > MAX_SEEN:
        oldest_first = sorted(seen.items(), key=lambda item: item[1].version)
        forgotten, kept = oldest_first[: -MAX_SEEN // 2], oldest_first[-MAX_SEEN // 2 :]
        seen, after = dict(kept), max(after, forgotten[-1][1].timestamp)
    return {"seen": seen, "seen_after": after}


def newer_than(version: int, newest_first: Iterator[Commit]) -> Iterator[Commit]:
    """The commits down to the one after `version`; raises `StreamBroken` where one is missing.

    Each page of a weak read is answered by another replica, which may lag behind the one before.
    """
    begins: int | None = None
    for commit in newest_first:
        if begins not in (None, commit.last_sequence + 1):
            raise StreamBroken(f"{commit.aggregate_id}: {commit.last_sequence} before {begins}")
        if commit.last_sequence <= version:
            return
        yield commit
        begins = commit.first_sequence
    if begins not in (None, version + 1):
        raise StreamBroken(f"{version} before {begins}")
