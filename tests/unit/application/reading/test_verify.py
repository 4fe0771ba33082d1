"""The reconciler finds every commit that was tampered with, and every row that is not its fold."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from application.commit import Commit
from application.publishing.feed import entries_of
from application.reading.catch_up import CatchUp
from application.reading.verify import (
    FEED,
    HISTORY,
    TIME_TO_FEED,
    Discrepancy,
    Verifier,
    contradictions,
    expected_rows,
    history_faults,
    missing_from_feed,
    verify,
)
from application.writing.key_times import KeyTimes
from kernel.messages import AggregateId
from tests.support.desk import Desk
from tests.support.fakes import NOW, CountingStore, MemoryReadModels
from tests.support.kitchen.builders import add, make, rename, retire
from tests.support.kitchen.commands import TeapotCommand
from tests.support.kitchen.projections import parts, teapots
from tests.support.kitchen.teapot import teapot
from tests.support.requests import uuid7
from tests.support.spec import STREAM

ID = STREAM.partition("#")[2]
PROJECTIONS = (teapots, parts)
History = list[Commit]
LONG_AGO = "2020-01-01T00:00:00.000Z"
FAR = uuid7(NOW.replace(year=9990))


@pytest.fixture
def commits() -> History:
    desk = Desk()
    commands: list[TeapotCommand] = [make(), rename("Urn"), add("lid"), rename("Kettle")]
    for command in [*commands, retire()]:
        desk.clock.move(seconds=1)
        desk.send(command)
    return desk.commits()


@pytest.fixture
def rows(commits: History) -> MemoryReadModels:
    """Return the rows as they were before anybody tampered with anything."""
    rows = MemoryReadModels()
    for projection in PROJECTIONS:
        CatchUp(holding(commits), rows, projection).reach(STREAM, commits[-1].last_sequence)
    return rows


def holding(commits: History) -> MemoryEventStore:
    store = MemoryEventStore()
    for commit in commits:
        store.append(commit, state_due=commit.state is not None)
    return store


def checked(
    commits: History, rows: MemoryReadModels, *, compare: bool = False
) -> list[Discrepancy]:
    return (
        Verifier(holding(commits), rows, PROJECTIONS, teapot, compare).check(STREAM).discrepancies
    )


def witnessed(commits: History, fed: History, now: datetime | None = None) -> list[Discrepancy]:
    """Without any rows: only the feed knows more."""
    entries = {STREAM: list(entries_of(fed))}
    verifier = Verifier(holding(commits), MemoryReadModels(), (), None, False, entries, now)
    return verifier.check(STREAM).discrepancies


def renamed(commit: Commit) -> Commit:
    """Another name in an event, in its place."""
    events = json.loads(commit.events)
    events[0]["data"]["name"] = "Forged"
    return replace(commit, events=json.dumps(events))


def swapped(commits: History, one: int, other: int) -> History:
    """The contents of two commits, each under the other's key."""
    first, second = commits[one], commits[other]
    changed = list(commits)
    changed[one] = replace(second, first_sequence=first.first_sequence)
    changed[other] = replace(first, first_sequence=second.first_sequence)
    return changed


TAMPERED: dict[str, Callable[[History], History]] = {
    "changed": lambda c: [*c[:1], renamed(c[1]), *c[2:]],
    "first changed": lambda c: [renamed(c[0]), *c[1:]],
    "last changed": lambda c: [*c[:-1], replace(c[-1], events=c[1].events)],
    "removed": lambda c: [*c[:2], *c[3:]],
    "first removed": lambda c: c[1:],
    "last removed": lambda c: c[:-1],
    "last two removed": lambda c: c[:-2],
    "swapped": lambda c: swapped(c, 1, 3),
    "someone else's": lambda c: [*c[:2], replace(c[2], actor="eve-sub::eve"), *c[3:]],
    "at another time": lambda c: [*c[:2], replace(c[2], timestamp=LONG_AGO), *c[3:]],
    "under another command": lambda c: [*c[:2], replace(c[2], command_id="other"), *c[3:]],
    "a forged state": lambda c: [*c[:-1], replace(c[-1], state=c[0].state)],
    "the times of fewer keys": lambda c: [*c[:-1], replace(c[-1], key_times=c[0].key_times)],
    "no times of keys": lambda c: [*c[:-1], replace(c[-1], key_times=b"?")],
    "unreadable": lambda c: [*c[:1], replace(c[1], events="[]"), *c[2:]],
    "an unreadable state": lambda c: [*c[:-1], replace(c[-1], state="[")],
}


