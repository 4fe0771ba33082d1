"""What clients may want, for every command of the API, and what the API is to make of it."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Any, cast

from application.writing.identity import derived_id, nth_inner_id
from application.writing.requests import CommandMetadata, OnConflict, Request
from domain.contents import contents
from edge.authorization import actor
from edge.caller import Caller, Forbidden
from kernel.messages import AggregateId, aggregate_id
from kernel.operation import CommandBody, Context, Operation, snake
from skafu.simulation.gateway import proxy_event

LONG = "x" * 700  # the state no longer shares the commit's write unit
NAMES = ("Atlas", "Borealis", "Cirrus")
DESCRIPTIONS = (None, "short", LONG, "y" * 700)
SERVICES = ("api", "web", "Web", "jobs")  # two of them are one name
REGIONS = ("us-east-1", "eu-west-1")
SLUGS = ("web", "api")
DEPLOYMENTS = tuple(f"0198f2a0-0000-7000-8000-00000000000{n}" for n in range(3))
STEPS = ("TEMPLATE", "ANALYSIS", "REPOSITORY", "CONFIGURATION")

BATCHES, MACHINES = "/commands", "/integration/commands"
ACCOUNT = "123456789012"

Data = dict[str, Any]
CREATE, CHANGE = contents.operation["create-project"], contents.operation["change-project"]
ADD = contents.operation["add-service"]


def named(*names: str) -> tuple[Operation, ...]:
    return tuple(contents.operation[name] for name in names)


CREATIONS = {o.aggregate_type: o for o in contents.operations if o.creates}
PROJECT, TEMPLATE, ANALYSIS = CREATIONS
CHOOSE, REQUEST = contents.operation["choose-template"], contents.operation["request-analysis"]
LOOKING_UP = (CHOOSE, REQUEST)
"""These commands take what they find of another aggregate."""


def of_kind(kind: str) -> tuple[Operation, ...]:
    return tuple(o for o in contents.operations if o.aggregate_type == kind and not o.creates)


PROJECT_OPERATIONS = of_kind(PROJECT)
TEMPLATING = (
    *(CREATIONS[TEMPLATE],) * 3,
    *of_kind(TEMPLATE),
    contents.operation["publish-template"],
)
ANALYSING = (*(REQUEST,) * 4, *of_kind(ANALYSIS))
SERVICE = named("change-service", "remove-service")
LIFE = named("archive-project", "restore-project", "archive-project", "delete-project")
DEPLOYING = named("start-deployment", "complete-deployment", "fail-deployment")
PROVISIONING = tuple(o for o in PROJECT_OPERATIONS if "provisioning" in o.name)
EVERYDAY = (*(CHANGE,) * 10, *(ADD,) * 6, *SERVICE * 2, *PROJECT_OPERATIONS)
HABITS = (
    *(EVERYDAY,) * 5,
    (CHANGE,),
    (CHANGE, ADD),
    (*(ADD,) * 3, *SERVICE * 2),
    (*DEPLOYING, CHANGE),
    *((*PROVISIONING, CHANGE),) * 2,
    (*LIFE, CHANGE, ADD),
    *((*TEMPLATING, *(CHOOSE,) * 4),) * 3,
    (*ANALYSING, CHANGE, *LIFE),
    contents.operations,
)
"""What the clients of one schedule do: anything mostly, some only one kind of thing."""


FOLLOWING: Mapping[str, tuple[Operation, ...]] = {
    "draft-template": named("publish-template", "publish-template", "revise-template"),
    "revise-template": named("publish-template", "publish-template", "deprecate-template"),
    "publish-template": named("choose-template", "choose-template", "revise-template"),
    "request-analysis": named("complete-analysis", "fail-analysis", "cancel-analysis"),
    "start-deployment": named("complete-deployment", "fail-deployment"),
    "start-provisioning": named(*["complete-provisioning-step"] * 2, "fail-provisioning"),
    "complete-provisioning-step": named("complete-provisioning"),
    "fail-provisioning": named("start-provisioning"),
}
"""What somebody does next, mostly, when they see that this was done."""


@dataclass(slots=True)
class Known:
    """What clients talk about: things of each kind with their owners, and what is in them.

    Ids are known as soon as somebody has asked for them: they are derived.
    """

    things: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    inner: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By project and kind, `<project> serviceId`."""

    begun: list[tuple[Operation, str]] = field(default_factory=list)
    """What somebody may do next, and with what."""

    @property
    def projects(self) -> dict[str, str]:
        return self.things[PROJECT]

    def within(self, project: str | None, kind: str, rng: Random) -> str:
        """Something in the project, mostly; sometimes what never was."""
        known = self.inner.get(f"{project} {kind}", [])
        return rng.choice(known or DEPLOYMENTS) if rng.random() < 0.95 else DEPLOYMENTS[0]


