"""Sagas: their functions, the machines that ask them, and whoever answers their questions."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from greenlet import getcurrent  # type: ignore[import-untyped] # it ships no types

from adapters.dynamodb.event_store import DynamoDbEventStore
from adapters.dynamodb.feed import DynamoDbFeed
from adapters.dynamodb.saga_table import DynamoDbSagaTable
from adapters.s3.archives import S3Archives
from adapters.step_functions.executions import StepFunctionsExecutions
from application.failures import Failure
from application.ports import FailureSink, Unavailable
from application.sagas.beginning import Beginnings
from application.sagas.offering import Offer
from application.sagas.removing import Removal
from application.sagas.runs import Runs
from application.sagas.sweeping import Sweep
from application.sagas.tasks import RunKey, Task, command_id
from application.scaffolding import Files, NotRendered, Values
from domain.contents import contents
from edge.caller import Caller, named_machine
from edge.commands.sending import Commands
from edge.deliveries.batches import each_message
from edge.deliveries.reactions import Reactor
from edge.deliveries.reactions import command_id as reaction_id
from edge.http.problems import problem_of
from edge.sagas.events import CLOCK, Listener
from edge.sagas.steps import SENDER, Steps
from kernel.errors import DomainError
from kernel.messages import AggregateId, Recorded
from kernel.reaction import Reaction
from kernel.saga import Run, Saga
from kernel.saga import Sending as Wanted
from skafu.generate.template import heard
from skafu.simulation.bus import Hint, Queue, Rule
from skafu.simulation.clients import Log, Sending
from skafu.simulation.entrances import refusal
from skafu.simulation.faults import Fault
from skafu.simulation.machines import ARNS, Machines
from skafu.simulation.proxy import SAGAS
from skafu.simulation.saga_stores import ARCHIVES, Bucket, SagaItems
from skafu.simulation.wishes import Wish
from skafu.simulation.world import World

REGION = "eu-west-1"
PATIENCE = (1, 20, 300)  # seconds after which a run that nobody works on is taken for lost
SWEEPS = (0, 1, 3)  # while there are faults
EVERY = 300_000  # milliseconds from a sweep to the next
MOST_SWEEPS = 40  # until everything is settled, or never
QUIET = 3  # sweeps in a row before which nothing was left to do
PLACE = "<%="


def rules() -> tuple[Rule, ...]:
    """Return the rules of the queues: they take no events that an archive replays."""
    told = {*heard(contents.sagas)}
    asked = {(reaction.source, reaction.event.__name__) for reaction in contents.reactions}
    return tuple(
        Rule(name, frozenset(source for source, _ in pairs), frozenset(kind for _, kind in pairs))
        for name, pairs in (("sagas", told), ("reactions", asked))
        if pairs
    )


class PlainRenderer:
    """Puts values into the places of files; what it does not know has no value."""

    def render(self, files: Files, values: Values) -> Files:
        found = dict(files)
        for name, value in values.items():
            place = f"{PLACE} {name} %>"
            found = {path: text.replace(place, str(value)) for path, text in found.items()}
        if any(PLACE in text for text in found.values()):
            raise NotRendered("A value is missing.")
        return found


@dataclass(frozen=True, slots=True)
class Journal:
    """Notes every command that functions send, as one of a client's."""

    world: World
    log: Log

    @contextmanager
    def noted(self, who: Caller, wanted: Wanted, id: str, correlation_id: str) -> Iterator[None]:
        sending = self._begun(self._wish(who, wanted, id, correlation_id))
        try:
            yield
        except DomainError as error:
            sending.answer = refusal(problem_of(error)[0])
            raise
        finally:
            sending.ended, sending.ended_at = self.world.step, self.world.milliseconds

    def _begun(self, wish: Wish) -> Sending:
        sending = Sending(wish, SAGAS, False, self.world.step, self.world.milliseconds)
        self.log.sendings.append(sending)
        if wish.operation.creates:
            things = self.log.known.things[wish.operation.aggregate_type]
            things.setdefault(wish.thing, wish.owner)
        self.world.note(f"send {wish.operation.name} {wish.data}"[:200])
        return sending

    def _wish(self, who: Caller, wanted: Wanted, id: str, correlation_id: str) -> Wish:
        operation = contents.operation[wanted.command]
        data: dict[str, Any] = dict(wanted.data)
        ids = {name: str(data.pop(name)) for name in operation.ids}
        return Wish(
            who=who,
            operation=operation,
            data=data,
            target=wanted.target,
            command_id=id,
            expected_version=None,
            correlation_id=correlation_id,
            ids=ids,
        )


@dataclass(frozen=True)
class NotedSteps(Steps):
    """SagaStep; each of its commands is noted."""

    journal: Journal

    def _send(
        self, key: RunKey, run: Run, sending: Wanted, name: str, on_behalf_of: str | None = None
    ) -> None:
        who, told = replace(SENDER, on_behalf_of=on_behalf_of), run.started.correlation_id
        with self.journal.noted(who, sending, command_id(key, name), told):
            super()._send(key, run, sending, name, on_behalf_of)

    def _count(self, saga: Saga, completed: int) -> None:
        """Count nothing: metrics are lines of a log."""


@dataclass(frozen=True)
class NotedReactor(Reactor):
    """Reactor; each of its commands is noted."""

    journal: Journal

    def _send(self, reaction: Reaction, recorded: Recorded[Any], sending: Wanted | None) -> None:
        if sending is None:
            return
        who = named_machine(reaction.machine, reaction.machine)
        id, correlation = reaction_id(recorded, sending), recorded.correlation_id
        with self.journal.noted(who, sending, id, correlation):
            super()._send(reaction, recorded, sending)


