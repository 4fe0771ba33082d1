"""The table of who may do what (docs/authorization.yaml), on every field of the SDL."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from time import sleep
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    OperationType,
    get_named_type,
    is_list_type,
    is_required_input_field,
)

from domain.contents import contents
from local import endpoint
from local.stack import Stack
from skafu.generate import authorization
from skafu.generate.read_models import amplify_schema
from tests.support.api_client import Json, eventually
from tests.support.appsync_client import AppSync, Subscriber, document, fresh_id
from tests.support.paths import ROOT
from tests.support.principals import Matrix

pytestmark = pytest.mark.feature("L7", "L8", "R37")

SCHEMA = amplify_schema()
KINDS = {
    "Query": OperationType.QUERY,
    "Mutation": OperationType.MUTATION,
    "Subscription": OperationType.SUBSCRIPTION,
}
WHO = authorization.principals()
HEARD = ("second", "developer", "owner", "admin", "machine")
VERBS = ("create", "update", "delete")
MANIFEST = json.loads((ROOT / "amplify/generated/resolvers/manifest.json").read_text())
OWN = {one["field"] for one in MANIFEST["resolvers"] if "code" in one}
"""Queries that a resolver of our own answers, in JavaScript."""
MODELS = tuple(contents.read_models.rows)
PROJECTED = {model for projection in contents.projections for model in projection.models}
UNPROJECTED = sorted(set(MODELS) - PROJECTED)
"""Models whose rows no event makes."""
ENDPOINT = "Endpoint"
"""The address of the command API: no read model, since whoever deploys the functions writes it."""
API_KEY = "api key"
HELD_OPEN = 3.0  # seconds in which something may still come that should not
QUIET = 1.0  # seconds without a frame, after which no more is expected


def fields(kind: str) -> dict[str, GraphQLField]:
    root = SCHEMA.get_root_type(KINDS[kind])
    return {} if root is None else dict(root.fields)


@dataclass(frozen=True)
class Rows:
    """A row of each model, the owner's where it has one."""

    matrix: Matrix
    others: Mapping[str, str]

    def id_of(self, model: str) -> str:
        return {ENDPOINT: endpoint.ID, **self.matrix.rows, **self.others}[model]

    def sample(self, model: str, row_id: str, verb: str = "create") -> Json:
        """Return the input of a mutation of the model."""
        shape = SCHEMA.type_map[f"{verb.capitalize()}{model}Input"]
        assert isinstance(shape, GraphQLInputObjectType)
        return {"id": row_id} | {
            name: self.value(name, get_named_type(found.type), is_list_type(unwrapped(found.type)))
            for name, found in shape.fields.items()
            if name != "id"
            and (verb != "delete")
            and (is_required_input_field(found) or name in KEPT)
        }

    def value(self, name: str, kind: GraphQLNamedType, many: bool) -> Any:  # noqa: ANN401 - JSON
        if isinstance(kind, GraphQLEnumType):
            return next(iter(kind.values))
        known = {"owner": self.matrix.owner, "userId": self.matrix.owner.partition("::")[0]}
        by_type = {
            "Int": 1, "Float": 1.0, "Boolean": True, "AWSJSON": "{}", "AWSDateTime": MOMENT,
            "AWSTimestamp": LATER, "AWSDate": MOMENT.partition("T")[0],
        }  # fmt: skip
        value = known.get(name) or by_type.get(kind.name, "matrix")
        return [value] if many else value


KEPT = ("owner", "createdAt", "updatedAt")
MOMENT = "2026-01-02T12:00:00.000Z"
LATER = 4_000_000_000  # when nothing that a test has made is there any more


def unwrapped(graphql_type: Any) -> Any:  # noqa: ANN401 - graphql-core's types of types
    return (
        getattr(graphql_type, "of_type", graphql_type)
        if str(graphql_type).endswith("!")
        else graphql_type
    )


@pytest.fixture(scope="module")
def rows(running: Stack) -> Iterator[Rows]:
    matrix = Matrix(running)
    matrix.prepare()
    made = Rows(matrix, {model: fresh_id() for model in UNPROJECTED})
    machine = matrix.appsync("machine")
    for model, row_id in made.others.items():
        assert mutate(machine, "create", model, made.sample(model, row_id))
    yield made
    for model, row_id in made.others.items():
        assert mutate(machine, "delete", model, {"id": row_id})


