"""The head that a load reads is the one that the writing process has, and claims no more."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from application.writing import load
from application.writing.heads import Head, StreamBroken
from application.writing.key_times import KeyTimes
from application.writing.load import Loader
from application.writing.look_back import LookBack
from application.writing.receipts import Receipt
from kernel.messages import iso_milliseconds
from tests.support.desk import Desk
from tests.support.fakes import WithoutKeyTimes
from tests.support.kitchen.builders import add, make, rename
from tests.support.kitchen.teapot import teapot
from tests.support.requests import request, uuid7
from tests.support.spec import STREAM

SIZES = {"every state is stored": 10, "every fourth": 1000, "every eighth": 1500}


def look_back(desk: Desk, key: str) -> LookBack:
    return LookBack.of(request(rename("Samovar"), key), desk.clock.now)


def loaded(desk: Desk, key: str | None = None, known: Head[Any] | None = None) -> Head[Any]:
    """The head for a command that is new; an opaque key, `order-…`, reads all of the window."""
    sought = look_back(desk, key or desk.key())
    head = Loader(desk.inner, teapot).load(sought, known or Head(teapot.initial), consistent=True)
    assert not isinstance(head, Receipt)
    return head


def facts(head: Head[Any]) -> dict[str, Any]:
    left_out = ("consistent", "receipts", "state_bytes")
    return {f.name: getattr(head, f.name) for f in fields(head) if f.name not in left_out}


def written(size: int, commits: int) -> Desk:
    """A process that has written a stream; the time of one key is too far ahead to count."""
    desk = Desk()
    desk.send(make(description="x" * size))
    for number in range(commits - 1):
        desk.clock.move(minutes=10)
        far = uuid7(desk.clock.now + timedelta(days=30)) if number == commits // 2 else None
        desk.send(rename(f"Teapot {number}"), far)
    desk.clock.move(minutes=10)
    return desk


@pytest.mark.feature("C14", "E18")
@pytest.mark.parametrize("key", [None, "order-1"], ids=["timed", "opaque"])
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("commits", [2, 10])
def test_a_load_finds_what_the_process_knows_that_wrote_the_stream(
    size: int, commits: int, key: str | None
) -> None:
    desk = written(size, commits)
    head, known = loaded(desk, key), desk.warm[STREAM]

    assert facts(head) == facts(known)
    # How large a state is that was not stored is only estimated, and never too low.
    events = sum(len(each.events) for each in desk.commits())
    assert known.state_bytes <= head.state_bytes <= known.state_bytes + events


@pytest.mark.feature("C14", "E18")
@pytest.mark.parametrize("commits", [2, 10])
def test_a_load_goes_on_from_what_is_known(commits: int) -> None:
    desk = Desk()
    desk.send(make(description="x" * SIZES["every eighth"]))
    known = desk.warm[STREAM]
    for number in range(commits - 1):
        desk.send(rename(f"Teapot {number}"))

    assert facts(loaded(desk, known=known)) == facts(desk.warm[STREAM])


def test_a_strong_read_of_a_stream_with_a_gap_is_not_repeated() -> None:
    whole, broken = Desk(), Desk()
    for command in (make(), rename("Urn"), rename("Pot")):
        whole.send(command)
    for kept in whole.commits()[::2]:
        broken.inner.append(kept, state_due=False)
    with pytest.raises(StreamBroken):
        broken.executor().answered(request(rename("Samovar"), "order-1"))

    assert broken.store.reads == ["strong"]


@pytest.mark.feature("C15")
class TestMoreThanALoadKeeps:
    @pytest.fixture
    def desk(self, monkeypatch: pytest.MonkeyPatch) -> Desk:
        """A stream of six commits, of which a load keeps the receipts of three."""
        monkeypatch.setattr(load, "MOST_RECEIPTS", 3)
        desk = Desk()
        desk.send(make(), "order-0")
        for number in range(1, 6):
            desk.clock.move(seconds=1)
            desk.send(rename(f"Teapot {number}"), f"order-{number}")
        return desk

    def test_is_forgotten_oldest_first(self, desk: Desk) -> None:
        receipts = loaded(desk, "order-7").receipts
        assert len(receipts) == 3
        receipts.forget_older_half()
        forgotten = [n for n in (3, 4, 5) if not receipts.find(look_back(desk, f"order-{n}"))]
        assert forgotten == [3, 4]

    def test_is_looked_up_again(self, desk: Desk) -> None:
        cold = desk.another()
        cold.send(add("spout"), "order-7")

        assert cold.send(rename("Teapot 1"), "order-1").version == 2


@pytest.mark.feature("C15")
class TestCommitsOfAnOlderRelease:
    """They carry no times of keys."""

    def test_on_top_of_newer_ones_are_covered_as_well(self) -> None:
        desk = Desk()
        desk.send(make())
        times = desk.warm[STREAM].key_times
        older = Desk(WithoutKeyTimes(desk.inner), desk.clock)
        for name in ("Urn", "Pot"):
            older.clock.move(hours=1)
            key = older.key()
            older.send(rename(name), key, actor="root::root", admin=True)

        assert loaded(desk, "order-1").key_times == times.after(
            ("root::root", key), iso_milliseconds(desk.clock.now)
        )

    def test_bound_the_keys_of_those_before_them_that_were_not_read(self) -> None:
        store = MemoryEventStore()
        desk = Desk(WithoutKeyTimes(store))
        desk.send(make())
        key = desk.key()
        first = desk.send(rename("Samovar"), key)
        for _ in range(2):
            desk.clock.move(hours=1)
            desk.send(rename("Urn"), actor="root::root", admin=True)
            desk.send(rename("Pot"), actor="root::root", admin=True)
        desk.clock.move(hours=1)
        newer = Desk(store, desk.clock)

        head = loaded(desk)
        assert head.key_times.others == KeyTimes.up_to(desk.commits()[-1]).others
        newer.send(rename("Kettle"), actor="root::root", admin=True)
        assert newer.another().send(rename("Samovar"), key) == first
