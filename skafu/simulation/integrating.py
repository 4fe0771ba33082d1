"""Events of another domain, which cause commands: their queue, and what became of each."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from application.failures import Failure
from domain.contents import contents
from edge.caller import event_source
from edge.commands.sending import Commands
from edge.deliveries.batches import each_message
from edge.deliveries.integration import Consumer
from kernel.actor import Actor
from kernel.contents import Contents
from kernel.operation import NamedEnvelope
from skafu.simulation.bus import Hint, Queue
from skafu.simulation.clients import ALICE, Client, Sending
from skafu.simulation.faults import Fault
from skafu.simulation.proxy import EVENTS, Answer
from skafu.simulation.wishes import Wish
from skafu.simulation.world import World

SOURCE, DETAIL_TYPE = "simulated", "command"
OTHER_DOMAIN = replace(event_source(SOURCE), on_behalf_of=ALICE.owner)


def command_of(detail: Mapping[str, Any], _: object, __: Actor) -> NamedEnvelope | None:
    """Translate an event that holds the command that it causes."""
    return dict(detail["item"])


def with_translation(domain: Contents) -> Contents:
    return replace(domain, translations={(SOURCE, DETAIL_TYPE): command_of})


CONTENTS = with_translation(contents)


@dataclass(slots=True)
class Refusals:
    """The sink of the consumer: the failures by event."""

    reported: dict[str, list[Failure]] = field(default_factory=lambda: defaultdict(list))

    def report(self, failure: Failure) -> None:
        self.reported[str(failure.key["eventId"])].append(failure)


class Integration:
    """The queue of events, and the consumer behind it."""

    def __init__(self, world: World, commands: Commands, consumer: type[Consumer]) -> None:
        self.sendings: dict[str, Sending] = {}
        """Sendings by the id of their event."""
        self.refusals = Refusals()
        self._world = world
        consume = partial(self._consume, consumer(commands, self.refusals))
        self.queue = Queue(world, "integration", consume)

    def put(self, sending: Sending) -> None:
        """Deliver the event of a wish; each has an id of its own."""
        wish, key = sending.wish, f"event-{len(self.sendings)}"
        detail = {"item": {"correlationId": wish.command_id, **wish.item}}
        event = {"id": key, "source": SOURCE, "detail-type": DETAIL_TYPE, "detail": detail}
        self.sendings[key] = sending
        hint = Hint(json.dumps(event), key, 0)
        self._world.later(partial(self.queue.send, hint))
        if self._world.strikes(Fault.HINT_DUPLICATED):
            self._world.later(partial(self.queue.send, hint))

    def _consume(self, consumer: Consumer, event: dict[str, Any]) -> dict[str, Any]:
        return dict(self._world.invoke(each_message, event, consumer))


class OtherDomain(Client):
    """Another domain, which puts an event for each of its wishes."""

    integration: Integration

    def _send(self, wish: Wish) -> Answer:
        world = self._world
        sending = Sending(wish, EVENTS, False, world.step, world.milliseconds)
        self._log.sendings.append(sending)
        self.integration.put(sending)
        world.note(f"event {wish.command_id}: {wish.operation.name}")
        return Answer(200)
