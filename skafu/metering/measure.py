"""Every operation of the command API, metered with both of its payloads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from domain.contents import contents
from kernel.operation import Example, Json, Operation
from skafu.examples import Placeholders
from skafu.metering.meter import Meter
from skafu.metering.way import ADMIN, OWNER, How, Way, open_way, path_of

PAYLOADS = ("typical", "largest")


class NoExample(Exception):
    """An operation without an example to meter it with."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} has no example: give it one beside the command, in commands.py")


@dataclass(frozen=True, slots=True)
class Measured:
    """One command, with one of its payloads."""

    command: str
    payload: str
    meter: Meter


class Script:
    """The commands of one example, one after the other."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._placeholders = Placeholders.numbered(way.sent)

    def send(self, name: str, data: Json, how: How = How.ALONE, sender: str = "") -> Meter:
        operation, known = contents.operation[name], self._placeholders
        ids = {"id": known.aggregate(operation) or "", **known.ids(operation)}
        path = path_of(operation, ids)
        asked, meter = self._way.send(operation, path, known.data(data), how, sender)
        known.learn(operation, asked.answer.get("aggregateId", ""), asked.events)
        return meter


def measure(
    operations: Sequence[Operation] = contents.operations,
    subscribers: int = 1,
    report: Callable[[], object] = lambda: None,
) -> list[Measured]:
    """Meter each operation on new aggregates, by cold processes. Raises `NoExample`."""
    for operation in operations:
        example_of(operation)
    found = []
    with open_way(subscribers) as way:
        acquaint(way)
        for operation in operations:
            found += [Measured(operation.name, p, metered(way, operation, p)) for p in PAYLOADS]
            report()
    return found


def measure_ways() -> list[Measured]:
    """Meter one command in each of the ways that cost more than sending it alone."""
    with open_way() as way:
        acquaint(way)
        dearer = [how for how in How if how is not How.ALONE]
        sent = contents.first_change
        return [Measured(sent.name, how, metered(way, sent, "typical", how)) for how in dearer]


def acquaint(way: Way) -> None:
    """Give everybody a key: the first command that a person ever sends is not typical."""
    creation = contents.first_creation
    for sender in (OWNER, ADMIN):
        Script(way).send(creation.name, example_of(creation).typical, sender=sender)


def metered(way: Way, operation: Operation, payload: str, how: How = How.ALONE) -> Meter:
    example, script = example_of(operation), Script(way)
    for name in example.given:
        script.send(name, example_of(contents.operation[name]).typical)
    data: Mapping[str, Json] = {"typical": example.typical, "largest": example.largest}
    return script.send(operation.name, data[payload], how)


def example_of(operation: Operation) -> Example:
    """Raises `NoExample`."""
    if operation.example is None:
        raise NoExample(operation.name)
    return operation.example
