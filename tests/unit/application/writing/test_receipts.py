"""Receipts and the look-back at their boundaries: what lies at a time, before it and after it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from application.commit import Commit
from application.writing.heads import Head
from application.writing.identity import EPOCH, WINDOW, key_milliseconds
from application.writing.key_times import KeyTimes
from application.writing.look_back import LookBack
from application.writing.receipts import Receipt, Receipts
from tests.support.commits import STREAM, commit
from tests.support.fakes import NOW
from tests.support.kitchen.builders import rename
from tests.support.requests import request, uuid7

pytestmark = pytest.mark.feature("C15")

SOMEBODY = "ada-sub"
TIMES = [f"2026-01-18T10:00:0{second}.000Z" for second in range(5)]


def receipt(second: int) -> Receipt:
    return Receipt(bytes(32), 1 + second, TIMES[second])


def recorded(*keys: str) -> Receipts:
    """Receipts of opaque keys, one a second."""
    receipts = Receipts()
    receipts.add(((SOMEBODY, key), receipt(second)) for second, key in enumerate(keys))
    return receipts


def look_back(key: str, since: int) -> LookBack:
    return LookBack(STREAM, (SOMEBODY, key), TIMES[since], None)


class TestReceipts:
    def test_the_newest_use_of_a_key_counts_and_is_the_last_to_be_forgotten(self) -> None:
        receipts = recorded("a", "b", "a")
        assert receipts.find(look_back("a", 0)) == receipt(2)

        receipts.forget_before(TIMES[2])

        assert receipts.find(look_back("b", 0)) is None
        assert receipts.find(look_back("a", 0)) == receipt(2)

    def test_a_command_of_the_very_beginning_of_a_look_back_is_found(self) -> None:
        receipts = recorded("a", "b")

        assert receipts.find(look_back("b", 1)) == receipt(1)
        assert receipts.find(look_back("b", 2)) is None

    def test_what_is_as_old_as_may_be_is_kept(self) -> None:
        receipts = recorded("a", "b", "c")
        receipts.forget_before(TIMES[1])

        assert [receipts.find(look_back(key, 0)) for key in "abc"] == [None, receipt(1), receipt(2)]

    @pytest.mark.parametrize(("before", "after"), [(1, 0), (2, 1), (3, 1), (5, 2)])
    def test_of_an_odd_number_the_greater_half_is_forgotten(self, before: int, after: int) -> None:
        receipts = recorded(*"abcde"[:before])
        receipts.forget_older_half()

        assert len(receipts) == after

    @pytest.mark.parametrize(("since", "all_there"), [(0, False), (1, False), (2, True)])
    def test_are_all_there_for_a_look_back_that_begins_after_what_was_forgotten(
        self, since: int, all_there: bool
    ) -> None:
        receipts = recorded("a", "b", "c", "d")
        receipts.forget_before(TIMES[2])

        assert receipts.are_all_for(look_back("e", since)) is all_there


@pytest.mark.parametrize(("made", "settled"), [(6, False), (7, False), (8, True), (9, True)])
def test_a_head_settles_a_key_newer_than_all_of_its_principal_whatever_was_forgotten(
    made: int, settled: bool
) -> None:
    forgotten = Receipts(KeyTimes(others=10), until=TIMES[4])
    head = Head(None, key_times=KeyTimes(others=7), receipts=forgotten)

    assert head.settles(replace(look_back("a", 0), made=made)) is settled


class TestLookBack:
    @pytest.mark.parametrize(
        ("at", "ends"), [(TIMES[0], True), (TIMES[1], False), (TIMES[2], False)]
    )
    def test_of_an_opaque_key_ends_with_a_commit_from_before_it(self, at: str, ends: bool) -> None:
        assert look_back("a", 1).ends_with(made_at(at)) is ends

    def test_of_a_key_from_the_end_of_the_window_knows_its_time(self) -> None:
        farthest = uuid7(NOW + WINDOW)
        beyond = uuid7(NOW + WINDOW + timedelta(milliseconds=1))

        assert LookBack.of(request(rename("Urn"), farthest), NOW).made == key_milliseconds(farthest)
        assert LookBack.of(request(rename("Urn"), beyond), NOW).made is None
        assert key_milliseconds(farthest) == (NOW + WINDOW - EPOCH) // timedelta(milliseconds=1)


def made_at(time: str) -> Commit:
    return replace(commit(), timestamp=time)
