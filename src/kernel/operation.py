"""The operation: one command with its route, its role, what it touches, and its examples."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, ClassVar, Protocol, Self, TypeVar, get_args

from pydantic import (
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    ValidationError,
    create_model,
    model_validator,
)

from kernel.actor import Actor
from kernel.merging import Touches
from kernel.messages import Command, Message
from kernel.ownership import Person
from kernel.personal import SealedValue
from kernel.values import Expected

PATH_ID = re.compile(r"<(\w+)>")
# The text is matched before it is lowered: both cases are allowed.
UUID_PATTERN = "^{0}{{8}}-{0}{{4}}-{0}{{4}}-{0}{{4}}-{0}{{12}}$".format("[0-9a-fA-F]")
PlainId = Annotated[
    str,
    StringConstraints(to_lower=True, pattern=UUID_PATTERN),
    Expected("a UUID, such as 0198f2a0-0000-7000-8000-00000000000a"),
]


def is_plain_id(text: str) -> bool:
    return re.fullmatch(UUID_PATTERN, text) is not None


def as_shown(path: str) -> str:
    """Return a path as the documents of the API have it: `/orders/{id}`."""
    return path.replace("<", "{").replace(">", "}")


NewId = Callable[[int], str]
"""Return the n-th id that the command makes within its aggregate, always the same."""
Seal = Callable[[str | None], SealedValue | None]
Json = dict[str, Any]
C = TypeVar("C", bound=Command)


class Who(StrEnum):
    """The senders of a command. Admin may send every command to every aggregate.

    `OWNER`: signed-in users, to what is theirs, except Developers, who only read; and machines that
    act on behalf of the owner. `WORKER`: machines, which report their work. `ADMIN`: nobody else.
    """

    OWNER = "owner"
    WORKER = "worker"
    ADMIN = "admin"


@dataclass(frozen=True)
class Context:
    """All that a body needs to become a command.

    `aggregate` is the plain id of the aggregate that the command is for, and `ids` are the other
    ids in the path: `line_id`. `look_ups` are the domain's.
    `sealed` seals a value under the caller's key, or returns `None`: then the value is not
    recorded. `name` and `email` are the caller's, in plain text. `person` finds somebody else in
    the user pool by their owner, `<sub>::<username>`.
    """

    actor: Actor
    new_id: NewId
    look_ups: Any
    ids: Mapping[str, str] = field(default_factory=dict)
    sealed: Seal = lambda _: None
    name: str | None = None
    email: str | None = None
    person: Callable[[str], Person] = Person
    aggregate: str = ""


class CommandBody(Protocol):
    """The data of a command."""

    def command(self, context: Context, /) -> Command: ...


class Body(Message):
    """The data of a request. Unknown fields are refused, so that typing errors are noticed."""

    model_config = ConfigDict(extra="forbid")


class Changes(Body):
    """Changes, at least one; a field that is left out stays as it is."""

    @model_validator(mode="after")
    def changes_something(self) -> Self:
        if not self.given():
            names = [f.alias or name for name, f in self.changeable().items()]
            raise ValueError(f"Give at least one of {', '.join(names)}.")
        return self

    @classmethod
    def changeable(cls) -> dict[str, Any]:
        """Return the fields of the class derived from `Changes`, without ids of a path."""
        base = next(c for c in reversed(cls.__mro__) if issubclass(c, Changes) and c is not Changes)
        return base.model_fields

    def given(self) -> dict[str, Any]:
        """Return the changes that were given, by field name."""
        names = self.changeable().keys() & self.model_fields_set
        return {name: getattr(self, name) for name in names}


class Derived(Body):
    """A body with the fields of its command."""

    made: ClassVar[type[Command]]
    path_ids: ClassVar[tuple[str, ...]]

    def command(self, context: Context) -> Command:
        names = type(self).made.model_fields.keys() - {"type", *self.path_ids}
        given = {name: whole(getattr(self, name)) for name in names}
        return self.made(**given, **{name: context.ids[name] for name in self.path_ids})


def whole(value: Any) -> Any:  # noqa: ANN401 - any value of a field
    """Return the value with every field set, so that a default counts as given."""
    match value:
        case Message():
            return type(value)(**{name: whole(part) for name, part in value})
        case tuple():
            return tuple(map(whole, value))
        case _:
            return value


def body_of(command: type[Command], *path_ids: str) -> type[Derived]:
    """Return a body with the command's own fields, without its type and the ids of the path."""
    fields: dict[str, Any] = {
        name: (info.annotation, info)
        for name, info in command.model_fields.items()
        if name not in ("type", *path_ids)
    }
    body = create_model(command.__name__ + "Body", __base__=Derived, **fields)
    body.__doc__ = (command.__doc__ or "").partition("\n")[0]
    body.made, body.path_ids = command, path_ids
    return body