@pytest.mark.feature("T10", "E16")
class TestHistory:
    def test_that_is_whole_has_no_findings(self, commits: History, rows: MemoryReadModels) -> None:
        assert checked(commits, rows) == []
        assert checked(commits, rows, compare=True) == []

    @pytest.mark.parametrize("how", TAMPERED)
    def test_that_was_tampered_with_is_found(
        self, commits: History, rows: MemoryReadModels, how: str
    ) -> None:
        found = checked(TAMPERED[how](commits), rows)

        assert {finding.where for finding in found} == {HISTORY}
        assert {finding.aggregate for finding in found} == {STREAM}

    @pytest.mark.parametrize(
        "how", [name for name in TAMPERED if name not in ("a forged state", "an unreadable state")]
    )
    def test_that_was_tampered_with_contradicts_the_feed(self, commits: History, how: str) -> None:
        found = witnessed(TAMPERED[how](commits), commits)

        assert {finding.where for finding in found} == {HISTORY}

    def test_whose_last_commit_was_forged_whole_contradicts_the_feed(
        self, commits: History
    ) -> None:
        forged = replace(commits[-1], events=commits[1].events, state=None, state_version=None)

        assert len(witnessed([*commits[:-1], forged], commits)) == 1
        assert len(witnessed(commits[:-1], commits)) == 1
        assert len(witnessed([], commits)) == 1
        assert witnessed(commits, commits) == []

    def test_that_the_feed_does_not_know_is_found_in_time(self, commits: History) -> None:
        assert witnessed(commits, commits[:2], NOW) == []
        (found,) = witnessed(commits, commits[:2], NOW + timedelta(minutes=20))

        assert (found.where, found.what) == (FEED, "events 3 to 5 are not in it")
        assert witnessed(commits, commits, NOW + timedelta(minutes=20)) == []

    def test_of_which_the_feed_knows_nothing_is_found_in_time(self, commits: History) -> None:
        (found,) = witnessed(commits, [], NOW + timedelta(minutes=20))

        assert found.what == "events 1 to 5 are not in it"

    def test_that_the_feed_knows_in_parts_is_missing_beyond_the_last(
        self, commits: History
    ) -> None:
        fed = [entry for commit in commits[:3] for entry in entries_of([commit])]
        for known in (fed, fed[::-1]):
            missing = missing_from_feed(commits, known, NOW + timedelta(minutes=20))
            assert missing == "events 4 to 5 are not in it"

    def test_that_the_feed_does_not_know_has_ten_minutes(self, commits: History) -> None:
        fed = list(entries_of(commits[:2]))
        late = datetime.fromisoformat(commits[2].timestamp) + TIME_TO_FEED

        assert missing_from_feed(commits, fed, late) is None
        assert missing_from_feed(commits, fed, late + timedelta(milliseconds=1)) is not None

    def test_of_a_writer_that_forgot_the_keys_before_its_own_is_found(
        self, rows: MemoryReadModels
    ) -> None:
        """The hashes hold: the writer itself is wrong."""
        desk = Desk()
        desk.send(make())
        desk.send(rename("Urn"), actor="root::root", admin=True)
        first, second = desk.commits()
        own = KeyTimes().after(second.identity, second.timestamp)
        (fault,) = history_faults([first, replace(second, key_times=own.encode())], teapot)

        assert fault == "commit 2 knows of fewer keys than were used before"
        assert list(history_faults([first, second], teapot)) == []

    @pytest.mark.parametrize(
        ("how", "what"),
        [
            ("removed", "commit 4 follows sequence 2"),
            ("someone else's", "commit 4 does not carry its predecessor's hash"),
            ("at another time", "commit 3 is older than its predecessor"),
            ("a forged state", "commit 5 holds a state that its events do not yield"),
        ],
    )
    def test_that_was_tampered_with_is_told_with_its_place(
        self, commits: History, how: str, what: str
    ) -> None:
        assert what in list(history_faults(TAMPERED[how](commits), teapot))

    def test_of_commits_of_one_moment_has_no_findings(self) -> None:
        desk = Desk()
        for command in (make(), rename("Urn"), rename("Kettle")):
            desk.send(command)

        assert list(history_faults(desk.commits(), teapot)) == []

    @pytest.mark.parametrize("key", ["order-1", FAR], ids=["opaque", "of a far time"])
    def test_with_a_key_that_bounds_nothing_has_no_findings(self, key: str) -> None:
        desk = Desk()
        desk.send(make(), key)
        desk.send(rename("Urn"), "order-2")

        assert list(history_faults(desk.commits(), teapot)) == []

    def test_that_lost_what_was_fed_is_told_with_its_place(self, commits: History) -> None:
        fed = list(entries_of(commits))
        forged = [*commits[:-1], renamed(replace(commits[1], first_sequence=5))]

        assert list(contradictions(commits[:-1], fed)) == [
            "no commit ends with event 5, as one did that was fed"
        ]
        assert list(contradictions(forged, fed)) == [
            "the commit that ends with event 5 is not the one that was fed"
        ]

    def test_is_read_once_for_all_its_rows(self, commits: History, rows: MemoryReadModels) -> None:
        store = CountingStore(holding(commits))
        for compare in (True, False):
            Verifier(store, rows, PROJECTIONS, teapot, compare).check(STREAM)

        assert store.reads == ["forward"] * 2

    def test_of_which_rows_are_late_has_no_findings(self, commits: History) -> None:
        assert checked(commits, MemoryReadModels()) == []

    def test_that_goes_on_while_it_is_verified_has_no_findings(
        self, commits: History, rows: MemoryReadModels
    ) -> None:
        store = Late(commits)
        assert Verifier(store, rows, PROJECTIONS, teapot).check(STREAM).discrepancies == []


