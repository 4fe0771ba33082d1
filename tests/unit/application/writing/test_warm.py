"""The memory of a warm process is bounded."""

import pytest

from application.warm import Bounded
from application.writing.heads import MAX_RECEIPTS
from tests.support.desk import Desk
from tests.support.kitchen.builders import make, rename


def test_the_oldest_is_forgotten_first() -> None:
    bounded: Bounded[str, int] = Bounded(2)
    for number, key in enumerate("abc"):
        bounded[key] = number

    assert dict(bounded) == {"b": 1, "c": 2}


def test_what_was_written_again_is_young() -> None:
    bounded: Bounded[str, int] = Bounded(2)
    for number, key in enumerate("abac"):
        bounded[key] = number

    assert dict(bounded) == {"a": 2, "c": 3}


class TestAHotStream:
    """More commands in a short time than a head remembers."""

    @pytest.fixture
    def desk(self) -> Desk:
        desk = Desk()
        desk.send(make())
        for number in range(MAX_RECEIPTS + 100):
            desk.clock.move(milliseconds=10)
            desk.send(rename(f"Teapot {number}"))
        return desk

    def test_is_remembered_in_part(self, desk: Desk) -> None:
        (head,) = desk.warm.values()

        assert MAX_RECEIPTS // 2 <= len(head.receipts) <= MAX_RECEIPTS

    @pytest.mark.feature("C15")
    def test_still_answers_its_oldest_command_again(self, desk: Desk) -> None:
        oldest = desk.commits()[0]
        again = desk.send(make(), oldest.command_id)

        assert (again.version, len(desk.commits())) == (1, MAX_RECEIPTS + 101)

    def test_is_loaded_without_remembering_all_that_was_read(self, desk: Desk) -> None:
        cold = desk.another()
        cold.send(rename("Samovar"), "order-1")
        (head,) = cold.warm.values()

        assert len(head.receipts) <= MAX_RECEIPTS
