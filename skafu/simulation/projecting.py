"""Projectors: today's and those of other releases, with their queues; repair and reconciler."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from adapters.appsync.read_models import AppSyncReadModels
from application.ports import EventStore, FailureSink, Unavailable
from application.privacy.opening import RowOpener
from application.privacy.sealing import Sealer
from application.reading.catch_up import CatchUp
from application.reading.gathering import gathering_of
from application.reading.verify import verify
from application.reading.warm_rows import WarmRows
from domain.contents import contents
from edge.deliveries.hints import project_hints
from kernel.messages import AggregateId
from kernel.projection import Projection, RowKey
from skafu.simulation.bus import Queue
from skafu.simulation.faults import Fault
from skafu.simulation.releases import NEXT_RELEASE, StopsAtHint
from skafu.simulation.rows import Rows
from skafu.simulation.table import Table
from skafu.simulation.wording import WordItems, keeping
from skafu.simulation.world import Killed, World

WARM_BYTES = 2**20
PROCESSES = 3


class Rebuilt(NamedTuple):
    """Rows that were rebuilt: the commits when that began, and the versions when it had ended."""

    projection: Projection
    aggregate: AggregateId
    commits: int
    versions: Mapping[RowKey, int]


def shown_of(aggregate: AggregateId) -> tuple[Projection, ...]:
    """Return the projections that are folds of the stream."""
    return contents.projections_of(aggregate.partition("#")[0])


class Projectors:
    """The projectors of all read models, each behind its queue."""

    def __init__(
        self,
        world: World,
        table: Table,
        store: EventStore,
        rows: Rows,
        catch_up: type[CatchUp],
        failures: FailureSink,
        fresh_sealer: Callable[[], Sealer],
        words: WordItems | None = None,
    ) -> None:
        self.queues = {
            one.name: Queue(world, one.name, partial(self._project, one))
            for one in contents.projections
        }
        self.rebuilt: list[Rebuilt] = []
        self._world = world
        self._table = table
        self._store = store
        self._rows = rows
        self._catch_up_type = catch_up
        self._failures = failures
        self._fresh_sealer = fresh_sealer
        self._words = words
        self._sealers = [fresh_sealer() for _ in range(PROCESSES)]
        self._warm: dict[tuple[Projection, int], WarmRows] = {}
        self._deliveries = 0

    def reconcile(self) -> None:
        """Compare every row with the fold of its stream, and rebuild those that differ."""
        rows = AppSyncReadModels(self._rows, contents.read_models)
        for name in self._table.aggregates:
            aggregate = AggregateId(name)
            for finding in verify(self._store, rows, shown_of(aggregate), aggregate):
                self._world.note(f"reconciler: {finding}")
                self._catch_up(contents.projection[finding.where]).rebuild(aggregate)

    def _rebuild(self, projection: Projection, aggregate: AggregateId) -> None:
        """Rebuild rows, and note how far they are when it says that it is done."""
        commits = len(self._table.aggregates[aggregate].items)
        with suppress(Killed, Unavailable):
            self._catch_up(projection).rebuild(aggregate)
            self.rebuilt.append(Rebuilt(projection, aggregate, commits, self._rows.versions()))

    def _project(self, projection: Projection, event: dict[str, Any]) -> dict[str, Any]:
        if self._world.strikes(Fault.ROWS_REBUILT):
            folded = [n for n in self._table.aggregates if projection in shown_of(AggregateId(n))]
            aggregate = AggregateId(self._world.rng.choice(folded))
            self._world.start("rebuild", partial(self._rebuild, projection, aggregate))
        if self._world.strikes(Fault.OTHER_RELEASE):
            projection = NEXT_RELEASE[projection.name]
        self._deliveries += 1
        process = self._deliveries % PROCESSES
        sealer = self._sealers[process] if process else self._fresh_sealer()
        memory = self._warm_rows(projection, process)
        catch_up = replace(self._catch_up(projection, sealer), memory=memory)
        if self._world.strikes(Fault.HASTY_RELEASE):
            catch_up = StopsAtHint(
                catch_up.store,
                catch_up.rows,
                projection,
                opener=catch_up.opener,
                gathering=catch_up.gathering,
                words=catch_up.words,
            )
        return project_hints(event, catch_up, self._failures)

    def _warm_rows(self, projection: Projection, process: int) -> WarmRows | None:
        """Return the memory of the process that gets a delivery: two are warm, one has begun."""
        if process == 0 or projection.summary:
            return None
        return self._warm.setdefault((projection, process), WarmRows(WARM_BYTES))

    def _catch_up(self, projection: Projection, sealer: Sealer | None = None) -> CatchUp:
        rows = AppSyncReadModels(self._rows, contents.read_models)
        opener = RowOpener(sealer or self._fresh_sealer(), projection)
        gathering = gathering_of(projection, rows)
        words = keeping(self._words, self._store, projection)
        return self._catch_up_type(
            self._store, rows, projection, None, opener, gathering, words=words
        )
