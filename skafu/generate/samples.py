"""Sample payloads of both APIs: events/command_api/ and events/query_api/.

A request of every command, from its example, and of every query. Creations come in task style, what
machines report in their own, all else in REST style. Files that were written by hand stay.

Each command has aggregates of its own, so that samples can be sent in any order and again. The
files of `beginnings` come first: they begin what all others change or read.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast
from zlib import crc32

from application.writing.identity import nth_inner_id
from domain.contents import contents
from edge.commands.examples import inner_ids as example_ids
from kernel.actor import Actor
from kernel.messages import aggregate_id
from kernel.operation import CommandBody, Context, Json, Operation, Who, filled
from kernel.operation import snake as field_name
from kernel.query import Detail, Download, Inner, Listing, Query, Within
from local.invoke import GENERATED, TOKEN
from local.people import ADMIN, OWNER, SECOND, Person
from skafu.examples import inner_ids

ROOT = Path(__file__).resolve().parents[2]
COMMANDS, QUERIES = "events/command_api", "events/query_api"
BEGINNING = f"{COMMANDS}/0_begin_{{}}.json"
MACHINES = "/integration/commands"
ANOTHER = {"anotherUser": SECOND.sub}
ROBOT = "arn:aws:sts::000000000000:assumed-role/robot/sample"

Headers = Mapping[str, str]
NOTHING: Headers = {}


@dataclass(frozen=True)
class Scene:
    """The aggregates of one sample: one of each type, apart from those of other samples."""

    name: str
    number: int

    @classmethod
    def of(cls, operation: Operation) -> "Scene":
        """Return that of a command. Creations that need nothing share one: queries read it."""
        return cls.named(operation.name) if given(operation) else FIRST

    @classmethod
    def named(cls, name: str) -> "Scene":
        return cls(name, crc32(name.encode()))

    def key(self, operation: Operation) -> str:
        """Return the command's idempotency key: the sample's own, or that of a step before it."""
        place = "" if self in (FIRST, Scene.named(operation.name)) else f"{self.name}-"
        return f"sample-{place}{operation.name}"

    def id_of(self, aggregate_type: str) -> str:
        kinds = [kind.aggregate_type for kind in contents.aggregates]
        return f"0198f2a0-0000-7000-8000-{self.number:08x}{1 + kinds.index(aggregate_type):04x}"

    def data_of(self, operation: Operation) -> Json:
        """Return the typical data. Without an example there is none: `make check` says so."""
        # What the documents name may be there already: `make dev` seeds it.
        number = self.number or 1
        texts = {name: text(number) for name, text in contents.example_texts.items()}
        ids = {kind.noun: self.id_of(kind.aggregate_type) for kind in contents.aggregates}
        typical = operation.example.typical if operation.example else {}
        return filled(typical, example_ids(contents) | ANOTHER | texts | ids)

    def inner_of(self, operation: Operation) -> dict[str, str]:
        """Return the ids within the aggregate that the steps before the command make there."""
        known = example_ids(contents)
        for earlier in given(operation):
            if earlier.aggregate_type == operation.aggregate_type:
                known |= self.made_by(earlier, known)
        return known

    def made_by(self, operation: Operation, known: Mapping[str, str]) -> dict[str, str]:
        aggregate = aggregate_id(operation.aggregate_type, self.id_of(operation.aggregate_type))
        person = sender(operation)
        owner = f"{person.sub}::{person.sub}"
        context = Context(
            actor=Actor(owner),
            new_id=partial(nth_inner_id, aggregate, owner, self.key(operation)),
            look_ups=contents.no_look_ups,
            ids={field_name(name): known[name] for name in operation.ids},
        )
        body = cast(CommandBody, operation.body.model_validate(self.data_of(operation)))
        return dict(inner_ids(body.command(context).model_dump(mode="json", by_alias=True)))

    def item(self, operation: Operation) -> Json:
        """Return a command as machines and batches have it."""
        known = self.inner_of(operation)
        ids = {name: known[name] for name in operation.ids}
        aggregate = self.id_of(operation.aggregate_type)
        data = self.data_of(operation) | ids
        return {"type": operation.name, "aggregateId": aggregate, "data": data}

    def step(self, operation: Operation) -> Json:
        return {**self.item(operation), "commandId": self.key(operation)}

    def path_of(self, operation: Operation) -> str:
        path = filled_path(operation.path, self.id_of(operation.aggregate_type))
        for name, value in self.inner_of(operation).items():
            path = path.replace(f"<{name}>", value)
        return path


FIRST = Scene("", 0)


def files() -> dict[str, str]:
    """Return every generated sample by its path in the repository."""
    commands = {operation.name: of_command(operation) for operation in contents.operations}
    found = {
        **dict(beginnings()),
        **{f"{COMMANDS}/{snake(name)}.json": event for name, event in commands.items()},
        **{f"{COMMANDS}/{name}.json": event for name, event in others()},
        **{f"{QUERIES}/{name}.json": event for name, event in queries()},
    }
    return {name: json.dumps(e, indent=2, ensure_ascii=False) + "\n" for name, e in found.items()}


def superfluous(wanted: Mapping[str, str]) -> list[Path]:
    """Return generated files of commands and queries that are no more."""
    there = (file for folder in (COMMANDS, QUERIES) for file in (ROOT / folder).glob("*.json"))
    made = (
        f for f in there if json.loads(f.read_text())["requestContext"].get("apiId") == GENERATED
    )
    return [file for file in made if file.relative_to(ROOT).as_posix() not in wanted]


def beginnings() -> Iterator[tuple[str, Json]]:
    """Yield a batch of those who have to begin something, in the order in which they are sent."""
    for who in (Who.ADMIN, Who.OWNER, Who.WORKER):
        given = [(scene, operation) for scene, operation in all_given() if operation.who is who]
        if given:
            steps = [scene.step(operation) for scene, operation in given]
            key = {"Idempotency-Key": f"sample-begin-{who}"}
            person = sender(given[0][1])
            batch = request("POST", "/commands", {"commands": steps}, key, person=person)
            yield BEGINNING.format(who), batch


def all_given() -> Iterator[tuple[Scene, Operation]]:
    """Yield all that samples build on, each thing after what it builds on itself."""
    yield FIRST, contents.first_creation
    for operation in contents.operations:
        for earlier in given(operation):
            yield Scene.of(operation), earlier


def given(operation: Operation) -> tuple[Operation, ...]:
    names = operation.example.given if operation.example else ()
    return tuple(contents.operation[name] for name in names)


def sender(operation: Operation) -> Person:
    """Return the person of the sample; what only machines and Admin may send is Admin's."""
    return OWNER if operation.who is Who.OWNER else ADMIN