class Late(MemoryEventStore):
    """The last commit is stored after the first read."""

    def __init__(self, commits: History) -> None:
        super().__init__()
        self.commits, self.shown = commits, len(commits) - 1

    def _commits(self, aggregate: AggregateId) -> History:
        shown, self.shown = self.shown, len(self.commits)
        return self.commits[:shown]


@pytest.mark.feature("W12", "T8")
class TestRows:
    def test_that_are_missing_are_found(self, commits: History) -> None:
        found = checked(commits, MemoryReadModels(), compare=True)

        assert {finding.where for finding in found} == {"teapots", "parts"}

    def test_are_expected_as_they_were_projected(
        self, commits: History, rows: MemoryReadModels
    ) -> None:
        assert expected_rows(teapots, commits) | expected_rows(parts, commits) == rows.rows

    @pytest.mark.parametrize(
        ("changes", "what"),
        [
            ({"name": "Forged"}, "differs in name"),
            ({"name": "Forged", "part_count": 9}, "differs in name, part_count"),
            ({"version": 3, "name": "Late"}, "at version 3 of 5"),
        ],
    )
    def test_that_are_not_the_fold_are_found(
        self, commits: History, rows: MemoryReadModels, changes: dict[str, Any], what: str
    ) -> None:
        key = teapots.head(STREAM)
        row: Any = rows.rows[key]
        rows.rows[key] = replace(row, **changes)
        (found,) = checked(commits, rows, compare=True)

        assert (found.where, found.row) == ("teapots", key)
        assert found.what == f"Teapot {ID}: {what}"
        assert list(verify(holding(commits), rows, PROJECTIONS, STREAM)) == [found]

    def test_that_have_seen_more_than_there_is_prove_a_loss(
        self, commits: History, rows: MemoryReadModels
    ) -> None:
        lost = "Teapot {} has seen event 5; the stream ends at 4".format
        (found,) = checked(commits[:-1], rows)
        assert (found.where, found.what) == (HISTORY, lost(ID))

        compared = checked(commits[:-1], rows, compare=True)
        assert [finding.where for finding in compared] == [HISTORY, "teapots"]


@pytest.mark.feature("T10")
@pytest.mark.parametrize("version", [None, 1, 5])
def test_a_row_that_cannot_be_read_is_one_finding_and_is_mended(
    commits: History, rows: MemoryReadModels, version: int | None
) -> None:
    head = PROJECTIONS[0].head(STREAM)
    before = dict(rows.rows)
    rows.spoil(head, version=version, projection_version=None)
    (found,) = checked(commits, rows, compare=True)
    CatchUp(holding(commits), rows, PROJECTIONS[0]).rebuild(STREAM)

    assert (found.where, found.row) == (PROJECTIONS[0].name, head)
    assert found.what.endswith("cannot be read")
    assert rows.rows == before


@pytest.mark.feature("T10")
def test_a_projection_that_breaks_is_its_own_finding_and_its_rows_are_not_stray(
    commits: History, rows: MemoryReadModels
) -> None:
    def broken(*_: object) -> None:
        raise TypeError("no tea")

    projections = (teapots, replace(parts, project=broken))
    verified = Verifier(holding(commits), rows, projections, teapot).check(STREAM)

    (found,) = verified.discrepancies
    assert (found.aggregate, found.where) == (STREAM, parts.name)
    assert found.what.startswith("the stream cannot be projected: TypeError in broken")
    assert verified.yields >= rows.rows.keys()


@pytest.mark.feature("T10")
@pytest.mark.parametrize("events", ["[]", "[", "[7]", '[{"eventType": "Unheard"}]'])
def test_a_stream_that_cannot_be_read_is_one_finding_and_its_rows_are_not_stray(
    commits: History, rows: MemoryReadModels, events: str
) -> None:
    unreadable = [*commits[:-1], replace(commits[-1], events=events)]
    store = holding(unreadable)
    verified = Verifier(store, rows, PROJECTIONS, teapot).check(STREAM)

    assert [finding.where for finding in verified.discrepancies] == [HISTORY]
    assert verified.yields >= rows.rows.keys()
