"""Every operation of the command API, metered with both of its payloads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.contents import contents
from kernel.operation import Example, Json, Operation, filled
from skafu.metering.meter import Meter
from skafu.metering.way import Asked, How, Way, open_way, path_of

PAYLOADS = ("typical", "largest")
SENT = contents.operation["change-project"]
DEPLOYMENT = "01980000-0000-7000-8000-0000000000d1"


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


@dataclass
class Script:
    """The commands of one example, and what later ones need of earlier ones."""

    way: Way
    known: dict[str, str] = field(default_factory=lambda: {"deploymentId": DEPLOYMENT})

    def __post_init__(self) -> None:
        """A slug is one template's for ever, so each script has its own, all of one length."""
        self.known |= {"slug": f"web-api-{self.way.sent:04}", "longSlug": f"{self.way.sent:s>64}"}

    def send(self, name: str, data: Json, how: How = How.ALONE) -> Meter:
        operation = contents.operation[name]
        path, given = self._path(operation), filled(data, self.known)
        asked, meter = self.way.send(operation, path, given, how)
        self._learn(asked)
        return meter

    def _path(self, operation: Operation) -> str:
        """Ids in paths: the aggregate's own, and those within it (`serviceId`)."""
        own = self.known.get(operation.aggregate_type.lower(), "")
        inner = {name: self.known[name] for name in operation.ids}
        return path_of(operation, {"id": own, **inner})

    def _learn(self, asked: Asked) -> None:
        if asked.operation.creates:
            self.known[asked.operation.aggregate_type.lower()] = asked.answer["aggregateId"]
        if asked.operation.name == "add-service":
            self.known["serviceId"] = asked.new_id(0)


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
        return [Measured(SENT.name, how, metered(way, SENT, "typical", how)) for how in dearer]


def acquaint(way: Way) -> None:
    """The people have keys by now: a person's first command ever is nobody's typical one."""
    for name in ("create-project", "draft-template"):
        Script(way).send(name, example_of(contents.operation[name]).typical)


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