def mutate(appsync: AppSync, verb: str, model: str, given: Mapping[str, Any]) -> object:
    """The row as it was answered, or what stands in its place."""
    status, answer = run(appsync, "mutation", f"{verb}{model}", {"input": given})
    if status != 200:
        return status
    return (answer.get("data") or {}).get(f"{verb}{model}")


def run(appsync: AppSync, kind: str, name: str, given: Mapping[str, Any]) -> tuple[int, Json]:
    asked = fields(kind.capitalize())[name]
    return appsync.ask(document(kind, name, asked, given), given)


def stored(rows: Rows, model: str, row_id: str) -> Json | None:
    _, answer = run(rows.matrix.appsync("machine"), "query", f"get{model}", {"id": row_id})
    found: Json | None = answer["data"][f"get{model}"]
    return found


@pytest.mark.parametrize("name", fields("Query"))
def test_a_query_shows_rows_to_whom_the_table_says(name: str, rows: Rows) -> None:
    model = model_of(name)
    answers = {who: shows(rows, who, name, rows.id_of(model)) for who in WHO}

    assert answers == authorization.expected("graphql", f"Query.{name}")


def model_of(name: str) -> str:
    """Return the model of a query's answer: the longest model's name that its type names."""
    answer = get_named_type(fields("Query")[name].type).name
    return max((model for model in (*MODELS, ENDPOINT) if model in answer), key=len)


def shows(rows: Rows, who: str, name: str, row_id: str) -> int | bool:
    """401, or whether the row is in the answer."""
    given = arguments(rows, name, row_id)
    status, answer = run(rows.matrix.appsync(who), "query", name, given)
    if status != 200:
        return status
    found = (answer.get("data") or {}).get(name)
    items = found["items"] if found and is_list(name) else [found]
    wanted = sought(given, row_id) if name in OWN else row_id
    shown = wanted in [item and item["id"] for item in items]
    # An owner's list of what others have is empty without an error. One row is refused with one by
    # what Amplify generates; for a resolver of our own it is as if it were not there.
    silent = found and is_list(name)
    assert shown or silent or name in OWN or answer["errors"], answer
    return shown


def sought(given: Json, row_id: str) -> str:
    """Return the id in the answer: one that adds rows up has that of what the rows belong to."""
    return next((str(id) for name, id in given.items() if name.endswith("Id")), row_id)


def is_list(name: str) -> bool:
    """Tell a page of rows from a row: one that is alone may have a field called items."""
    answer = get_named_type(fields("Query")[name].type)
    return isinstance(answer, GraphQLObjectType) and "nextToken" in answer.fields


def arguments(rows: Rows, name: str, row_id: str) -> Json:
    """Such that the row would be found: by what it says itself."""
    asked = fields("Query")[name].args
    known = {**(stored(rows, model_of(name), row_id) or {}), "id": row_id}
    return narrowed(asked, known) | {
        argument: known.get(argument) or rows.value(argument, get_named_type(found.type), False)
        for argument, found in asked.items()
        if str(found.type).endswith("!")
    }


def narrowed(asked: Mapping[str, Any], known: Json) -> Json:
    """Return a filter that the row passes, and a page that is large enough."""
    if "filter" not in asked:
        return {}
    shape = get_named_type(asked["filter"].type)
    if shape.name.startswith("Model"):  # as Amplify generates them
        return {"filter": {"id": {"eq": known["id"]}}, "limit": 1000}
    return {"filter": {name: known[name] for name in shape.fields}, "limit": 100}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("verb", VERBS)
def test_a_mutation_writes_for_whom_the_table_says(verb: str, model: str, rows: Rows) -> None:
    answers = {who: writes(rows, who, verb, model) for who in WHO}

    assert answers == authorization.expected("graphql", f"Mutation.{verb}{model}")


@pytest.mark.parametrize("verb", ["create", "update"])
def test_the_address_of_the_api_is_written_by_whom_the_table_says(verb: str, rows: Rows) -> None:
    answers = {who: points(rows, who, verb) for who in WHO}

    assert answers == authorization.expected("graphql", f"Mutation.{verb}{ENDPOINT}")


