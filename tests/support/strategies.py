"""Random commands for each kind of aggregate, and histories that its decider could record.

Nothing here knows the domain: the commands are the examples of `domain/contents.py`, and variations
of these that their bodies take.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import product
from typing import Any, cast
from uuid import NAMESPACE_OID, uuid5

from hypothesis import strategies as st
from pydantic import ValidationError

from application.reading.states import StoredStates
from domain.contents import contents
from kernel.actor import Actor
from kernel.aggregate import AnyAggregate
from kernel.errors import DomainError
from kernel.messages import Command, Event
from kernel.operation import CommandBody, Context, Operation, snake
from kernel.personal import ForgetSubject, SealedValue
from skafu.examples import Placeholders
from skafu.simulation.wishes import Watched
from tests.support.spec import ACTOR
from tests.support.world import Json, World, largest, typical

OWNER = Actor(ACTOR, may_command_all=True)
# Few ids and few texts, so that commands meet what earlier ones did.
IDS = tuple(str(uuid5(NAMESPACE_OID, f"inner {n}")) for n in range(3))
SEALED = SealedValue(f"s1:{'a' * 40}", fingerprint="a")
FORGET = tuple(ForgetSubject(subject=subject) for subject in ("ada-sub", "bob-sub"))

EMPTY: Mapping[str, Sequence[Any]] = {"null": [None], "array": [[]], "object": [{}]}
"""The least value of a type of JSON schema."""


@dataclass(frozen=True)
class Kind:
    """A kind of aggregate, and what may be asked of one; `begin` comes first.

    Commands of one theme answer to each other, so a history of them goes deeper.
    """

    decider: AnyAggregate
    begin: Command
    themes: tuple[st.SearchStrategy[Command], ...]

    @property
    def commands(self) -> st.SearchStrategy[Command]:
        return st.one_of(*self.themes)

    def asked(self, max_size: int) -> st.SearchStrategy[list[Command]]:
        """Draw some commands: of one theme, or of all."""
        return st.one_of(
            *(st.lists(theme, max_size=max_size) for theme in (self.commands, *self.themes))
        )

    def commits(self, max_size: int = 12) -> st.SearchStrategy[list[list[Event]]]:
        """Draw the commits of one stream: what each command recorded, refusals left out."""
        return self.asked(max_size).map(
            lambda asked: recorded_by(self.decider, [self.begin, *asked])
        )


def decided(decider: AnyAggregate, state: Any, command: Command) -> list[Event]:  # noqa: ANN401 - any state
    """Return what a command records; a refusal records nothing."""
    try:
        return decider.decide(state, command)
    except DomainError:
        return []


def recorded_by(decider: AnyAggregate, asked: Sequence[Command]) -> list[list[Event]]:
    state, stream = decider.initial, list[list[Event]]()
    for command in asked:
        if events := decided(decider, state, command):
            state = decider.fold(events, state)
            stream.append(events)
    return stream


@cache
def kind_of(decider: AnyAggregate) -> Kind:
    found: dict[str, list[st.SearchStrategy[Command]]] = defaultdict(list)
    for operation in decider.operations:
        found[theme(operation)].append(st.sampled_from(commands(operation)))
    alone = [found.pop(name)[0] for name in [*found] if len(found[name]) == 1]
    forget: st.SearchStrategy[Command] = st.sampled_from(FORGET)
    themes = (st.one_of(*some) for some in (*found.values(), [*alone, forget]))
    creation = next(o for o in decider.operations if o.creates)
    return Kind(decider, commands(creation)[0], tuple(themes))


def theme(operation: Operation) -> str:
    """Name what a command is about: the part of its path behind the aggregate, if there is one."""
    return "".join(operation.path.strip("/").split("/")[2:3])


def commands(operation: Operation) -> list[Command]:
    """Return the commands that the examples and their variations make, each once."""
    world = World.ready_for(operation)
    look_ups = contents.look_ups(StoredStates(world.store, world.store))
    made: list[Command] = []
    for data, place in product(variations(operation, world), range(len(IDS))):
        ids = {snake(name): IDS[place] for name in operation.ids}
        there = world.known.get(contents.aggregate[operation.aggregate_type].noun, "")
        context = Context(OWNER, partial(nth_id, place), look_ups, ids, sealed, aggregate=there)
        command = command_of(operation, data, context)
        made += [] if command is None or command in made else [command]
    return made


def nth_id(first: int, n: int) -> str:
    return IDS[(first + n) % len(IDS)]


def looks_up(operation: Operation) -> bool:
    """Tell whether one of the command's examples takes what it finds of other aggregates."""
    asked = Watched(contents.no_look_ups)
    known = Placeholders({**World.ready_for(operation).known})
    ids = {snake(name): IDS[0] for name in operation.ids}
    context = Context(OWNER, partial(nth_id, 0), asked, ids, sealed)
    for data in (typical(operation), largest(operation)):
        command_of(operation, known.data(data), context)
    return asked.used


def sealed(text: str | None) -> SealedValue:
    return SEALED


def command_of(operation: Operation, data: Json, context: Context) -> Command | None:
    """Return `None` for data that the command does not take, or of which it finds nothing."""
    try:
        body = cast(CommandBody, operation.body.model_validate(data))
        return body.command(context)
    except (ValidationError, DomainError):
        return None


def variations(operation: Operation, world: World) -> Iterator[Json]:
    """Yield the typical example, and what differs from it in one field."""
    known = {**world.known, **dict.fromkeys(contents.inner_ids, IDS[0])}
    base = Placeholders(known).data(typical(operation))
    yield base
    schema = operation.body.model_json_schema()
    for name, part in schema.get("properties", {}).items():
        yield {key: value for key, value in base.items() if key != name}
        yield from ({**base, name: value} for value in values(name, base.get(name), part, schema))


def values(name: str, given: Any, part: Json, schema: Json) -> Iterator[Any]:  # noqa: ANN401 - JSON
    """Yield values that a field may have: of enumerations, of other examples, another, none."""
    for choice in (part, *part.get("anyOf", ())):
        found = schema.get("$defs", {}).get(choice.get("$ref", "").rpartition("/")[2], choice)
        yield from found.get("enum", ())
        yield from EMPTY.get(found.get("type", ""), ())
    yield from (IDS if name in contents.inner_ids else ())
    yield from SAID.get(name, ())
    yield from ([f"{given}-2"] if isinstance(given, str) else ())


def said() -> Mapping[str, list[Any]]:
    """Return the values of each field in the typical examples of all commands."""
    found: dict[str, list[Any]] = defaultdict(list)
    for operation in contents.operations:
        for name, value in typical(operation).items():
            placeholder = isinstance(value, str) and value.startswith("{")
            found[name] += [] if placeholder or value in found[name] else [value]
    return found


SAID = said()
