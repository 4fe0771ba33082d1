"""The reconciler, which runs now and then between all other tasks."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import closing, suppress
from typing import Any, TypeVar

from adapters.appsync.read_models import AppSyncReadModels, from_graphql
from adapters.dynamodb.commit_scan import DynamoDbCommitScan
from adapters.dynamodb.event_store import DynamoDbEventStore
from adapters.sqlite.spool import SqliteSpool
from application.ports import OpensRows, StoredRow, Unavailable
from application.privacy.opening import RowOpener
from application.privacy.sealing import Sealer
from application.reading.catch_up import CatchUp
from application.reading.gathering import gathering_of
from application.reading.mending import Mending, Place
from application.reading.reconcile import OutOfTime, Reconciled, Reconciler
from application.reading.survey import Spool, Survey
from application.reading.verify import HISTORY, STRAY, Discrepancy
from domain.contents import contents
from kernel.projection import Projection, RowKey
from skafu.simulation.divergence import Divergence
from skafu.simulation.feeding import Feeding
from skafu.simulation.rows import Rows
from skafu.simulation.table import Table
from skafu.simulation.wording import WordItems, keeping
from skafu.simulation.world import Killed, World

T = TypeVar("T")
RUNS = 4
PAUSES = (1, 20, 100)  # steps before a run
PAGES = (1, 3, 1000)  # commits of a page of the scan
ENDS = 0.01  # of all looks at the time find it is up


class InTurn(Executor):
    """Does one thing after the other: a task of the simulator has one thread."""

    def __init__(self, _: int) -> None:
        """Take the number that another would do at once."""

    def submit(self, work: Callable[..., T], /, *given: Any, **named: Any) -> Future[T]:  # noqa: ANN401 - passed on
        done = Future[T]()
        done.set_result(work(*given, **named))
        return done


class Reconciling:
    """The reconciler's runs, each a process of its own, which may be killed or run out of time.

    No row is given a time to come by itself, so that it meets projectors at their work.
    """

    def __init__(
        self,
        world: World,
        table: Table,
        store: DynamoDbEventStore,
        rows: Rows,
        feeding: Feeding,
        fresh_sealer: Callable[[], Sealer],
        writes: type[AppSyncReadModels],
        catch_up: type[CatchUp],
        words: WordItems | None = None,
    ) -> None:
        client: Any = table
        self.runs: list[Reconciled] = []
        """What each has done, until it ended or was killed."""
        self._world = world
        self._store = store
        self._rows = rows
        self._feeding = feeding
        self._fresh_sealer = fresh_sealer
        self._scan = DynamoDbCommitScan(client, "events", world.rng.choice(PAGES))
        self._read_models = writes(rows, contents.read_models)
        self._catch_up = catch_up
        self._words = words

    def follow(self) -> None:
        for _ in range(RUNS):
            for _ in range(self._world.rng.choice(PAUSES)):
                self._world.pause()
            with suppress(Killed, Unavailable):
                self._world.invoke(self._run)

    def pages(self, model: str) -> Iterator[Sequence[tuple[RowKey, StoredRow]]]:
        """List the rows of a model; each may be an older state, or not be there yet."""
        found = self._world.call(f"list {model}", self._rows.listed, model)
        schema = contents.read_models
        yield [(RowKey(model, row["id"]), from_graphql(schema, model, row)) for row in found]

    def _run(self) -> None:
        with closing(SqliteSpool(contents.read_models)) as spool:
            run = Reconciler(self._survey(spool), self._mending(), self._look, leave)
            self.runs.append(run.done)
            self._world.note(f"reconciled: {run.run()}")

    def _look(self) -> None:
        if self._world.rng.random() < ENDS:
            raise OutOfTime

    def _survey(self, spool: Spool) -> Survey:
        return Survey(
            contents,
            contents.projections,
            self._store,
            self._read_models,
            self,
            self._scan,
            self._feeding.feed,
            spool,
            self._world.now,
            opener=self._opener,
            threads=InTurn,
            sleep=self._world.sleep,
            words=lambda projection: keeping(self._words, self._store, projection),
        )

    def _mending(self) -> Mending:
        return Mending(
            contents.projections,
            self._catching_up,
            self._feeding.fresh,
            self._unmended,
            self._world.sleep,
            lambda: self._world.milliseconds / 1000,
        )

    def _catching_up(self, projection: Projection) -> CatchUp:
        rows = self._read_models
        return self._catch_up(
            self._store,
            rows,
            projection,
            opener=self._opener(projection),
            gathering=gathering_of(projection, rows, anew=True),
            words=keeping(self._words, self._store, projection),
        )

    def _opener(self, projection: Projection) -> OpensRows:
        return RowOpener(self._fresh_sealer(), projection)

    def _unmended(self, place: Place, error: Exception) -> None:
        self._world.note(f"not mended: {place} {error}")


def leave(found: Discrepancy) -> None:
    """Rows that are still behind are no news here; nobody has changed history."""
    if found.where in (HISTORY, STRAY):
        raise Divergence("reconciler", f"{found} was left")
