"""Lives made of the domain's examples: what a command is given, then its typical data.

So a new command is sent and a new event happens in a life, without a line written for it.
"""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from uuid import NAMESPACE_OID, uuid5
from zlib import crc32

from application.commit import encode_event
from application.reading.states import StoredStates
from domain.contents import contents
from kernel.aggregate import AnyAggregate
from kernel.messages import Command
from kernel.operation import Context, Operation, snake
from skafu.examples import Placeholders
from tests.support.life import Life
from tests.support.spec import ID
from tests.support.strategies import OWNER, command_of, sealed
from tests.support.world import World, typical


def example_lives() -> Iterator[tuple[str, Life]]:
    """Yield the life of each example, named like a stream of the corpus."""
    for operation in contents.operations:
        kind = contents.aggregate[operation.aggregate_type]
        yield f"{kind.noun}/example-{operation.name}", life_of(kind, operation)


@cache
def life_of(kind: AnyAggregate, operation: Operation) -> Life:
    number = crc32(operation.name.encode())
    return Life(number, f"The example of {operation.name}.", [*sent(kind, operation)])


def sent(kind: AnyAggregate, operation: Operation) -> Iterator[Command]:
    """Yield what the example is given of the same aggregate, and the command itself.

    Each looks up what it finds in a world in which all before it was sent.
    """
    given = operation.example.given if operation.example else ()
    world, state, own = World(), kind.initial, Placeholders({})
    look_ups = contents.look_ups(StoredStates(world.store, world.store))
    places = count()
    for one in (*map(contents.operation.__getitem__, given), operation):
        if one.aggregate_type == kind.aggregate_type:
            known = Placeholders({**world.known, **own.known})
            ids = {snake(name): value for name, value in known.ids(one).items()}
            there = world.known.get(kind.noun, "")
            context = Context(OWNER, derived(next(places)), look_ups, ids, sealed, aggregate=there)
            command = command_of(one, known.data(typical(one)), context)
            if command is None:
                return  # its body refuses the example: the completeness check names it
            events = kind.decide(state, command)
            state = kind.fold(events, state)
            own.learn(one, ID, [encode_event(event) for event in events])
            yield command
        if one is not operation:
            world.sent(one.name)


def derived(place: int) -> Callable[[int], str]:
    """Return what makes ids for the command in this place of a life."""
    return lambda number: str(uuid5(NAMESPACE_OID, f"example {place} {number}"))
