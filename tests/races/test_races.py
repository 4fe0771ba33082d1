"""Commands that race: every one has one effect, and every delivery of it the same answer.

The small races are part of `make test`, the full ones of `make soak`: 64 writers with 50 commands
each, on 1 and on 16 aggregates. On moto they are smaller: it serves some hundred requests a second
from within this process; what it must show is that its conditional put has one winner.

On one aggregate of MiniStack ten attempts are lost for each that wins: the race took 16 minutes on
two cores that had other work too, most of it in the writers' own clients.
"""

import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from application.commit import Commit
from application.ports import EventStore
from kernel.messages import AggregateId
from tests.support import race
from tests.support.race import Race, Shape, anomalies, history

History = dict[AggregateId, list[Commit]]


def show(capsys: pytest.CaptureFixture[str], name: str, store: EventStore, shape: Shape) -> None:
    """Run the race, print its figures, and find nothing wrong."""
    run = race.run(store, shape)
    with capsys.disabled():
        sys.stdout.write(f"\n{run.figures(name)}")

    assert anomalies(run, history(store)) == []


@pytest.mark.parametrize("aggregates", [1, 16])
class TestSmallRaces:
    @pytest.mark.feature("C15", "C17", "C22", "C25", "K2")
    def test_in_memory(
        self, memory: EventStore, capsys: pytest.CaptureFixture[str], aggregates: int
    ) -> None:
        show(capsys, "memory", memory, Shape(64, 5, aggregates))

    @pytest.mark.feature("C15", "C17", "C22", "K2")
    def test_on_moto(
        self, moto: EventStore, capsys: pytest.CaptureFixture[str], aggregates: int
    ) -> None:
        show(capsys, "moto", moto, Shape(8, 4, aggregates))

    @pytest.mark.feature("C15", "C17", "C22", "K2")
    def test_on_ministack(
        self, ministack: EventStore, capsys: pytest.CaptureFixture[str], aggregates: int
    ) -> None:
        show(capsys, "ministack", ministack, Shape(8, 4, aggregates))


@pytest.mark.soak
@pytest.mark.timeout(1700)  # a loaded machine takes its time
@pytest.mark.parametrize("aggregates", [16, 1])
class TestFullRaces:
    def test_in_memory(
        self, memory: EventStore, capsys: pytest.CaptureFixture[str], aggregates: int
    ) -> None:
        show(capsys, "memory", memory, Shape(64, 50, aggregates))

    def test_on_moto(
        self, moto: EventStore, capsys: pytest.CaptureFixture[str], aggregates: int
    ) -> None:
        show(capsys, "moto", moto, Shape(16, 10, aggregates))

    def test_on_ministack(
        self, ministack: EventStore, capsys: pytest.CaptureFixture[str], aggregates: int
    ) -> None:
        show(capsys, "ministack", ministack, Shape(64, 50, aggregates, patience=1))


class TestTheJudge:
    """A race proves nothing unless what it looks for would be found."""

    @pytest.fixture
    def raced(self, memory: EventStore) -> tuple[Race, History]:
        run = race.run(memory, Shape(4, 4, 2))
        return run, history(memory)

    @pytest.mark.parametrize(
        ("planted", "found"),
        [
            (lambda commits: commits[:3] + commits[4:], "gap"),
            (lambda commits: [*commits, again(commits[3])], "doubled"),
            (lambda commits: commits[:-1], "lost"),
            (lambda commits: [*commits, replace(commits[-1], command_id="?")], "unasked"),
            (lambda commits: [altered(c) if c is commits[2] else c for c in commits], "hash"),
            (lambda commits: [*commits[:-1], early(commits[-1])], "time"),
        ],
        ids=["gap", "doubled", "lost", "unasked", "hash", "time"],
    )
    def test_finds_a_history_that_is_wrong(
        self,
        raced: tuple[Race, History],
        planted: Callable[[list[Commit]], list[Commit]],
        found: str,
    ) -> None:
        run, streams = raced
        stream = longest(streams)

        wrong = anomalies(run, {**streams, stream: planted(streams[stream])})

        assert any(line.startswith(found) for line in wrong)

    def test_finds_an_answer_that_is_wrong(self, raced: tuple[Race, History]) -> None:
        run, streams = raced
        first = run.delivered[0]
        misled = replace(first, answer=replace(first.answer, version=first.answer.version + 1))

        wrong = anomalies(replace(run, delivered=[misled, *run.delivered[1:]]), streams)

        assert [line for line in wrong if line.startswith("answer")]

    def test_finds_a_command_recorded_before_one_that_was_answered_earlier(
        self, raced: tuple[Race, History]
    ) -> None:
        run, streams = raced
        newest = max(run.delivered, key=lambda delivered: delivered.answer.version)
        early_on = replace(newest, began=0.0, ended=0.0)

        wrong = anomalies(replace(run, delivered=[early_on, *run.delivered]), streams)

        assert [line for line in wrong if line.startswith("order")]


def longest(streams: History) -> AggregateId:
    return max(streams, key=lambda stream: len(streams[stream]))


def again(commit: Commit) -> Commit:
    return replace(commit, first_sequence=99)


def altered(commit: Commit) -> Commit:
    return replace(commit, actor="eve::eve")


def early(commit: Commit) -> Commit:
    return replace(commit, timestamp="2025-01-01T00:00:00.000Z")