@dataclass(frozen=True)
class Wish:
    """One thing that a client wants done, once, however often it is sent."""

    who: Caller
    operation: Operation
    data: Data
    target: str | None
    command_id: str
    expected_version: int | None
    correlation_id: str | None
    on_conflict: OnConflict = OnConflict.REJECT
    ids: Mapping[str, str] = field(default_factory=dict)
    valid: bool = True

    @property
    def thing(self) -> str:
        """The plain id of what it is about."""
        return self.target or derived_id(self.who.owner, self.command_id)

    @property
    def owner(self) -> str:
        """Whose a thing is that it makes."""
        return owner(self.who)

    @property
    def may_command(self) -> bool:
        return self.valid and may_send(self.who, self.operation)

    @cached_property
    def request(self) -> Request[Any]:
        """What the API is to make of it."""
        return self.looking_up(contents.no_look_ups)

    def looking_up(self, look_ups: Any) -> Request[Any]:  # noqa: ANN401 - the domain's own
        acting = actor(self.who, self.operation.who)
        ids = {snake(name): value for name, value in self.ids.items()}
        context = Context(
            acting, self.derived, look_ups, ids, name=self.who.name, email=self.who.email
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
    def envelope(self) -> Data:
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
    def item(self) -> Data:
        """As one of several, and as machines send it."""
        named = {"type": self.operation.name, **self.envelope}
        person = self.who.on_behalf_of
        return named if person is None else {**named, "onBehalfOf": person}

    def task_style(self) -> Data:
        path = f"/commands/{self.operation.name}"
        return proxy_event("POST", path, {}, self.envelope, claims(self.who))

    def machine_style(self) -> Data:
        return proxy_event("POST", MACHINES, {}, self.item, None, arn(self.who))

    def rest_style(self) -> Data:
        headers = {"Idempotency-Key": self.command_id, "X-On-Conflict": str(self.on_conflict)}
        if self.expected_version is not None:
            headers["If-Match"] = f'"{self.expected_version}"'
        if self.correlation_id is not None:
            headers["X-Correlation-Id"] = self.correlation_id
        path = self.operation.path
        for name, value in {"id": self.target or "", **self.ids}.items():
            path = path.replace(f"<{name}>", value)
        return proxy_event(self.operation.method, path, headers, self.data, claims(self.who))


def deferred(event: Data) -> Data:
    """The same, to be run later."""
    preferred = {"Prefer": "respond-async"}
    several = {name: [value] for name, value in preferred.items()}
    return event | {
        "headers": event["headers"] | preferred,
        "multiValueHeaders": event["multiValueHeaders"] | several,
    }


def batch_of(who: Caller, wishes: Sequence[Wish]) -> Data:
    """All of them in one request."""
    body = {"commands": [wish.item for wish in wishes]}
    if who.is_machine:
        return proxy_event("POST", MACHINES, {}, body, None, arn(who))
    return proxy_event("POST", BATCHES, {}, body, claims(who))


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
    return {
        "sub": who.sub,
        "cognito:username": who.username,
        "cognito:groups": ",".join(who.groups),
        "token_use": "id",
    }


def remember(known: Known, wish: Wish) -> None:
    """Ids that the command brings forth, so that others may use them."""
    services = wish.data.get("services", []) if wish.operation is CREATE else [wish.data]
    if wish.operation in (CREATE, ADD):
        ids = [wish.derived(n) for n in range(len(services))]
        known.inner[f"{wish.thing} serviceId"] += ids
    if wish.operation.name == "start-deployment":
        ids = [wish.data.get("deploymentId") or wish.derived(0)]
        known.inner[f"{wish.thing} deploymentId"] += ids


# --------------------------------------------------------------------------- data of each command


def data_of(operation: Operation, rng: Random, known: Known) -> Data:
    if operation is REQUEST:
        return {"projectId": rng.choice([*known.projects] or DEPLOYMENTS), "kind": "COST"}
    if operation is CHOOSE:
        return {"templateId": rng.choice((*SLUGS, *known.things[TEMPLATE]))}
    make = DATA.get(operation.name)
    return {} if make is None else make(rng)


def create_data(rng: Random) -> Data:
    services = [service_data(rng) for _ in range(rng.choice((0, 0, 1, 2, 3)))]
    configured = {"configuration": configuration_data(rng)} if rng.random() < 0.2 else {}
    return {**description_data(rng), **configured, "name": rng.choice(NAMES), "services": services}


def change_data(rng: Random) -> Data:
    return some_of(rng, {"name": rng.choice(NAMES)}, description_data(rng))


def description_data(rng: Random) -> Data:
    return {"description": rng.choice(DESCRIPTIONS)}


def configuration_data(rng: Random) -> Data:
    data = {"runtime": "python3.13", "region": rng.choice(REGIONS)}
    return data if rng.random() < 0.7 else {**data, "environment": {"TEXT": LONG}}


def service_data(rng: Random) -> Data:
    data = {"serviceName": rng.choice(SERVICES), "serviceType": rng.choice(("API", "WORKER"))}
    return data if rng.random() < 0.7 else {**data, **size_data(rng)}


def service_change_data(rng: Random) -> Data:
    return some_of(rng, {"serviceName": rng.choice(SERVICES)}, size_data(rng))


def size_data(rng: Random) -> Data:
    return {"configuration": {"size": rng.randint(1, 3)}}


def link_data(rng: Random) -> Data:
    return {"provider": "GITHUB", "url": f"https://example.org/{rng.randint(1, 2)}.git"}


def deployment_data(rng: Random) -> Data:
    data = {"environment": rng.choice(("prod", "dev"))}
    return data if rng.random() < 0.3 else {**data, "deploymentId": rng.choice(DEPLOYMENTS)}


def reason_data(rng: Random) -> Data:
    return {"reason": rng.choice(("It leaks.", "It is cold."))}


def step_data(rng: Random) -> Data:
    return {"step": rng.choice(STEPS)}


def draft_data(rng: Random) -> Data:
    return {"slug": rng.choice(SLUGS), "name": rng.choice(NAMES), **files_data(rng)}


def revision_data(rng: Random) -> Data:
    return some_of(rng, {"name": rng.choice(NAMES)}, files_data(rng))


def files_data(rng: Random) -> Data:
    return {"files": [{"path": "README.md", "content": rng.choice(NAMES)}]}


def answer_data(rng: Random) -> Data:
    return {"summary": rng.choice(("Fine.", LONG)), "analyst": "rules"}


def some_of(rng: Random, one: Data, other: Data) -> Data:
    return rng.choice((one, other, {**one, **other}))


DATA: Mapping[str, Callable[[Random], Data]] = {
    "create-project": create_data,
    "change-project": change_data,
    "configure-project": configuration_data,
    "add-service": service_data,
    "change-service": service_change_data,
    "link-repository": link_data,
    "start-deployment": deployment_data,
    "fail-deployment": reason_data,
    "complete-provisioning-step": step_data,
    "fail-provisioning": reason_data,
    "draft-template": draft_data,
    "revise-template": revision_data,
    "deprecate-template": reason_data,
    "complete-analysis": answer_data,
    "fail-analysis": reason_data,
}
"""A command that is neither here nor looking anything up takes none."""
