"""A replay by segments publishes each selected event once, in the order of its stream."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import pytest

from application.publishing.envelopes import source
from application.publishing.replay import Selection
from application.publishing.republish import Publication
from application.publishing.segment_replay import SegmentReplay
from kernel.messages import AggregateId
from tests.support.desk import Desk
from tests.support.kitchen.builders import add
from tests.support.segments import MemorySegment, in_pieces, whole
from tests.support.surveyed import STREAMS, World, world_of

pytestmark = pytest.mark.feature("T2")
FIRST, EVERYTHING = STREAMS[0], Selection()


class Bus:
    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def put(self, entries: Sequence[Any]) -> list[int]:
        self.events += entries
        return []

    def sequences(self) -> dict[AggregateId, list[int]]:
        found = defaultdict(list)
        for one in self.events:
            found[one["aggregateId"]].append(one["eventSequence"])
        return dict(found)


@pytest.fixture
def world() -> Iterator[World]:
    with world_of() as made:
        for number in range(25):
            Desk(made.store, stream=FIRST).send(add(f"spout {number}"))
        yield made


def replay_of(
    world: World, bus: Bus | None, selection: Selection = EVERYTHING, of: tuple[int, int] = (0, 1)
) -> SegmentReplay:
    publication = None if bus is None else Publication(bus, 1000, sleep=lambda _: None)
    segment = MemorySegment(world, *of, items=4)
    return SegmentReplay(segment, world.store, selection, "replay-1", "parts", publication)


@pytest.mark.parametrize("looks_each", [0, 1, 3, 100])
@pytest.mark.parametrize("of", [1, 3])
def test_every_event_comes_once_and_in_order(world: World, of: int, looks_each: int) -> None:
    bus = Bus()
    done = [in_pieces(replay_of(world, bus, of=(n, of)).piece, looks_each) for n in range(of)]

    expected = {stream: list(range(1, 4)) for stream in STREAMS} | {FIRST: list(range(1, 29))}
    assert bus.sequences() == expected
    counts = whole(list(chain(*done))).counts
    assert (counts["events"], counts["streams"]) == (28 + 9, 4)


def test_events_are_marked_for_those_who_ask(world: World) -> None:
    bus = Bus()
    in_pieces(replay_of(world, bus).piece)

    assert {source(one) for one in bus.events} == {"skafu.replay.teapot"}
    (marks,) = {(one["metadata"]["replayId"], one["metadata"]["replayTo"]) for one in bus.events}
    assert marks == ("replay-1", "parts")


def test_only_what_is_selected_comes(world: World) -> None:
    bus = Bus()
    in_pieces(replay_of(world, bus, Selection(types=frozenset({"TeapotRenamed"}))).piece)
    assert [one["eventType"] for one in bus.events] == ["TeapotRenamed"] * 4

    nothing = in_pieces(replay_of(world, bus, Selection(kinds=frozenset({"KETTLE"}))).piece)
    assert (len(bus.events), whole(nothing).counts["events"]) == (4, 0)


def test_a_dry_run_counts_the_same(world: World) -> None:
    dry = whole(in_pieces(replay_of(world, None).piece))
    assert dry.counts == whole(in_pieces(replay_of(world, Bus()).piece)).counts


def test_a_piece_done_again_repeats_its_own_events_alone(world: World) -> None:
    """The continuation is that of the piece before; nothing is left out."""
    bus, work = Bus(), replay_of(world, Bus())
    first = work.piece(None, lambda: False)
    again = replay_of(world, bus)
    again.piece(first.after, lambda: False)
    in_pieces(lambda place, time: again.piece(place or first.after, time))

    assert first.after is not None
    assert (first.after["stream"], first.after["sequence"]) == (FIRST, 11)
    assert bus.sequences()[FIRST][:10] == list(range(11, 21))
    assert set(bus.sequences()[FIRST]) == set(range(11, 29))


def test_a_stream_that_cannot_be_read_is_left_to_a_person(world: World) -> None:
    read = world.store.read

    class Broken:
        def read(self, stream: AggregateId, first: int = 1) -> Iterator[Any]:
            if stream == FIRST:
                raise ValueError("odd")
            return read(stream, first)

    bus = Bus()
    work = replay_of(world, bus)
    object.__setattr__(work, "store", Broken())
    done = whole(in_pieces(work.piece))

    assert [line.partition(":")[0] for line in done.left] == [FIRST]
    assert set(bus.sequences()) == set(STREAMS[1:])
