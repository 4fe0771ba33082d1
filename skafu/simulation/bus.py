"""EventBridge with the rules of template.yaml, and the queues behind them."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from botocore.exceptions import ReadTimeoutError

from domain.contents import contents
from kernel.messages import bus_source
from kernel.projection import Projection
from skafu.simulation.dynamodb import throttle
from skafu.simulation.faults import Fault
from skafu.simulation.world import Killed, World

QUEUE_BATCH = 10
MAX_RECEIVE_COUNT = 10

Project = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: the events that are hints for a queue; no `detail_types` means all.

    Mostly the queue is that of a `projection`, whose rule takes replays to it besides.
    """

    projection: str
    sources: frozenset[str]
    detail_types: frozenset[str] | None = None

    def matches(self, entry: dict[str, Any]) -> bool:
        if entry["Source"] not in self.sources:
            return False
        return self.detail_types is None or entry["DetailType"] in self.detail_types


def rule_of(projection: Projection) -> Rule:
    hints = projection.hints
    types = None if hints is None else frozenset(event.__name__ for event in hints)
    return Rule(projection.name, frozenset([bus_source(projection.aggregate_type)]), types)


RULES = tuple(map(rule_of, contents.projections))


class Bus:
    """Delivers at least once, in no order, to each queue on its own; sometimes not at all."""

    def __init__(self, world: World, queues: dict[str, "Queue"]) -> None:
        self.rules: dict[Rule, Queue] = {rule: queues[rule.projection] for rule in RULES}
        self.published: dict[str, set[str]] = defaultdict(set)
        """Details by event id: one each, if the publisher is right."""
        self._world = world

    def put_events(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._world.call("PutEvents", self._put, given["Entries"])

    def _put(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        throttle(self._world, Fault.BUS_THROTTLED, "PutEvents")
        results = [self._accept(entry) for entry in entries]
        if self._world.strikes(Fault.BUS_UNANSWERED):
            raise ReadTimeoutError(endpoint_url="events")
        failed = sum("ErrorCode" in result for result in results)
        return {"FailedEntryCount": failed, "Entries": results}

    def _accept(self, entry: dict[str, Any]) -> dict[str, str]:
        if self._world.strikes(Fault.BUS_PARTIAL):
            return {"ErrorCode": "InternalFailure"}
        detail = json.loads(entry["Detail"])
        self.published[detail["eventId"]].add(entry["Detail"])
        body = f'{{"detail-type":"{entry["DetailType"]}","detail":{entry["Detail"]}}}'
        hint = Hint(body, detail["aggregateId"], detail["eventSequence"])
        for rule, queue in self.rules.items():
            if rule.matches(entry):
                self._world.later(partial(self._deliver, hint, queue))
        return {"EventId": detail["eventId"]}

    def _deliver(self, hint: "Hint", queue: "Queue") -> None:
        if self._world.strikes(Fault.HINT_DROPPED):
            return
        if self._world.strikes(Fault.HINT_DELAYED):
            self._world.later(partial(self._deliver, hint, queue))
            return
        queue.send(hint)
        if self._world.strikes(Fault.HINT_DUPLICATED):
            queue.send(hint)
        if self._world.strikes(Fault.HINT_FORGED):
            queue.send(forged(hint, self._world.rng.randint(-1, 9)))


@dataclass(frozen=True, slots=True)
class Hint:
    """A message from EventBridge to a queue, with its aggregate and sequence for the checks."""

    body: str
    aggregate: str
    sequence: int


def forged(hint: Hint, offset: int) -> Hint:
    """Return a hint of an event that never happened, from somebody who forged it."""
    kind = hint.aggregate.partition("#")[0]
    detail = {
        "aggregateId": hint.aggregate,
        "eventSequence": max(1, hint.sequence + offset),
        "eventType": next(iter(contents.aggregate[kind].events.classes)),
        "data": {"name": "forged"},
    }
    return Hint(json.dumps({"detail": detail}), hint.aggregate, sequence=0)


@dataclass(slots=True)
class Message:
    id: str
    hint: Hint
    sent: datetime
    receives: int = 0
    done: bool = False


class Queue:
    """A queue that feeds a projector: at least once, in no order, and at last into the DLQ."""

    def __init__(self, world: World, name: str, project: Project) -> None:
        self.reached: dict[str, int] = defaultdict(int)
        """The greatest sequence that was hinted at, by aggregate."""
        self.dead: list[Message] = []
        self._world = world
        self._name = name
        self._project = project
        self._visible: list[Message] = []
        self._sent = 0

    def send(self, hint: Hint) -> None:
        self._sent += 1
        self.reached[hint.aggregate] = max(hint.sequence, self.reached[hint.aggregate])
        self._show(Message(f"{self._name}-{self._sent}", hint, self._world.now))

    def redrive(self) -> None:
        """Send the dead letters back, as an operator does once the cause is gone."""
        dead, self.dead = self.dead, []
        for message in dead:
            message.receives = 0
            self._show(message)

    def _show(self, message: Message) -> None:
        self._visible.append(message)
        self._world.later(self._poll)

    def _poll(self) -> None:
        batch = self._receive()
        if batch:
            self._world.start(self._name, partial(self._invoke, batch))

    def _receive(self) -> list[Message]:
        self._world.rng.shuffle(self._visible)
        size = self._world.rng.randint(1, QUEUE_BATCH)
        taken, self._visible = self._visible[:size], self._visible[size:]
        batch = {message.id: message for message in taken if not message.done}
        for message in batch.values():
            message.receives += 1
        dead = {message.id: message for message in batch.values() if self._gives_up(message)}
        self.dead += dead.values()
        return [message for message in batch.values() if message.id not in dead]

    def _gives_up(self, message: Message) -> bool:
        if message.receives > MAX_RECEIVE_COUNT:
            self._world.faults.counts[Fault.MESSAGE_DEAD] += 1
            return True
        return self._world.strikes(Fault.MESSAGE_DEAD)

    def _invoke(self, batch: list[Message]) -> None:
        for message in batch:
            if self._world.strikes(Fault.MESSAGE_VISIBLE_AGAIN):
                self._show(message)
        try:
            answer = self._project({"Records": [record(message) for message in batch]})
        except Killed:
            failed = {message.id for message in batch}
        else:
            failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        for message in batch:
            if message.id not in failed:
                message.done = True
            elif not message.done:
                self._show(message)


def record(message: Message) -> dict[str, Any]:
    return {
        "messageId": message.id,
        "body": message.hint.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.receives),
            "SentTimestamp": str(int(message.sent.timestamp() * 1000)),
        },
    }
