"""The memory of a warm process: bounded in bytes and by time, and never by the stream."""

import gc
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from application.warm import Bounded
from application.writing.heads import HEAD_BYTES, STATE_FACTOR, Head, WarmHeads
from application.writing.identity import CLOCK_SKEW, WINDOW
from application.writing.receipts import RECEIPT_BYTES, Receipt, Receipts
from kernel.messages import AggregateId, iso_milliseconds
from tests.support.desk import Desk
from tests.support.fakes import NOW
from tests.support.kitchen.builders import make, part, rename
from tests.support.kitchen.teapot import teapot
from tests.support.requests import uuid7

BUSY = 1_200  # commands within five minutes
MEGABYTE = 2**20


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


def busy(limit: int = 4 * MEGABYTE) -> Desk:
    """A process that has sent many commands for one stream in four minutes."""
    desk = Desk(warm=WarmHeads(limit))
    desk.send(make())
    for number in range(BUSY):
        desk.clock.move(milliseconds=200)
        desk.send(rename(f"Teapot {number}"))
    desk.clock.move(milliseconds=200)
    desk.forget_counts()
    return desk


def opaque(_: Desk) -> str:
    return "order-1"


def late(desk: Desk) -> str:
    """A key that was made before many others, and comes after them."""
    return uuid7(desk.clock.now - timedelta(minutes=3))


@pytest.mark.feature("C14", "C15")
class TestABusyStream:
    def test_is_read_by_no_warm_process(self) -> None:
        desk = busy()
        desk.send(rename("Samovar"))

        assert desk.store.reads == []

    def test_is_read_by_no_warm_process_that_remembers_little(self) -> None:
        desk = busy(limit=40_000)
        desk.send(rename("Samovar"))

        assert desk.store.reads == []

    @pytest.mark.parametrize("make_key", [opaque, late])
    def test_is_read_for_no_other_key_while_its_commands_are_remembered(
        self, make_key: Callable[[Desk], str]
    ) -> None:
        desk = busy()
        desk.send(rename("Samovar"), make_key(desk))

        assert desk.store.reads == []

    def test_costs_a_cold_process_one_commit(self) -> None:
        cold = busy().another()
        cold.send(rename("Samovar"))

        assert (cold.store.reads, cold.store.commits_read) == (["weak"], 1)

    @pytest.mark.parametrize("limit", [4 * MEGABYTE, 40_000])
    def test_answers_each_of_its_commands_again(self, limit: int) -> None:
        desk = busy(limit)
        commits = desk.commits()
        for commit in (commits[0], commits[BUSY // 2], commits[-1]):
            number = commit.first_sequence - 2
            command = make() if number < 0 else rename(f"Teapot {number}")
            for process in (desk, desk.another()):
                assert process.send(command, commit.command_id).version == commit.last_sequence

        assert len(desk.commits()) == BUSY + 1

    @pytest.mark.parametrize("make_key", [opaque, late])
    def test_is_read_for_a_key_that_may_have_been_forgotten(
        self, make_key: Callable[[Desk], str]
    ) -> None:
        """One that is not remembered is not new for that."""
        desk = busy(limit=40_000)
        desk.send(rename("Samovar"), make_key(desk))

        assert desk.store.reads == ["weak"]

    def test_is_loaded_without_remembering_more_than_the_process_may(self) -> None:
        desk = busy()
        cold = Desk(desk.inner, desk.clock, WarmHeads(40_000))
        cold.send(rename("Samovar"), "order-1")
        (head,) = cold.warm.values()

        assert head.bytes <= 40_000

    def test_is_forgotten_after_a_day_and_the_skew(self) -> None:
        desk = busy()
        desk.clock.move(seconds=(WINDOW + 2 * CLOCK_SKEW).total_seconds())
        desk.send(rename("Samovar"))
        (head,) = desk.warm.values()

        assert len(head.receipts) <= 2


def allocated(make_something: Callable[[], object]) -> int:
    """Return the bytes that what is made keeps."""
    gc.collect()
    tracemalloc.start()
    try:
        kept = make_something()
        gc.collect()
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept is not None
    return size


def many_receipts() -> Receipts:
    receipts = Receipts()
    for number in range(1_000):
        key, time = uuid7(NOW, number), iso_milliseconds(NOW + timedelta(milliseconds=number))
        identity = (f"{UUID(int=number)}::somebody@example.org", key)
        receipts.add([(identity, Receipt(number.to_bytes(32), number + 1_000, time))])
    return receipts


class TestTheMemoryOfAProcess:
    def test_a_receipt_takes_no_more_than_it_is_counted_for(self) -> None:
        assert 400 * 1_000 < allocated(many_receipts) <= RECEIPT_BYTES * 1_000

    def test_a_state_takes_no_more_than_it_is_counted_for(self) -> None:
        desk = Desk()
        desk.send(make(parts=[part(f"part {n}") for n in range(20)]))
        (head,) = desk.warm.values()
        text = teapot.states.dump_json(head.state, exclude_defaults=True)

        size = allocated(lambda: [teapot.states.validate_json(text) for _ in range(50)])
        assert size <= 50 * (HEAD_BYTES + STATE_FACTOR * len(text))

    def test_is_bounded_in_bytes(self) -> None:
        warm = WarmHeads(MEGABYTE)
        for number in range(100):
            warm[AggregateId(f"{number}")] = head(state_bytes=number * 100)

        assert 1 < len(warm) < 100
        assert sum(head.bytes for head in warm.values()) <= MEGABYTE

    def test_drops_the_stream_written_longest_ago(self) -> None:
        warm = WarmHeads(3 * HEAD_BYTES)
        for name in "abcabd":
            warm[AggregateId(name)] = head()

        assert list(warm) == ["a", "b", "d"]

    def test_is_free_again_when_a_stream_is_forgotten(self) -> None:
        warm = WarmHeads(3 * HEAD_BYTES)
        for _ in range(9):
            warm[AggregateId("a")] = warm[AggregateId("b")] = head()
            del warm[AggregateId("b")]
        warm[AggregateId("c")] = warm[AggregateId("d")] = head()

        assert list(warm) == ["a", "c", "d"]

    def test_keeps_no_state_that_is_larger_than_all_of_it(self) -> None:
        warm = WarmHeads(HEAD_BYTES)
        warm[AggregateId("a")] = head(state_bytes=1)

        assert list(warm) == []

    @pytest.mark.parametrize(("missing", "kept"), [(0, "ab"), (1, "b")])
    def test_counts_receipts(self, missing: int, kept: str) -> None:
        warm = WarmHeads(2 * (HEAD_BYTES + RECEIPT_BYTES) - missing)
        for name in "ab":
            warm[AggregateId(name)] = head(receipts=1)

        assert "".join(warm) == kept

    @pytest.mark.parametrize(("missing", "kept"), [(0, 4), (1, 2)])
    def test_keeps_half_of_the_receipts_of_a_head_that_is_larger_than_all_of_it(
        self, missing: int, kept: int
    ) -> None:
        warm = WarmHeads(HEAD_BYTES + 4 * RECEIPT_BYTES - missing)
        warm[AggregateId("a")] = head(receipts=4)

        assert len(warm[AggregateId("a")].receipts) == kept


def head(state_bytes: int = 0, receipts: int = 0) -> Head[Any]:
    known = Receipts()
    time = iso_milliseconds(NOW)
    known.add((("ada", str(n)), Receipt(b"", n, time)) for n in range(receipts))
    return Head(teapot.initial, state_bytes=state_bytes, receipts=known)
