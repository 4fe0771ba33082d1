"""A command that was decided on an older version: refused, decided anew, or merged."""

import pytest

from application.writing.requests import MergeConflict, OnConflict, WrongExpectedVersion
from tests.support.desk import Desk
from tests.support.kitchen.builders import add, change, change_part, make, part, rename, retire
from tests.support.kitchen.teapot import TeapotIsRetired

MERGE, LAST = OnConflict.MERGE, OnConflict.LAST_WRITE_WINS
pytestmark = pytest.mark.feature("K10", "C21")


@pytest.fixture
def desk() -> Desk:
    """Somebody saw version 2; since then the teapot was renamed and a part was added."""
    desk = Desk()
    desk.send(make(parts=[part("spout")]))
    desk.send(rename("Samovar"))
    desk.send(add("lid"))
    return desk


def test_reject_is_what_happens_when_nothing_is_said(desk: Desk) -> None:
    with pytest.raises(WrongExpectedVersion):
        desk.send(change(description="Hot"), expected_version=2)


def test_last_write_wins_is_decided_on_the_newest(desk: Desk) -> None:
    desk.send(rename("Urn"), expected_version=2, on_conflict=LAST)

    assert desk.commits()[-1].stored_events()[0]["data"] == {"name": "Urn"}


def test_merge_passes_over_what_touches_something_else(desk: Desk) -> None:
    accepted = desk.send(change(description="Hot"), expected_version=2, on_conflict=MERGE)

    assert accepted.version == 5


def test_merge_refuses_what_touches_the_same_and_names_it(desk: Desk) -> None:
    with pytest.raises(MergeConflict) as conflict:
        desk.send(rename("Urn"), expected_version=2, on_conflict=MERGE)

    assert conflict.value.events == ["TeapotRenamed"]
    assert len(desk.commits()) == 3


def test_merge_looks_only_at_events_since_the_version_that_was_seen(desk: Desk) -> None:
    desk.send(rename("Urn"), expected_version=3, on_conflict=MERGE)


def test_merge_passes_over_the_events_of_a_commit_that_were_seen(desk: Desk) -> None:
    """The teapot was made with its spout in one commit: version 1 is in the midst of it."""
    accepted = desk.send(change(description="Hot"), expected_version=1, on_conflict=MERGE)

    assert accepted.version == 5


def test_merge_tells_services_apart(desk: Desk) -> None:
    desk.send(change_part("spout", name="Tap"), expected_version=2, on_conflict=MERGE)
    with pytest.raises(MergeConflict):
        desk.send(change_part("lid", name="Cap"), expected_version=2, on_conflict=MERGE)


def test_the_rules_hold_for_what_is_merged(desk: Desk) -> None:
    desk.send(retire())
    with pytest.raises(TeapotIsRetired):
        desk.send(change(description="Hot"), expected_version=2, on_conflict=LAST)
    with pytest.raises(MergeConflict, match="TeapotRetired"):
        desk.send(change(description="Hot"), expected_version=2, on_conflict=MERGE)


@pytest.mark.parametrize("on_conflict", OnConflict)
def test_a_version_that_has_not_come_is_refused_in_any_case(
    desk: Desk, on_conflict: OnConflict
) -> None:
    with pytest.raises(WrongExpectedVersion):
        desk.send(rename("Urn"), expected_version=9, on_conflict=on_conflict)


@pytest.mark.parametrize("on_conflict", OnConflict)
def test_at_the_head_there_is_no_conflict(desk: Desk, on_conflict: OnConflict) -> None:
    desk.send(rename("Urn"), expected_version=4, on_conflict=on_conflict)


def test_a_refusal_is_decided_on_a_strong_read(desk: Desk) -> None:
    """A warm process that has not seen the newest commits may not refuse a merge by itself."""
    cold = desk.another()
    desk.send(rename("Urn"))
    cold.send(add("handle"), expected_version=4, on_conflict=MERGE)

    with pytest.raises(MergeConflict, match="TeapotRenamed"):
        desk.send(rename("Pot"), expected_version=4, on_conflict=MERGE)


def test_a_command_sent_again_is_answered_before_its_version_is_looked_at(desk: Desk) -> None:
    key = desk.key()
    first = desk.send(change(description="Hot"), key, expected_version=2, on_conflict=MERGE)

    assert desk.send(change(description="Hot"), key, expected_version=2) == first