def of_command(operation: Operation) -> Json:
    scene, person = Scene.of(operation), sender(operation)
    if operation.who is Who.WORKER:
        return signed(scene.step(operation))
    if operation.creates:
        step = scene.step(operation)
        name = step.pop("type")
        return request("POST", f"/commands/{name}", step, person=person)
    return changing(scene, operation)


def changing(scene: Scene, operation: Operation, headers: Headers = NOTHING) -> Json:
    data, key = scene.data_of(operation), {"Idempotency-Key": scene.key(operation)}
    path, person = scene.path_of(operation), sender(operation)
    return request(operation.method, path, data, {**key, **headers}, person=person)


def others() -> Iterator[tuple[str, Json]]:
    """Yield what is no sample of a single command: what else can be asked of all of them."""
    first, then = contents.first_creation, contents.first_change
    yield "wait_for_row", changing(Scene.of(then), then, {"Prefer": "wait=2"})
    commands = [Scene.named("batch").item(operation) for operation in (first, then)]
    key = {"Idempotency-Key": "sample-batch"}
    yield "batch", request("POST", "/commands", {"commands": commands}, key)
    for_person = {
        "type": first.name,
        "commandId": "sample-machine",
        "onBehalfOf": OWNER.sub,
        "data": Scene.named("machine").data_of(first),
    }
    yield "machine", signed(for_person)


def queries() -> Iterator[tuple[str, Json]]:
    # Nothing can be downloaded before a worker has made it.
    shown = (query for query in contents.queries if not isinstance(query, Download))
    for query in shown:
        path = inner_path(query) if isinstance(query, Inner) else path_of(query)
        given = PARAMETERS[type(query)]
        yield query.name, request("GET", path, None, parameters=given, person=reader(query))
    yield from history()


def reader(query: Query) -> Person:
    """Return the person of the sample: Admin for rows that are nobody's own."""
    match query:
        case Listing(own=None):
            return ADMIN
        case Detail(aggregate_type=kind):
            return sender(next(o for o in contents.aggregate[kind].operations if o.creates))
        case _:
            return OWNER


