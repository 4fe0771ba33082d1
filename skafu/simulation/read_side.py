"""Narrow schedules: the read side alone, over commits that whole schedules have recorded.

Without clients and command functions a schedule takes a quarter of the time, so more of them look
at what becomes of commits.
"""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from adapters.dynamodb.items import Item
from skafu.simulation.system import STORMY_STEPS, Parts, System
from skafu.simulation.world import Trace

PAUSES = (1, 1, 2, 5, 20)  # steps from one commit of a stream to the next
MOST_STREAMS = 3
LENGTHS = (3, 6, 60)  # commits of a stream that are stored, at most

Recording = Sequence[Sequence[Item]]
"""The commits of some streams."""


class ReadSide(System):
    """A schedule in which commits are stored again, each stream at its own pace."""

    has_clients = False

    def __init__(
        self, seed: int, parts: Parts, recording: Recording, trace: Trace | None = None
    ) -> None:
        super().__init__(seed, parts, trace)
        self._recording = recording

    def _begin(self) -> int:
        rng = self.world.rng
        by_length = sorted(self._recording, key=lambda items: -len(items) * rng.random())
        for items in by_length[: rng.randint(1, MOST_STREAMS)]:
            self.world.start("writer", partial(self._write, items[: rng.choice(LENGTHS)]))
        return STORMY_STEPS

    def _write(self, items: Sequence[Item]) -> None:
        for item in items:
            for _ in range(self.world.rng.choice(PAUSES)):
                self.world.pause()
            self.table.insert(item)
            self.world.note(f"stored {item['eventSequence']['N']}")


_newest: dict[int, Recording] = {}
"""The newest recordings, by the seeds of their whole schedules."""


def recorded(seeds: Sequence[int]) -> Recording:
    """Return what the whole schedules of the seeds record; that they end well is for them."""
    found = {seed: _newest[seed] if seed in _newest else of_a_run(seed) for seed in seeds}
    _newest.clear()
    _newest.update(found)
    return [items for recording in found.values() for items in recording]


def of_a_run(seed: int) -> Recording:
    system = System(seed, Parts())
    with suppress(Exception):  # whatever it is, the whole schedule shows it
        system.run()
    return recording_of(system)


def recording_of(system: System) -> Recording:
    return [stored.items for stored in system.table.aggregates.values()]


def keep(seed: int, system: System) -> None:
    _newest[seed] = recording_of(system)
