"""The head of a stream: its newest state, and receipts of the commands that led to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from application.commit import GENESIS, Commit
from application.folding import Snapshot
from application.writing.identity import Identity

S = TypeVar("S")

# Receipts that a warm head keeps. A stream with more commands in five minutes is loaded for each;
# 512 take a quarter of a megabyte.
MAX_RECEIPTS = 512


class StreamBroken(RuntimeError):
    """A commit is missing between two that were read."""


class Receipt(NamedTuple):
    """Proof that a command was recorded: enough to give its answer again."""

    fingerprint: bytes
    version: int
    timestamp: str


@dataclass(frozen=True, slots=True)
class Head(Snapshot[S]):
    """The newest snapshot known of a stream. `consistent`: no newer commit existed when read.

    `receipts` holds those of all commands recorded after `receipts_after`, so a command that was
    sent twice is recognized in a warm head without a read.
    """

    hash: bytes = GENESIS
    commits_since_state: int = 0
    consistent: bool = False
    receipts: Mapping[Identity, Receipt] = field(default_factory=dict)
    receipts_after: str = ""


def receipt_of(commit: Commit) -> Receipt:
    return Receipt(commit.fingerprint, commit.last_sequence, commit.timestamp)


def receipts(newest_first: Sequence[Commit]) -> dict[Identity, Receipt]:
    """Return the receipts of all commands; the newest where an opaque key was used twice."""
    return {commit.identity: receipt_of(commit) for commit in reversed(newest_first)}


def keep_newest(receipts: Mapping[Identity, Receipt], after: str) -> dict[str, Any]:
    """Return `receipts` and `receipts_after` of a head; of very many, only the newest are kept."""
    if len(receipts) > MAX_RECEIPTS:
        oldest_first = sorted(receipts.items(), key=lambda item: item[1].version)
        dropped, kept = oldest_first[: -MAX_RECEIPTS // 2], oldest_first[-MAX_RECEIPTS // 2 :]
        receipts, after = dict(kept), max(after, dropped[-1][1].timestamp)
    return {"receipts": receipts, "receipts_after": after}


def newer_than(version: int, newest_first: Iterator[Commit]) -> Iterator[Commit]:
    """Yield the commits down to the one after `version`.

    Raises `StreamBroken` where one is missing: each page of a weak read is answered by another
    replica, and may lag behind the page before.
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