@dataclass(frozen=True)
class Example:
    """Data of an operation, for documents, sample payloads, the meter and tests.

    `given` names the operations that have to come before, on aggregates of their own type, each
    with its typical data. `others` are further examples for the documents. Placeholders at the
    first level, such as `{order}` and `{slug}`, are filled in by the user of the example.
    """

    typical: Json = field(default_factory=dict)
    largest: Json = field(default_factory=dict)
    given: tuple[str, ...] = ()
    others: Mapping[str, Json] = field(default_factory=dict)


def filled(data: Json, known: Mapping[str, str]) -> Json:
    """Return the data with the placeholders at its first level replaced by what is known."""
    return {
        name: known.get(value.strip("{}"), value) if isinstance(value, str) else value
        for name, value in data.items()
    }


@dataclass(frozen=True, eq=False)  # one of its kind: compared and hashed by identity
class Operation:
    """A command and its two routes.

    `route` is method and path: `PATCH /orders/<id>`. The path names the aggregate as `<id>`, and
    parts of it by other ids. Every operation has `who`, `touches` and `example`: `make check` names
    those that lack one. An operation that `creates` begins a stream.
    """

    aggregate_type: str
    command: type[Command]
    route: str
    who: Who | None = None
    touches: Touches | None = None
    example: Example | None = None
    own_body: type[Body] | None = None
    creates: bool = False

    @cached_property
    def name(self) -> str:
        """Return the name, `create-order`, made of the name of the command's class."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", self.command.__name__).lower()

    @property
    def method(self) -> str:
        return self.route.partition(" ")[0]

    @property
    def path(self) -> str:
        return self.route.partition(" ")[2]

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Return the ids in the path besides the aggregate's, in camelCase: `lineId`."""
        return tuple(name for name in PATH_ID.findall(self.path) if name != "id")

    @cached_property
    def body(self) -> type[Body]:
        return self.own_body or body_of(self.command, *map(snake, self.ids))

    @cached_property
    def data(self) -> type[Body]:
        """Return the body in task style: ids of the path are fields of the data."""
        if not self.ids:
            return self.body
        fields: dict[str, Any] = {snake(name): (PlainId, Field()) for name in self.ids}
        name = self.body.__name__.removesuffix("Body") + "Data"
        make: Any = create_model  # its types know no fields by name
        model: type[Body] = make(name, __base__=self.body, **fields)
        return model

    @cached_property
    def needs_data(self) -> bool:
        """Tell whether the command needs a body.

        A command that creates needs one even if every field is optional.
        """
        try:
            self.body.model_validate({})
        except ValidationError:
            return True
        return self.creates

    @property
    def collection(self) -> str:
        """Return the path of the aggregates: `/orders`."""
        return "/" + self.path.split("/")[1]


def operation(
    route: str,
    who: Who | None = None,
    touches: Touches | None = None,
    example: Example | None = None,
    *,
    creates: bool = False,
) -> Callable[[type[C]], type[C]]:
    """Say beside a command how it is sent: see `Operation`."""

    def declared(command: type[C]) -> type[C]:
        command.operation = Operation("", command, route, who, touches, example, creates=creates)
        return command

    return declared


def operations_of(
    aggregate_type: str,
    union: object,
    bodies: Iterable[type[Body]] = (),
) -> tuple[Operation, ...]:
    """Return the operations of a union of commands, in its order.

    `bodies` are those that differ from their command's fields; each names its command as `made`.
    """
    own: dict[type[Command], type[Body]] = {body.made: body for body in bodies}  # type: ignore[attr-defined] # see above
    commands: tuple[Any, ...] = get_args(union) or (union,)
    return tuple(
        replace(command.operation, aggregate_type=aggregate_type, own_body=own.get(command))
        for command in commands
        if command.operation is not None
    )


def snake(name: str) -> str:
    return re.sub(r"([A-Z])", lambda match: "_" + match[1].lower(), name)


NamedEnvelope = Mapping[str, JsonValue]
"""A command in the form in which machines send it: `type`, `commandId`, `aggregateId`, `data`."""