class GivenUp:
    """The sink of the reactor: what it gives up is answered by that."""

    def report(self, failure: Failure) -> None:
        return


@dataclass(frozen=True, slots=True)
class SagaParts:
    """The parts of sagas; tests hand in one that lacks a guard."""

    steps: type[NotedSteps] = NotedSteps
    beginnings: type[Beginnings] = Beginnings
    sweep: type[Sweep] = Sweep
    removal: type[Removal] = Removal


@dataclass(frozen=True, slots=True)
class Around:
    """The parts of the system that sagas work with."""

    store: DynamoDbEventStore
    feed: DynamoDbFeed
    commands: Commands
    failures: FailureSink
    log: Log


class Sagas:
    """All of it: SagaEvents and SagaStep, Reactor, their queues, their stores, and the machines."""

    def __init__(self, world: World, around: Around, parts: SagaParts) -> None:
        self.items, self.bucket = SagaItems(world), Bucket(world)
        self.machines = Machines(world, self._step, self._asked)
        self._world = world
        self._invocations: dict[Any, int] = {}
        self._sweeps = 0
        self._quiet = 0
        self.calm = 0
        """The milliseconds after which nothing failed any more."""
        self._patience = timedelta(seconds=world.rng.choice(PATIENCE))
        self._clock: Callable[[], Any] = lambda: world.now
        journal, runs = Journal(world, around.log), Runs(contents, around.store)
        bucket: Any = self.bucket
        offer = Offer(runs, PlainRenderer(), S3Archives(bucket, ARCHIVES), REGION)
        self.steps = self._steps(parts, around, offer, journal)
        listener = self._listener(parts, around, offer)
        self.queue = Queue(world, "sagas", partial(self._invoke, listener))
        reactor = self._reactor(around, runs, journal)
        self.reactions = Queue(world, "reactions", partial(self._invoke, reactor))

    @property
    def queues(self) -> Mapping[str, Queue]:
        return {"sagas": self.queue, "reactions": self.reactions}

    def begin(self) -> None:
        """Sweep now and then, while there are faults."""
        self._world.start("clock", self._now_and_then)

    def redrive(self) -> None:
        """Redrive what was given up: soon, or when no execution is remembered any more."""
        if self._world.rng.random() < 0.5:
            self.machines.forget()
        self._quiet = 0
        self.settle()

    def settle(self) -> None:
        """Sweep every few minutes, as long as there is anything to settle."""
        self.calm = self.calm or self._world.milliseconds
        self._world.at(self._world.milliseconds + EVERY, self._tick)

    def _now_and_then(self) -> None:
        for _ in range(self._world.rng.choice(SWEEPS)):
            for _ in range(self._world.rng.randint(50, 500)):
                self._world.pause()
            self._sweep()

    def _tick(self) -> None:
        self._sweeps += 1
        self._quiet = 0 if self.items.is_busy else self._quiet + 1
        self._sweep()  # which is still to come: it may find a run that has just ended
        if self._sweeps < MOST_SWEEPS and self._quiet < QUIET:
            self.settle()

    def _sweep(self) -> None:
        body = json.dumps({"source": CLOCK, "detail": {}})
        self.queue.send(Hint(body, "clock", 0))

    def _steps(
        self, parts: SagaParts, around: Around, offer: Offer, journal: Journal
    ) -> NotedSteps:
        return parts.steps(
            around.commands,
            offer.runs,
            self._table(),
            self._tell,
            offer,
            around.failures,
            self._clock,
            journal,
        )

    def _listener(self, parts: SagaParts, around: Around, offer: Offer) -> Listener:
        machines: Any = self.machines
        executions = StepFunctionsExecutions(machines, ARNS)
        beginnings = parts.beginnings(offer.runs, executions, self._table())
        sweep = parts.sweep(
            beginnings,
            self._table(),
            around.feed,
            around.store,
            self._clock,
            self._tell,
            self._patience,
        )
        removal = parts.removal(offer.runs, lambda: offer)
        return Listener(beginnings, self._table(), sweep, removal, around.failures)

    def _reactor(self, around: Around, runs: Runs, journal: Journal) -> NotedReactor:
        reactions = tuple(
            replace(one, answer=partial(self._fallibly, one)) for one in contents.reactions
        )
        changed = replace(contents, reactions=reactions)
        commands = replace(around.commands, sealer=None, contents=changed)
        return NotedReactor(commands, around.store, runs, GivenUp(), journal)

    def _fallibly(self, reaction: Reaction, recorded: Recorded[Any], history: Any) -> Any:  # noqa: ANN401 - as a reaction has them
        if self._world.strikes(Fault.ANALYST_FAILS):
            raise TimeoutError
        return reaction.answer(recorded, history)

    def _table(self) -> DynamoDbSagaTable:
        items: Any = self.items
        return DynamoDbSagaTable(items, "sagas")

    def _step(self, task: Task) -> None:
        self._world.invoke(self.steps, task)

    def _invoke(self, handle: Callable[[SQSRecord], None], event: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's event
        self._invocations[getcurrent()] = self._world.step
        try:
            return dict(self._world.invoke(each_message, event, handle))
        finally:
            del self._invocations[getcurrent()]

    def _asked(self) -> int:
        """Return the step at which the present invocation began."""
        return self._invocations[getcurrent()]

    def _tell(self, aggregate: AggregateId, sequence: int, _: str) -> None:
        self._world.call("SendMessage", self._send, aggregate, sequence)

    def _send(self, aggregate: AggregateId, sequence: int) -> None:
        if self._world.strikes(Fault.STATES_THROTTLED):
            raise Unavailable("SendMessage")
        detail = {"aggregateId": aggregate, "eventSequence": sequence}
        self._world.later(partial(self.queue.send, Hint(json.dumps({"detail": detail}), "", 0)))
