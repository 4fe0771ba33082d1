"""Folding back: to the newest stored state of today's version, and no further."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from application.commit import Commit
from application.folding import END, Snapshot, fold_back, holds_state, stored_state
from application.reading.history import state_at_version
from application.writing.heads import Head
from tests.support.desk import Desk
from tests.support.kitchen.builders import add, make, part, rename
from tests.support.kitchen.teapot import Teapot, teapot
from tests.support.spec import STREAM

pytestmark = pytest.mark.feature("E18")
EMPTY = Snapshot(teapot.initial)


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.send(make(parts=[part("spout"), part("lid")]))
    for name in ("Samovar", "Urn"):
        desk.clock.move(seconds=1)
        desk.send(rename(name))
    return desk


def bare(commit: Commit) -> Commit:
    return replace(commit, state=None, state_version=None)


def stateless(commit: Commit) -> Commit:
    return replace(commit, state=None)


def outdated(commit: Commit) -> Commit:
    return replace(commit, state_version=teapot.state_version + 1)


def every_event(commits: list[Commit], until: int = END) -> Teapot:
    recorded = (each for commit in commits for each in commit.recorded(teapot.events))
    return teapot.fold(each.event for each in recorded if each.sequence <= until)


def and_no_further(*commits: Commit) -> Iterator[Commit]:
    yield from commits
    pytest.fail("An older commit was read.")


def test_no_commit_before_the_newest_state_is_read(desk: Desk) -> None:
    first, second, third = desk.commits()

    found = fold_back(teapot, and_no_further(bare(third), second), EMPTY)

    assert found == Snapshot(every_event([first, second, third]), 5, third.timestamp)


def test_no_commit_before_the_state_at_the_end_is_read(desk: Desk) -> None:
    first, second, third = desk.commits()

    found = fold_back(teapot, and_no_further(third, second), EMPTY, second.last_sequence)

    assert found == Snapshot(every_event([first, second]), 4, second.timestamp)


@pytest.mark.parametrize("without", [bare, stateless, outdated])
def test_without_a_state_every_event_is_folded(
    desk: Desk, without: Callable[[Commit], Commit]
) -> None:
    commits = desk.commits()
    assert [stored_state(teapot, commit) for commit in map(without, commits)] == [None] * 3
    assert not any(holds_state(teapot, commit) for commit in map(without, commits))

    found = fold_back(teapot, [without(commit) for commit in reversed(commits)], EMPTY)

    assert found == Snapshot(every_event(commits), 5, commits[-1].timestamp)


def test_without_a_state_the_commits_follow_what_was_known(desk: Desk) -> None:
    first, second, third = desk.commits()
    known = fold_back(teapot, [second, first], EMPTY)

    assert fold_back(teapot, [bare(third)], known).state == every_event([first, second, third])
    assert fold_back(teapot, [], known) == known


@pytest.mark.parametrize("until", range(1, 6))
def test_no_event_after_the_end_counts_nor_a_state_that_holds_one(desk: Desk, until: int) -> None:
    commits = desk.commits()

    found = fold_back(teapot, reversed(commits), EMPTY, until)

    assert (found.state, found.version) == (every_event(commits, until), until)


def test_history_and_the_write_side_fold_alike(desk: Desk) -> None:
    for n in range(20):
        desk.clock.move(seconds=1)
        desk.another().send(add(f"part {n}"))
        desk.send(rename(f"Teapot {n}"))
        head = desk.warm[STREAM]
        past = state_at_version(desk.inner, teapot, STREAM)

        assert isinstance(head, Head)
        assert (head.state, head.version, head.timestamp) == (
            past.state,
            past.version,
            past.timestamp,
        )
