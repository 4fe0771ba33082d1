"""Sample payloads of both APIs: events/command_api/ and events/query_api/.

A request of every command, from its example, and of every query. Creations come in task style, what
machines report in their own, all else in REST style. Files that were written by hand stay.
"""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

from application.writing.identity import nth_inner_id
from domain.contents import contents
from edge.commands.examples import another_user
from edge.commands.examples import inner_ids as example_ids
from kernel.actor import Actor
from kernel.messages import aggregate_id
from kernel.operation import CommandBody, Context, Example, Json, Operation, Who, filled
from kernel.operation import snake as field_name
from kernel.query import Detail, Listing, Query, Within
from skafu.examples import inner_ids

ROOT = Path(__file__).resolve().parents[2]
COMMANDS, QUERIES = "events/command_api", "events/query_api"
MACHINES = "/integration/commands"
MARK = "generated"
"""Stands as `apiId` in files that are generated."""
SUB = "1c0ffee0-0000-4000-8000-000000000001"
ROBOT = "arn:aws:sts::000000000000:assumed-role/robot/sample"
ADMIN = "Admin"

Headers = Mapping[str, str]
NOTHING: Headers = {}


def files() -> dict[str, str]:
    """Return every generated sample by its path in the repository."""
    commands = {operation.name: of_command(operation) for operation in contents.operations}
    found = {
        **{f"{COMMANDS}/{snake(name)}.json": event for name, event in commands.items()},
        **{f"{COMMANDS}/{name}.json": event for name, event in others()},
        **{f"{QUERIES}/{name}.json": event for name, event in queries()},
    }
    return {name: json.dumps(e, indent=2, ensure_ascii=False) + "\n" for name, e in found.items()}


def superfluous(wanted: Mapping[str, str]) -> list[Path]:
    """Return generated files of commands and queries that are no more."""
    there = (file for folder in (COMMANDS, QUERIES) for file in (ROOT / folder).glob("*.json"))
    made = (f for f in there if json.loads(f.read_text())["requestContext"].get("apiId") == MARK)
    return [file for file in made if file.relative_to(ROOT).as_posix() not in wanted]


def of_command(operation: Operation) -> Json:
    key, data = f"sample-{operation.name}", data_of(operation)
    if operation.who is Who.WORKER:
        return signed({**item(operation, data), "commandId": key})
    groups = ADMIN if operation.who is not Who.OWNER else ""
    if operation.creates:
        body = {"commandId": key, "aggregateId": id_of(operation.aggregate_type), "data": data}
        return request("POST", f"/commands/{operation.name}", body, groups=groups)
    path = filled_path(operation.path, operation.aggregate_type, inner_of(operation))
    return request(operation.method, path, data, {"Idempotency-Key": key}, groups=groups)


def others() -> Iterator[tuple[str, Json]]:
    """Yield what is no sample of a single command: what else can be asked of all of them."""
    first, then = contents.first_creation, contents.first_change
    preferred = dict(of_command(then)["headers"]) | {"Prefer": "wait=2"}
    path = filled_path(then.path, then.aggregate_type)
    yield "wait_for_row", request(then.method, path, data_of(then), preferred)
    commands = [item(operation, data_of(operation)) for operation in (first, then)]
    key = {"Idempotency-Key": "sample-batch"}
    yield "batch", request("POST", "/commands", {"commands": commands}, key)
    for_person = {
        "type": first.name,
        "commandId": "sample-machine",
        "onBehalfOf": SUB,
        "data": data_of(first),
    }
    yield "machine", signed(for_person)
    wrong = {"data": {**data_of(first), "unknown": True}}
    yield "refused_unknown_field", request("POST", f"/commands/{first.name}", wrong)


def queries() -> Iterator[tuple[str, Json]]:
    for query in contents.queries:
        path = filled_path(query.path, aggregate_type(query))
        yield query.name, request("GET", path, None, parameters=PARAMETERS[type(query)])
    yield from history()


