"""Segments of a store in memory, and time that is up after so many looks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from application.publishing.republish import Position, ScannedPage
from application.reading.segments import HasTime, Piece, Place
from kernel.messages import AggregateId
from tests.support.surveyed import World


@dataclass(frozen=True)
class MemorySegment:
    """Every `of`th stream of a world, in pages of so many commits that do not end with streams."""

    world: World
    number: int = 0
    of: int = 1
    items: int = 2

    def page(self, after: Position | None) -> ScannedPage:
        commits = [c for stream in self.streams() for c in self.world.of(stream)]
        keys = [(c.aggregate_id, c.first_sequence) for c in commits]
        begin = 0 if after is None else keys.index((self.ended_in(after), after["n"])) + 1
        own, more = keys[begin : begin + self.items], len(keys) > begin + self.items
        broken = [key for key in own if key in self.world.broken]
        found = [c for c in commits[begin : begin + self.items] if key_of(c) not in broken]
        last = {"aggregateId": {"S": own[-1][0]}, "n": own[-1][1]} if more else None
        return ScannedPage(found, broken, len(own), last)

    def ended_in(self, after: Position) -> AggregateId:
        return AggregateId(after["aggregateId"]["S"])

    def streams(self) -> Iterator[AggregateId]:
        found = enumerate(sorted(stream for stream, _ in self.world.store.heads()))
        return (stream for n, stream in found if n % self.of == self.number)


def key_of(commit: Any) -> tuple[AggregateId, int]:  # noqa: ANN401 - a commit
    return commit.aggregate_id, commit.first_sequence


def looks(number: int) -> HasTime:
    """Return what says for so many times that there is time."""
    numbers = count(1)
    return lambda: next(numbers) <= number


def in_pieces(work: Callable[[Place | None, HasTime], Piece], looks_each: int = 0) -> list[Piece]:
    """Do all pieces, each of which has time for so many looks."""
    done = [work(None, looks(looks_each))]
    while done[-1].after is not None:
        done.append(work(done[-1].after, looks(looks_each)))
    return done


def whole(pieces: list[Piece]) -> Piece:
    total = Piece()
    for piece in pieces:
        total.add(piece)
    return total
