"""Wishes of clients, for every command of the API, and what the API must make of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Any, cast

from pydantic import ValidationError

from application.writing.identity import derived_id, nth_inner_id
from application.writing.requests import CommandMetadata, OnConflict, Request
from domain.contents import contents
from edge.authorization import actor
from edge.caller import Caller, Forbidden
from edge.commands.examples import another_user
from kernel.actor import user_id
from kernel.messages import AggregateId, aggregate_id
from kernel.operation import CommandBody, Context, Json, Operation, Who, filled, snake
from kernel.ownership import Person
from skafu.examples import inner_ids
from skafu.simulation.proxy import BATCHES, MACHINES, proxy_event

ACCOUNT = "123456789012"
NOTHING = tuple(f"0198f2a0-0000-7000-8000-0000000000f{n}" for n in range(3))
"""Ids of nothing."""
NONSENSE: Json = {"nonsense": True}

RANDOM = contents.random_commands
FIRST = contents.first_creation
CREATIONS = {o.aggregate_type: o for o in contents.operations if o.creates}
LATER = {
    kind.aggregate_type: tuple(o for o in kind.operations if not o.creates)
    for kind in contents.aggregates
}


def named(names: Iterable[str]) -> tuple[Operation, ...]:
    return tuple(contents.operation[name] for name in names)


HABITS = (*map(named, RANDOM.habits), contents.operations)
"""What the clients of one schedule do: anything mostly, some only one kind of thing."""
LONG_LIFE = named(RANDOM.long_life) or contents.operations
STORIES = tuple(map(named, RANDOM.stories))
SAGA_STORIES = tuple(map(named, RANDOM.saga_stories))
BY_SAGAS = frozenset(
    operation.name
    for saga in contents.sagas
    for operation in contents.aggregate[saga.aggregate_type].operations
    if operation.who is Who.WORKER
)
"""Commands that clients leave to the sagas, where those run."""
FOLLOWING = {name: named(following) for name, following in RANDOM.following.items()}
"""What somebody does next, mostly, when they see that this was done."""


@dataclass(slots=True)
class Known:
    """Everything that clients have heard of: things of each kind with their owners and contents.

    Ids are known as soon as somebody has asked for them: they are derived.
    """

    things: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    inner: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By thing and name, `<plain id> serviceId`."""

    begun: list[tuple[Operation, str]] = field(default_factory=list)
    """What somebody may do next, and with what."""

    @property
    def any_first(self) -> bool:
        """Tell whether there is something to talk about."""
        return bool(self.things[FIRST.aggregate_type])

    def ids(self, aggregate_type: str) -> Sequence[str]:
        return [*self.things[aggregate_type]] or NOTHING

    def within(self, thing: str | None, name: str, rng: Random) -> str:
        """Return the id of something in the thing, mostly; sometimes an id of nothing."""
        known = self.inner.get(f"{thing} {name}", [])
        return rng.choice(known or NOTHING) if rng.random() < 0.95 else NOTHING[0]


@dataclass(slots=True)
class Watched:
    """Look-ups of the domain that remember whether they were used."""

    look_ups: Any
    used: bool = False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the domain's own
        self.used = True
        return getattr(self.look_ups, name)


