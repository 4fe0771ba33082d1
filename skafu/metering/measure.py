"""Every operation of the command API, metered with both of its payloads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.contents import contents
from edge.commands.examples import inner_ids as example_ids
from kernel.operation import Example, Json, Operation, filled
from skafu.metering.meter import Meter
from skafu.metering.way import ADMIN, OWNER, Asked, How, Way, open_way, path_of
from skafu.simulation.inner_ids import inner_ids

PAYLOADS = ("typical", "largest")


class NoExample(Exception):
    """An operation without an example to meter it with."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} has no example: give it one beside the command, in operations.py")


@dataclass(frozen=True, slots=True)
class Measured:
    """One command, with one of its payloads."""

    command: str
    payload: str
    meter: Meter


@dataclass
class Script:
    """The commands of one example, and what later ones need of earlier ones."""

    way: Way
    known: dict[str, str] = field(default_factory=lambda: example_ids(contents))

    def __post_init__(self) -> None:
        """Texts that must be unique are others in each script."""
        number = self.way.sent
        self.known |= {name: text(number) for name, text in contents.example_texts.items()}

    def send(self, name: str, data: Json, how: How = How.ALONE, sender: str = "") -> Meter:
        operation = contents.operation[name]
        path, given = self._path(operation), filled(data, self.known)
        asked, meter = self.way.send(operation, path, given, how, sender)
        self._learn(asked)
        return meter

    def _path(self, operation: Operation) -> str:
        """Return the path with its ids: the aggregate's own, and those within it (`serviceId`)."""
        own = self.known.get(operation.aggregate_type.lower(), "")
        inner = {name: self.known[name] for name in operation.ids}
        return path_of(operation, {"id": own, **inner})

    def _learn(self, asked: Asked) -> None:
        if asked.operation.creates:
            self.known[asked.operation.aggregate_type.lower()] = asked.answer["aggregateId"]
        self.known |= dict(inner_ids(asked.events))


def measure(
    operations: Sequence[Operation] = contents.operations,
    subscribers: int = 1,
    report: Callable[[], object] = lambda: None,
) -> list[Measured]:
    """Each on aggregates of its own, by processes that know nothing; raises `NoExample`."""
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
    """One command, sent in each of the ways that cost more than sending it alone."""
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