PARAMETERS: Mapping[type[Query], Mapping[str, str] | None] = {
    Detail: {"minVersion": "1"},
    Listing: {"sort": "createdAt:desc", "limit": "20"},
    Within: None,
}


def history() -> Iterator[tuple[str, Json]]:
    """Yield what the sample of the first creation can be asked for."""
    creation = contents.first_creation
    kind = contents.aggregate[creation.aggregate_type]
    root = f"{creation.collection}/{id_of(kind.aggregate_type)}"
    yield f"list_{kind.noun}_events", request("GET", f"{root}/events", None)
    state = request("GET", f"{root}/state", None, parameters={"version": "1"})
    yield f"get_{kind.noun}_state", state
    command = f"{root}/commands/sample-{creation.name}"
    yield f"get_{kind.noun}_command", request("GET", command, None)


def item(operation: Operation, data: Json) -> Json:
    """Return a command as machines and batches have it."""
    known = inner_of(operation)
    ids = {name: known[name] for name in operation.ids}
    aggregate = id_of(operation.aggregate_type)
    return {"type": operation.name, "aggregateId": aggregate, "data": data | ids}


def data_of(operation: Operation) -> Json:
    """Return the typical data. Without an example there is none: `make check` says so."""
    texts = {name: text(0) for name, text in contents.example_texts.items()}
    ids = {kind.noun: id_of(kind.aggregate_type) for kind in contents.aggregates}
    typical = operation.example.typical if operation.example else {}
    return filled(typical, example_ids(contents) | another_user() | texts | ids)


def inner_of(operation: Operation) -> dict[str, str]:
    """Return the ids within the aggregate that the samples which come before make there."""
    given = (contents.operation[name] for name in (operation.example or Example()).given)
    known = example_ids(contents)
    for earlier in given:
        if earlier.aggregate_type == operation.aggregate_type:
            known |= made_by(earlier, known)
    return known


def made_by(operation: Operation, known: Mapping[str, str]) -> dict[str, str]:
    aggregate = aggregate_id(operation.aggregate_type, id_of(operation.aggregate_type))
    owner = f"{SUB}::{SUB}"
    context = Context(
        actor=Actor(owner),
        new_id=partial(nth_inner_id, aggregate, owner, f"sample-{operation.name}"),
        look_ups=contents.no_look_ups,
        ids={field_name(name): known[name] for name in operation.ids},
    )
    body = cast(CommandBody, operation.body.model_validate(data_of(operation)))
    return dict(inner_ids(body.command(context).model_dump(mode="json", by_alias=True)))


def id_of(aggregate_type: str) -> str:
    kinds = [kind.aggregate_type for kind in contents.aggregates]
    return f"0198f2a0-0000-7000-8000-{1 + kinds.index(aggregate_type):012x}"


def aggregate_type(query: Query) -> str:
    """Return the type of the aggregate that the path of the query begins with."""
    collections = {path: kind.aggregate_type for path, kind in contents.collections()}
    return collections.get("/" + query.path.split("/")[1], contents.aggregates[0].aggregate_type)


def filled_path(path: str, aggregate_type: str, inner: Mapping[str, str] = NOTHING) -> str:
    for name, value in {"id": id_of(aggregate_type), **inner}.items():
        path = path.replace(f"<{name}>", value)
    return path


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
    groups: str = "",
) -> Json:
    """Return a request as a REST API's proxy integration sends it to a function."""
    sent = {
        "Authorization": "sample",
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
            "apiId": MARK,
            "identity": IDENTITY,
            "authorizer": {"claims": claims(groups)},
        },
        "body": None if body is None else json.dumps(body, ensure_ascii=False),
        "isBase64Encoded": False,
    }


def several(values: Mapping[str, str]) -> dict[str, Any]:
    return {name: [value] for name, value in values.items()}


def claims(groups: str) -> dict[str, str]:
    person = {
        "sub": SUB,
        "cognito:username": SUB,
        "email": "sample@skafu.dev",
        "token_use": "id",
    }
    return person | ({"cognito:groups": groups} if groups else {})
