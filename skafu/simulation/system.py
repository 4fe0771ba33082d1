"""One schedule of the whole system: composed, run, brought to rest."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from typing import Any

from adapters.appsync.read_models import AppSyncReadModels
from adapters.dynamodb.event_store import DynamoDbEventStore
from adapters.dynamodb.stream_images import commit_of
from adapters.eventbridge.event_bus import EventBridgeEventBus
from application.failures import Failure
from application.privacy.forgetting import Forgetting
from application.privacy.subject_keys import SubjectKeys
from application.publishing.feed import FeedWriter
from application.reading.catch_up import MAX_ATTEMPTS, CatchUp
from application.writing.heads import WarmHeads
from domain.contents import contents
from edge.caller import Caller
from edge.commands.deferred import RunDeferred
from edge.commands.sending import Commands
from edge.deliveries.integration import Consumer
from edge.deliveries.publication import publish
from skafu.simulation.bus import Bus, Queue
from skafu.simulation.clients import ADMIN, Client, Habits, Log, identified, people
from skafu.simulation.deferring import TicketTable, Workflow
from skafu.simulation.divergence import Divergence
from skafu.simulation.faults import Fault
from skafu.simulation.feeding import Feeding, FeedTable
from skafu.simulation.forgetting import SUBJECTS, Operator, operator
from skafu.simulation.gateway import Behind, Gateway
from skafu.simulation.integrating import CONTENTS, OTHER_DOMAIN, Integration, OtherDomain
from skafu.simulation.keys import Keys, KeyTable
from skafu.simulation.projecting import Projectors
from skafu.simulation.queries import Queries
from skafu.simulation.reconciling import Reconciling
from skafu.simulation.rows import Rows
from skafu.simulation.sagas import Around, SagaParts, Sagas, rules
from skafu.simulation.table import Stream, Table
from skafu.simulation.wording import WordItems, has_words
from skafu.simulation.world import Trace, World

MAX_WISHES = 6  # of one client
LONG_LIFE = range(30, 61)  # wishes of one client, about one thing
STORMY_STEPS = 1500  # then faults cease
LONG_STORM = 4000  # of a long life, and for sagas
PRIVATE = 0.15  # of all schedules with clients: what is personal is sealed, and forgotten
PRIVATE_SAGAS = 0.3  # of those in which sagas run
FED = 0.3  # of all schedules: there is a feed
RECONCILED = 0.1  # of narrow schedules: the reconciler runs in the middle of it
SAGAS = 0.08  # of all schedules with clients: sagas run, and there is a feed
ROUTED = 10  # one of so many tens of schedules goes through the router
LONGEST_WAIT = 60_000  # milliseconds: what takes longer happens when faults have ceased
CALM_STEPS = 5_000  # by then everything is at rest, or it goes through a long stream, or never


def is_routed(seed: int) -> bool:
    return seed // 10 % ROUTED == 0


def has_sagas(seed: int) -> bool:
    """Tell whether sagas run in the seed's schedule; all others are as if there were none."""
    return bool(contents.sagas) and Random(f"sagas {seed}").random() < SAGAS


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a schedule; tests hand in one that lacks a guard."""

    table: type[Table] = Table
    rows: type[Rows] = Rows
    tickets: type[TicketTable] = TicketTable
    key_table: type[KeyTable] = KeyTable
    keys: type[SubjectKeys] = SubjectKeys
    forgetting: type[Forgetting] = Forgetting
    command_store: type[DynamoDbEventStore] = DynamoDbEventStore
    warm: type[WarmHeads] = WarmHeads
    query_store: type[DynamoDbEventStore] = DynamoDbEventStore
    projector_store: type[DynamoDbEventStore] = DynamoDbEventStore
    catch_up: type[CatchUp] = CatchUp
    consumer: type[Consumer] = Consumer
    feed_table: type[FeedTable] = FeedTable
    reconciler_rows: type[AppSyncReadModels] = AppSyncReadModels
    reconciled: bool = False
    words: type[WordItems] = WordItems
    worded: bool = False
    feed_writer: type[FeedWriter] = FeedWriter
    bus: type[EventBridgeEventBus] = EventBridgeEventBus
    sagas: SagaParts = SagaParts()  # noqa: RUF009 - it is frozen
    often: frozenset[Fault] = frozenset()
    """The faults for which the guard is there that is lacking."""

    def reconciles(self, seed: int, *, narrow: bool) -> bool:
        """Tell whether the reconciler runs; all other schedules are as if there were none."""
        drawn = narrow and Random(f"reconciler {seed}").random() < RECONCILED
        return drawn or self.reconciled

    def word_items(self, seed: int, world: World, *, narrow: bool) -> WordItems | None:
        """Return the index of words, in some of the narrow schedules."""
        wanted = (narrow and has_words(seed)) or self.worded
        return self.words(world) if wanted else None


@dataclass(slots=True)
class Failures:
    """The sink to which handlers report what failed for good."""

    reported: list[Failure] = field(default_factory=list)

    def report(self, failure: Failure) -> None:
        self.reported.append(failure)


class Forgetful(dict[Any, Any]):
    """A mapping that keeps nothing."""

    def __setitem__(self, key: object, value: object) -> None:
        return


class System:
    """A schedule with clients.

    `router` says whether requests go through the API's router; by default those of a tenth do.
    With `forgetting`, a person is forgotten, and with `sagas`, sagas run; by default in some of the
    schedules.
    """

    has_clients = True

    def __init__(
        self,
        seed: int,
        parts: Parts,
        trace: Trace | None = None,
        router: bool | None = None,
        *,
        forgetting: bool = False,
        sagas: bool = False,
    ) -> None:
        self.world = World(seed, trace)
        self.log = Log()
        self.failures = Failures()
        self.rows = parts.rows(self.world)
        wanted = sagas or has_sagas(seed)
        runs_sagas = self.has_clients and bool(contents.sagas) and wanted
        if runs_sagas:
            self.world.faults.admit_those_of_sagas()
        self.world.faults.favour(parts.often)
        self.is_fed = self.world.rng.random() < FED or runs_sagas
        consumers = (self._publish, self._feed) if self.is_fed else (self._publish,)
        self.table = parts.table(self.world, Stream(self.world, *consumers))
        table: Any = self.table
        self.store = store = parts.projector_store(table, "events", sleep=self._no_sleep)
        self.words = parts.word_items(seed, self.world, narrow=not self.has_clients)
        self.keys = Keys(self.world, parts.key_table, parts.keys)
        self.projectors = Projectors(
            self.world,
            self.table,
            store,
            self.rows,
            parts.catch_up,
            self.failures,
            self.keys.fresh_sealer,
            self.words,
        )
        self.bus = Bus(self.world, self.projectors.queues)
        bus: Any = self.bus
        self._publisher = parts.bus(bus, "events", self._no_sleep)
        drawn = self.world.rng.random() < (PRIVATE_SAGAS if runs_sagas else PRIVATE)
        self.is_private = self.has_clients and (drawn or forgetting)
        self._parts = parts
        feed_table = parts.feed_table(self.world)
        self.feeding = Feeding(self.world, feed_table, store, parts.feed_writer, self.failures)
        reconciles = parts.reconciles(seed, narrow=not self.has_clients)
        self.reconciling = self._reconciling(store) if reconciles else None
        self.tickets = parts.tickets(self.world)
        self.workflow = Workflow(self.world, self.tickets, RunDeferred(self._commands()))
        commands = replace(self._commands(), contents=CONTENTS)
        self.integration = Integration(self.world, commands, parts.consumer)
        self.queries = Queries(self.world, parts.query_store(table, "events"))
        self.gateway = Gateway(
            self.world,
            Behind(self.table, self.tickets, self.workflow, self.keys),
            self.queries,
            (parts.command_store, parts.warm, parts.keys if self.is_private else None),
            router=is_routed(seed) if router is None else router,
        )
        self.operator: Operator | None = None
        self.sagas = self._sagas(store) if runs_sagas else None

    def _reconciling(self, store: DynamoDbEventStore) -> Reconciling:
        writes, catch_up = self._parts.reconciler_rows, self._parts.catch_up
        sealer, words = self.keys.fresh_sealer, self.words
        return Reconciling(
            self.world, self.table, store, self.rows, self.feeding, sealer, writes, catch_up, words
        )

    def _sagas(self, store: DynamoDbEventStore) -> Sagas:
        around = Around(store, self.feeding.feed, self._commands(), self.failures, self.log)
        sagas = Sagas(self.world, around, self._parts.sagas)
        self.bus.rules |= {rule: sagas.queues[rule.projection] for rule in rules()}
        return sagas

    @property
    def queues(self) -> Sequence[Queue]:
        further = self.sagas.queues.values() if self.sagas else ()
        return (*self.projectors.queues.values(), self.integration.queue, *further)

    def run(self) -> None:
        """Run with faults, then without; redrive what failed until nothing is left to do."""
        if self.is_fed:
            self.world.start("consumer of the feed", self.feeding.follow)
        if self.reconciling:
            self.world.start("reconciler", self.reconciling.follow)
        self.world.run(self._begin(), LONGEST_WAIT)
        self.world.note("no more faults")
        self.world.faults.cease()
        if self.sagas:
            self.sagas.settle()
        self.rest()
        self.world.note("dead letters are redriven")
        for queue in self.queues:
            queue.redrive()
        if self.sagas:
            self.sagas.redrive()
        self.rest()
        if self.is_fed:
            self.world.start("consumer of the feed", self.feeding.finish)
            self.rest()
        if dead := [name for name, queue in self.projectors.queues.items() if queue.dead]:
            raise Divergence("unrest", f"dead letters in {dead} although nothing fails any more")

    def _begin(self) -> int:
        """Start the clients; return the steps that faults are given."""
        habits = Habits(self.world.rng, sagas=self.sagas is not None)
        for n, who in enumerate(map(self._known, people(self.world.rng))):
            client = Client(self.world, self.gateway, self.log, who, habits)
            wishes = self._wishes(habits, first=n == 0)
            self.world.start(f"{who.sub} {n}", partial(client.run, wishes))
        for story in habits.stories:
            who = self._known(ADMIN)
            client = Client(self.world, self.gateway, self.log, who, habits, story)
            self.world.start(f"{who.sub} tells a story", partial(client.run, 2 * len(story)))
        if habits.events:
            other = OtherDomain(self.world, self.gateway, self.log, OTHER_DOMAIN, habits)
            other.integration = self.integration
            self.world.start("another domain", partial(other.run, habits.events))
        if self.sagas:
            self.sagas.begin()
        if self.is_private:
            executors = self._commands().executors
            subjects = (*SUBJECTS, ADMIN) if self.sagas else SUBJECTS  # Admin begins sagas
            self.operator = operator(
                self.world, self.keys, self.table, executors, self._parts.forgetting, subjects
            )
            self.world.start("operator", self.operator.run)
        return LONG_STORM if habits.long_life or self.sagas else STORMY_STEPS

    def _known(self, who: Caller) -> Caller:
        """Return the caller with what a token says of the person, where that is sealed."""
        return identified(who) if self.is_private else who

    def _wishes(self, habits: Habits, *, first: bool) -> int:
        rng = self.world.rng
        return rng.choice(LONG_LIFE) if habits.long_life and first else rng.randint(1, MAX_WISHES)

    def reconcile(self) -> None:
        """Compare every row with the fold of its stream, and rebuild those that differ."""
        self.world.start("reconciler", self.projectors.reconcile)
        self.rest()

    def rest(self) -> None:
        if self.world.run(CALM_STEPS):
            return
        # For each hint of a stream, every attempt of a projection may read all of it, a commit at
        # a step.
        further = len(contents.projections) * MAX_ATTEMPTS * self.table.longest() ** 2
        if not self.world.run(further):
            steps = CALM_STEPS + further
            raise Divergence("unrest", f"still busy after {steps} steps without a fault")

    def _commands(self) -> Commands:
        """Return a process that remembers nothing of streams, as one that has just started."""
        table: Any = self.table
        store = self._parts.command_store(table, "events")
        return Commands.over(
            contents,
            store,
            lambda: self.world.now,
            Forgetful(),
            self._no_sleep,
            self.keys.fresh_sealer() if self.is_private else None,
        )

    def _publish(self, event: dict[str, Any]) -> dict[str, Any]:
        return publish(event, commit_of, self._publisher, self.failures)

    def _feed(self, event: dict[str, Any]) -> dict[str, Any]:
        return self.feeding.write(event)

    def _no_sleep(self, _: float) -> None:
        self.world.pause()