def path_of(query: Query) -> str:
    """Return the path of the query, for the first aggregate of its type that samples begin."""
    kind = aggregate_type(query)
    scenes = (scene for scene, o in all_given() if o.creates and o.aggregate_type == kind)
    return filled_path(query.path, next(scenes, FIRST).id_of(kind))


def inner_path(query: Inner) -> str:
    """Return the path of what a command changes: what comes before the command has begun it.

    What has a number is the first of the parent that most steps have begun.
    """
    kind = query.parent.aggregate_type
    if query.numbered:
        longest = max((o for o in contents.operations if o.aggregate_type == kind), key=steps)
        return filled_path(query.path, Scene.of(longest).id_of(kind)).replace(
            f"<{query.part}>", "1"
        )
    operation = next(o for o in contents.operations if query.part in o.ids)
    scene = Scene.of(operation)
    path = filled_path(query.path, scene.id_of(kind))
    return path.replace(f"<{query.part}>", scene.inner_of(operation)[query.part])


def steps(operation: Operation) -> int:
    return len(given(operation))


PARAMETERS: Mapping[type[Query], Mapping[str, str] | None] = {
    Detail: {"minVersion": "1"},
    Listing: {"sort": "createdAt:desc", "limit": "20"},
    Within: None,
    Inner: {"minVersion": "1"},
    Download: None,
}


def history() -> Iterator[tuple[str, Json]]:
    """Yield what the sample of the first creation can be asked for."""
    creation = contents.first_creation
    kind = contents.aggregate[creation.aggregate_type]
    root = f"{creation.collection}/{FIRST.id_of(kind.aggregate_type)}"
    yield f"list_{kind.noun}_events", request("GET", f"{root}/events", None)
    state = request("GET", f"{root}/state", None, parameters={"version": "1"})
    yield f"get_{kind.noun}_state", state
    command = f"{root}/commands/{FIRST.key(creation)}"
    yield f"get_{kind.noun}_command", request("GET", command, None)


def aggregate_type(query: Query) -> str:
    """Return the type of the aggregate that the query, or the path of it, begins with."""
    if isinstance(query, Detail):
        return query.aggregate_type
    collections = {path: kind.aggregate_type for path, kind in contents.collections()}
    return collections.get("/" + query.path.split("/")[1], contents.aggregates[0].aggregate_type)


def filled_path(path: str, id: str) -> str:
    return path.replace("<id>", id)


def snake(name: str) -> str:
    return name.replace("-", "_")


def signed(body: Json) -> Json:
    """Return a request of a machine, which IAM vouches for."""
    event = request("POST", MACHINES, body)
    context = {name: v for name, v in event["requestContext"].items() if name != "authorizer"}
    context |= {"resourcePath": MACHINES, "identity": {**IDENTITY, "userArn": ROBOT}}
    return event | {"resource": MACHINES, "pathParameters": None, "requestContext": context}


IDENTITY = {"sourceIp": "127.0.0.1", "userAgent": "sample"}


def request(
    method: str,
    path: str,
    body: Json | None,
    headers: Headers = NOTHING,
    *,
    parameters: Mapping[str, str] | None = None,
    person: Person = OWNER,
) -> Json:
    """Return a request as a REST API's proxy integration sends it to a function."""
    sent = {
        "Authorization": TOKEN,
        "Content-Type": "application/json",
        "Origin": "http://127.0.0.1:5173",
        "X-Correlation-Id": "sample",
        **headers,
    }
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": several(sent),
        "queryStringParameters": parameters,
        "multiValueQueryStringParameters": parameters and several(parameters),
        "pathParameters": {"proxy": path.removeprefix("/")},
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/{proxy+}",
            "httpMethod": method,
            "path": f"/local{path}",
            "stage": "local",
            "requestId": "11111111-2222-4333-8444-555555555555",
            "accountId": "000000000000",
            "apiId": GENERATED,
            "identity": IDENTITY,
            "authorizer": {"claims": claims(person)},
        },
        "body": None if body is None else json.dumps(body, ensure_ascii=False),
        "isBase64Encoded": False,
    }


def several(values: Mapping[str, str]) -> dict[str, Any]:
    return {name: [value] for name, value in values.items()}


def claims(person: Person) -> dict[str, str]:
    named = {"sub": person.sub, "cognito:username": person.sub, "email": person.email}
    groups = {"cognito:groups": ",".join(person.groups)} if person.groups else {}
    return {**named, "token_use": "id", **groups}