def points(rows: Rows, who: str, verb: str) -> int | bool:
    """401, or whether the address was written, under an id that no page asks for."""
    given = {"id": fresh_id(), "url": "https://api.example.org/dev"}
    if verb == "update":
        assert mutate(rows.matrix.appsync("machine"), "create", ENDPOINT, given)
        given["url"] = "https://elsewhere.example.org/dev"
    answered = mutate(rows.matrix.appsync(who), verb, ENDPOINT, given)
    found = stored(rows, ENDPOINT, given["id"])
    done = found is not None and found["url"] == given["url"]
    assert done is isinstance(answered, dict), f"{who} was answered {answered}"
    return answered if isinstance(answered, int) else done


def writes(rows: Rows, who: str, verb: str, model: str) -> int | bool:
    """401, or whether it was done; a row of its own for each try, gone afterwards."""
    row_id, machine = fresh_id(), rows.matrix.appsync("machine")
    if verb != "create":
        assert mutate(machine, "create", model, rows.sample(model, row_id))
    before = stored(rows, model, row_id)
    given = rows.sample(model, row_id, verb) | ({"version": 9} if verb == "update" else {})
    answered = mutate(rows.matrix.appsync(who), verb, model, given)
    done = stored(rows, model, row_id) != before
    mutate(machine, "delete", model, {"id": row_id})
    assert done is (isinstance(answered, dict)), f"{who} was answered {answered}"
    return answered if isinstance(answered, int) else done


@pytest.fixture(scope="module")
def deliveries(rows: Rows) -> Mapping[str, Mapping[str, int | bool]]:
    """Return by field and principal: 401, or if the owner's row was sent to the subscriber."""
    subscribers = {who: subscribed(rows, who) for who in (*WHO, API_KEY)}
    written = [
        announced(rows, verb, model, row_id)
        for model in MODELS
        for row_id in [fresh_id()]
        for verb in VERBS
    ]
    machine = subscribers["machine"]
    assert isinstance(machine, Subscriber)
    assert eventually(lambda: heard(machine) == len(written))
    sleep(HELD_OPEN)
    for subscriber in subscribers.values():
        if isinstance(subscriber, Subscriber):
            subscriber.read(QUIET)
            subscriber.close()
    return {
        name: {who: outcome(found, name) for who, found in subscribers.items()}
        for name in fields("Subscription")
    }


def heard(subscriber: Subscriber) -> int:
    """Count the fields of which something has come by now."""
    subscriber.read(QUIET)
    return len(subscriber.received)


def announced(rows: Rows, verb: str, model: str, row_id: str) -> str:
    assert mutate(rows.matrix.appsync("machine"), verb, model, rows.sample(model, row_id, verb))
    return f"on{verb.capitalize()}{model}"


def subscribed(rows: Rows, who: str) -> Subscriber | int:
    """To every field; 401 when the connection is not let in."""
    subscriber = rows.matrix.appsync(who).subscriber()
    if not subscriber.open():
        subscriber.close()
        return 401
    for name, asked in fields("Subscription").items():
        subscriber.start(name, document("subscription", name, asked, {}))
    known = len(fields("Subscription"))
    assert subscriber.until(lambda: len(subscriber.accepted) + len(subscriber.refused) == known)
    return subscriber


def outcome(subscriber: Subscriber | int, name: str) -> int | bool:
    if isinstance(subscriber, int):
        return subscriber
    sent = bool(subscriber.received.get(name))
    assert not (sent and name in subscriber.refused)
    return sent


@pytest.mark.parametrize("name", fields("Subscription"))
def test_a_subscriber_is_sent_what_the_table_says(
    name: str, deliveries: Mapping[str, Mapping[str, int | bool]]
) -> None:
    sent = dict(deliveries[name])
    assert sent.pop(API_KEY) is False
    assert sent == authorization.expected("graphql", f"Subscription.{name}")


@pytest.mark.parametrize("name", fields("Query"))
def test_the_api_key_opens_nothing(name: str, rows: Rows) -> None:
    assert shows(rows, API_KEY, name, rows.id_of(model_of(name))) is False


def test_every_field_of_the_sdl_has_its_row() -> None:
    named = {f"{kind}.{name}" for kind in KINDS for name in fields(kind)}

    assert named == set(authorization.table()["graphql"])