@dataclass(frozen=True)
class Wish:
    """One thing that a client wants done, once, however often it is sent."""

    who: Caller
    operation: Operation
    data: Json
    target: str | None
    command_id: str
    expected_version: int | None
    correlation_id: str | None
    on_conflict: OnConflict = OnConflict.REJECT
    ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def thing(self) -> str:
        """The plain id of the aggregate that it is about."""
        return self.target or derived_id(self.who.owner, self.command_id)

    @property
    def owner(self) -> str:
        """The owner of what it creates."""
        return owner(self.who)

    @cached_property
    def valid(self) -> bool:
        try:
            self.operation.body.model_validate(self.data)
        except ValidationError:
            return False
        return True

    @cached_property
    def may_command(self) -> bool:
        return self.valid and may_send(self.who, self.operation)

    @cached_property
    def request(self) -> Request[Any]:
        """Return what the API must make of it, except what is looked up."""
        return self.looking_up(contents.no_look_ups)

    @cached_property
    def people(self) -> frozenset[str]:
        """Return the subs of those whom the command names as persons."""
        named = list[str]()

        def person(owner: str) -> Person:
            named.append(user_id(owner))
            return Person(owner)

        self.looking_up(contents.no_look_ups, person)
        return frozenset(named)

    @cached_property
    def looks_up(self) -> bool:
        """Tell whether the command takes what it finds of other aggregates."""
        watched = Watched(contents.no_look_ups)
        self.looking_up(watched)
        return watched.used

    def looking_up(
        self,
        look_ups: Any,  # noqa: ANN401 - the domain's own
        person: Callable[[str], Person] = Person,
    ) -> Request[Any]:
        acting = actor(self.who, self.operation.who)
        ids = {snake(name): value for name, value in self.ids.items()}
        context = Context(
            acting,
            self.derived,
            look_ups,
            ids,
            name=self.who.name,
            email=self.who.email,
            person=person,
            aggregate=self.thing,
        )
        body = cast(CommandBody, self.operation.body.model_validate(self.data))
        return Request(
            aggregate_id=self.aggregate,
            command=body.command(context),
            metadata=CommandMetadata(
                command_id=self.command_id,
                actor=acting,
                correlation_id=self.correlation_id or self.command_id,
                expected_version=self.expected_version,
                on_conflict=self.on_conflict,
            ),
        )

    @property
    def aggregate(self) -> AggregateId:
        return aggregate_id(self.operation.aggregate_type, self.thing)

    @cached_property
    def fingerprint(self) -> bytes:
        return self.request.fingerprint()

    def derived(self, number: int) -> str:
        """Return the n-th id that the command makes within the aggregate."""
        return nth_inner_id(self.aggregate, self.who.owner, self.command_id, number)

    @property
    def envelope(self) -> Json:
        given = {
            "commandId": self.command_id,
            "aggregateId": self.target,
            "expectedVersion": self.expected_version,
            "onConflict": str(self.on_conflict),
            "correlationId": self.correlation_id,
        }
        data = {**self.data, **self.ids}
        return {name: v for name, v in given.items() if v is not None} | {"data": data}

    @property
    def item(self) -> Json:
        """Return the wish as one command of several, and as machines send it."""
        named = {"type": self.operation.name, **self.envelope}
        person = self.who.on_behalf_of
        return named if person is None else {**named, "onBehalfOf": person}

    def task_style(self) -> Json:
        path = f"/commands/{self.operation.name}"
        return request_of(self.who, "POST", path, {}, self.envelope)

    def machine_style(self) -> Json:
        return request_of(self.who, "POST", MACHINES, {}, self.item)

    def rest_style(self) -> Json:
        headers = {"Idempotency-Key": self.command_id, "X-On-Conflict": str(self.on_conflict)}
        if self.expected_version is not None:
            headers["If-Match"] = f'"{self.expected_version}"'
        if self.correlation_id is not None:
            headers["X-Correlation-Id"] = self.correlation_id
        path = self.operation.path
        for name, value in {"id": self.target or "", **self.ids}.items():
            path = path.replace(f"<{name}>", value)
        return request_of(self.who, self.operation.method, path, headers, self.data)


def deferred(event: Json) -> Json:
    """Return the request with the preference to be run later."""
    preferred = {"Prefer": "respond-async"}
    several = {name: [value] for name, value in preferred.items()}
    return event | {
        "headers": event["headers"] | preferred,
        "multiValueHeaders": event["multiValueHeaders"] | several,
    }


def batch_of(who: Caller, wishes: Sequence[Wish]) -> Json:
    """Return one request with all of them."""
    body = {"commands": [wish.item for wish in wishes]}
    return request_of(who, "POST", MACHINES if who.is_machine else BATCHES, {}, body)


def request_of(who: Caller, method: str, path: str, headers: dict[str, str], body: Json) -> Json:
    """Return the request with all that API Gateway knows of its sender."""
    if who.is_machine:
        return proxy_event(method, path, headers, body, None, arn(who))
    return proxy_event(method, path, headers, body, claims(who), None, who.client)


def may_send(who: Caller, operation: Operation) -> bool:
    try:
        actor(who, operation.who)
    except Forbidden:
        return False
    return True


def owner(who: Caller) -> str:
    return who.on_behalf_of or who.owner


def arn(who: Caller) -> str:
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/{who.username}/simulated"


def claims(who: Caller) -> dict[str, str]:
    told = {"name": who.name, "email": who.email}
    return {
        "sub": who.sub,
        "cognito:username": who.username,
        "cognito:groups": ",".join(who.groups),
        "token_use": "id",
        **{name: value for name, value in told.items() if value is not None},
    }


def remember(known: Known, wish: Wish) -> None:
    """Keep the ids that the command names or makes, so that others may use them."""
    if not wish.may_command:
        return
    command = wish.request.command.model_dump(mode="json", by_alias=True)
    for name, value in inner_ids(command):
        ids = known.inner[f"{wish.thing} {name}"]
        ids += [] if value in ids else [value]


def data_of(operation: Operation, rng: Random, known: Known) -> Json:
    make = RANDOM.data.get(operation.name)
    return from_example(operation, rng, known) if make is None else make(rng, known)


def from_example(operation: Operation, rng: Random, known: Known) -> Json:
    """Return the example's data, about something that is known."""
    if operation.example is None:
        return {}
    texts = {name: make(rng.randint(1, 2)) for name, make in contents.example_texts.items()}
    ids = {kind.noun: rng.choice(known.ids(kind.aggregate_type)) for kind in contents.aggregates}
    return filled(operation.example.typical, another_user() | texts | ids)


def wrong_data(operation: Operation, rng: Random) -> Json:
    return rng.choice((NONSENSE, *RANDOM.wrong.get(operation.name, ())))
