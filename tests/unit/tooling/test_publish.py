"""A publication that was broken off is remembered, and not mistaken for another."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

from application.commit import Commit
from application.ports import Unavailable
from application.publishing.republish import CommitKey, ScannedPage
from handlers import wiring
from skafu.commands import publish
from skafu.commands.publish import Run
from tests.support.commits import commit
from tests.support.fakes import Bus
from tests.support.spec import STREAM

pytestmark = pytest.mark.feature("P8")

BEGAN = datetime(2026, 1, 18, 10, 30, tzinfo=UTC)
ENDED = datetime(2026, 1, 19, 10, 30, tzinfo=UTC)


def new_run() -> Run:
    return Run("dev", BEGAN.isoformat(), ENDED.isoformat())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "progress.json"


def test_a_run_goes_on_where_it_was(file: Path) -> None:
    run = new_run()
    run.count(ScannedPage([commit(events=3)], [], 1000, {"aggregateId": {"S": "TEAPOT#a"}}))
    publish.writer(file)(run)
    found = publish.broken_off(file, "dev", BEGAN.replace(tzinfo=None))

    assert found == run
    assert (run.examined, run.commits, run.events) == (1000, 1, 3)
    assert run.span() == (BEGAN, ENDED)


def test_without_a_file_nothing_was_broken_off(file: Path) -> None:
    assert publish.broken_off(file, "dev", BEGAN) is None


@pytest.mark.parametrize(("environment", "since"), [("prod", BEGAN), ("dev", ENDED)])
def test_another_run_is_not_thrown_away(file: Path, environment: str, since: datetime) -> None:
    publish.writer(file)(new_run())

    with pytest.raises(typer.BadParameter, match="--anew"):
        publish.broken_off(file, environment, since)


class Endless:
    """A scan whose second page cannot be published."""

    def size(self) -> tuple[int, int]:
        return 2, 2048

    def recorded_between(self, *_: object) -> list[ScannedPage]:
        return [ScannedPage([commit()], [], 1, {"n": 1}), ScannedPage([commit()], [], 1, None)]


def test_what_was_published_is_remembered_when_the_bus_breaks_down(file: Path) -> None:
    published: list[Commit] = []

    def refuse_the_second(commits: list[Commit]) -> None:
        if published:
            raise Unavailable("down")
        published.extend(commits)

    with pytest.raises(typer.Exit):
        publish.work(Endless(), refuse_the_second, new_run(), publish.writer(file))  # type: ignore[arg-type] # stands for the scan

    found = publish.broken_off(file, "dev", BEGAN)
    assert found is not None
    assert (found.after, found.commits) == ({"n": 1}, 1)


class OfNothing(Endless):
    """A scan that finds no commit, or what is none."""

    def __init__(self, *unreadable: CommitKey) -> None:
        self.unreadable = list(unreadable)

    def recorded_between(self, *_: object) -> list[ScannedPage]:
        return [ScannedPage([], self.unreadable, 7, None)]


@pytest.mark.parametrize("unreadable", [(), ((STREAM, 3),)])
def test_a_run_that_has_ended_was_not_broken_off_whatever_it_found(
    file: Path, monkeypatch: pytest.MonkeyPatch, unreadable: tuple[CommitKey, ...]
) -> None:
    """Its end is an error, but nothing is left to be gone on with."""
    monkeypatch.setattr(publish, "select", lambda *_: SimpleNamespace(client=lambda _: None))
    monkeypatch.setattr(publish, "DynamoDbCommitScan", lambda *_: OfNothing(*unreadable))
    monkeypatch.setattr(wiring, "settings", lambda: SimpleNamespace(events_table="events"))
    monkeypatch.setattr(wiring, "event_bus", Bus)

    with pytest.raises(typer.Exit):
        publish.publish(BEGAN, ENDED, yes=True, progress_file=file)

    assert publish.broken_off(file, "dev", ENDED) is None


@pytest.mark.parametrize(
    ("since", "until"), [(ENDED, BEGAN), (datetime(9999, 12, 31, tzinfo=UTC), None)]
)
def test_a_span_that_ends_before_it_begins_is_refused(
    since: datetime, until: datetime | None
) -> None:
    with pytest.raises(typer.BadParameter, match="in the past"):
        publish.publish(since, until)
