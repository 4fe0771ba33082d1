"""Lives made of the domain's examples: what a command is given, then its typical data.

So a new command is sent and a new event happens in a life, without a line written for it.
"""

from collections.abc import Iterator
from functools import cache
from zlib import crc32

from domain.contents import contents
from kernel.aggregate import AnyAggregate
from kernel.messages import Command
from kernel.operation import Operation
from tests.support.life import Life
from tests.support.strategies import commands


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
    """Yield what the example is given of the same aggregate, and the command itself."""
    given = operation.example.given if operation.example else ()
    for one in (*(contents.operation[name] for name in given), operation):
        if one.aggregate_type == kind.aggregate_type:
            yield commands(one)[0]
