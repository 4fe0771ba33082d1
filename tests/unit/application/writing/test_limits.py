"""Caps, each at its limit and one byte beyond."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from application.commit import canonical_json
from application.writing.limits import (
    MAX_COMMIT_BYTES,
    MAX_EVENT_BYTES,
    CommitTooLarge,
    EventTooLarge,
    check_sizes,
)
from tests.support.commits import commit


def sized(*sizes: int) -> str:
    """Events of so many bytes each."""
    return canonical_json(["x" * (size - 2) for size in sizes])


def check(events: str) -> None:
    check_sizes(replace(commit(), events=events))


def test_an_event_at_its_limit_is_taken() -> None:
    check(sized(MAX_EVENT_BYTES))


def test_an_event_beyond_its_limit_is_refused() -> None:
    with pytest.raises(EventTooLarge) as refusal:
        check(sized(10, MAX_EVENT_BYTES + 1))

    assert (refusal.value.size, refusal.value.limit) == (MAX_EVENT_BYTES + 1, MAX_EVENT_BYTES)


def full(over: int = 0) -> Sequence[int]:
    """Four events that fill a commit to its limit, brackets and commas counted."""
    quarter = (MAX_COMMIT_BYTES - len("[,,,]")) // 4
    return (quarter, quarter, quarter, MAX_COMMIT_BYTES - len("[,,,]") - 3 * quarter + over)


def test_a_commit_at_its_limit_is_taken() -> None:
    check(sized(*full()))


def test_a_commit_beyond_its_limit_is_refused() -> None:
    with pytest.raises(CommitTooLarge) as refusal:
        check(sized(*full(over=1)))

    assert str(refusal.value) == "The commit has 204801 bytes; at most 204800 are allowed."


def test_sizes_are_counted_in_bytes() -> None:
    with pytest.raises(EventTooLarge):
        check(canonical_json(["🫖" * (MAX_EVENT_BYTES // 4)]))
