"""Wrong values are answered with a sentence that says what is expected, in every way in.

The cases are made from the OpenAPI document: each part of each request gets wrong values.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from adapters.appsync.queries import AppSyncQueries
from adapters.memory.feed import MemoryFeed
from application.publishing.feed import FeedReader
from domain.contents import contents
from edge.commands.batch import MAX_COMMANDS
from edge.http.faults import OTHERWISE, SENTENCES, fault
from edge.queries import api as query_api
from edge.queries.routes import QueryPorts
from kernel.operation import Operation
from tests.support.api import ADMIN, Answer, Api
from tests.support.documented import document
from tests.support.graphql_session import Session
from tests.support.world import APP, CURRENT
from tests.support.wrong_values import (
    TEXTS,
    Path,
    body_schema,
    example,
    parameters,
    put,
    resolved,
    wrong_values,
)

pytestmark = pytest.mark.feature("C10", "C20")

# Regular expressions, and words of the validator, of JSON schema and of Python.
RAW = re.compile(
    r"\\x|\\w|\[\^|\[[a-z]-[a-z]|\)\$|\]\$|\{\d*,\d+\}|\(\?|^\^"
    r"|pydantic|string should|input should|value error|should match|\bvalid (string|integer|list)"
    r"|\bpattern\b|m(in|ax)_?length|additionalproperties|anyof|\$ref|schema|validat"
    r"|\bstr\b|\bint\b|\bfloat\b|\bbool\b|\bdict\b|\btuple\b|\bnonetype\b|\bnone\b|\bdatetime\b"
    r"|\bjsonvalue\b|\bmodel\b|\battribute|\bclass\b|\binstance\b|traceback",
    re.IGNORECASE,
)
A_SENTENCE = re.compile(r"[A-Z`].*\.", re.DOTALL)
MACHINE = "arn:aws:sts::123456789012:assumed-role/analyst/session"
SESSION = Session({})
QUERIES = query_api.build(
    QueryPorts(
        contents,
        AppSyncQueries(SESSION, contents.read_models),
        CURRENT,  # type: ignore[arg-type] # nothing is asked of it
        FeedReader(MemoryFeed(), CURRENT),  # type: ignore[arg-type]
    )
)


OPERATIONS: list[tuple[str, str, dict[str, Any]]] = [
    (method, path, operation)
    for path, item in document()["paths"].items()
    for method, operation in item.items()
]
WITH_BODY = [o for o in OPERATIONS if "requestBody" in o[2]]
FIRST = f"/commands/{contents.operations[0].name}"
COMMANDS = [pytest.param(operation, id=operation.name) for operation in contents.operations]


def api(method: str) -> Api:
    return Api(QUERIES if method == "get" else APP, ADMIN)


def check(problem: Mapping[str, Any]) -> list[str]:
    """Return the messages of a problem, once each is a sentence for users."""
    messages = [fault["message"] for fault in problem.get("errors", ())]
    for text in (problem["detail"], *messages):
        assert RAW.search(text) is None, text
        assert A_SENTENCE.fullmatch(text), text
        assert text != OTHERWISE
    return messages


def wrong_bodies(schema: Mapping[str, Any], right: object, only: Path = ()) -> Iterator[Any]:
    """Yield bodies with one wrong part each, below the path `only`."""
    for wrong in wrong_values(document(), schema):
        if wrong.path[: len(only)] == only:
            yield put(right, wrong)


def filled(path: str, **given: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: given.get(name[1], ID), path)


ID = "0198f2a0-0000-7000-8000-00000000000a"


@pytest.mark.parametrize(
    ("method", "path", "operation"), WITH_BODY, ids=[o[2]["operationId"] for o in WITH_BODY]
)
def test_every_part_of_a_body_says_what_it_takes(
    method: str, path: str, operation: Mapping[str, Any]
) -> None:
    client = api(method) if path != "/integration/commands" else Api(APP).as_machine(MACHINE)
    # What surrounds the data is the same for every command.
    only = ("data",) if path.startswith("/commands/") and path != FIRST else ()
    refused = 0
    for body in wrong_bodies(body_schema(operation), example(operation), only):
        answer = client.call(method.upper(), filled(path), body, {})
        refused += looked_at(answer)

    assert refused > 5


def looked_at(answer: Answer) -> bool:
    if answer.status in (200, 202):
        return False
    problem = answer.body
    check(problem)
    return bool(problem["status"] == 400)


def distinct() -> Iterator[Any]:
    """Yield each parameter with the first operation that takes it: most headers are shared."""
    seen = set()
    for method, path, operation in OPERATIONS:
        for place, name, schema in parameters(document(), operation):
            key = (place, name, json.dumps(schema))
            if key not in seen:
                seen.add(key)
                yield pytest.param(
                    method, path, operation, place, name, schema, id=f"{name}-{path}"
                )


CONSTRAINTS = {"pattern", "maximum", "minimum", "enum", "maxLength", "format"}


@pytest.mark.parametrize(
    ("method", "path", "operation", "place", "name", "schema"), list(distinct())
)
def test_every_parameter_says_what_it_takes(
    method: str,
    path: str,
    operation: Mapping[str, Any],
    place: str,
    name: str,
    schema: Mapping[str, Any],
) -> None:
    body = example(operation) if "requestBody" in operation else None
    texts = (*TEXTS, "0", "101", "99999999999", "2026-01-01")
    answers = [sent(method, path, body, place, name, text) for text in texts]

    assert any([*map(looked_at, answers)]) == bool(schema.keys() & CONSTRAINTS)


NUMBERS = [
    pytest.param(path, place, name, id=f"{name}-{path}")
    for method, path, operation in OPERATIONS
    for place, name, schema in parameters(document(), operation)
    if method == "get" and schema.get("type") == "integer"
]


@pytest.mark.parametrize(("path", "place", "name"), NUMBERS)
@pytest.mark.parametrize("text", ["1_0", "+1", "01", "1.0", "1e0"])
def test_a_number_in_an_address_is_written_in_digits(
    path: str, place: str, name: str, text: str
) -> None:
    """Python reads all of these as numbers, and not every other client or cache does."""
    assert sent("get", path, None, place, name, text).status == 400


def sent(method: str, path: str, body: object, place: str, name: str, text: str) -> Answer:
    """Send a request with the text for one parameter."""
    client = api(method)
    query = {name: text} if place == "query" else None
    headers = {name.replace("-", "_"): text} if place == "header" else {}
    # Text that would be another path is none of this parameter's.
    inside = re.sub(r"[/\s%]", "_", text) or "_"
    path = filled(path, **({name: inside} if place == "path" else {}))
    if method == "get":
        return client.get(path, query, **headers)
    return client.call(method.upper(), path, body, {n.lower(): v for n, v in headers.items()})


@pytest.mark.parametrize("operation", COMMANDS)
def test_items_of_batches_say_what_they_take(operation: Operation) -> None:
    described = document()["paths"][f"/commands/{operation.name}"]["post"]
    bodies = wrong_bodies(body_schema(described), example(described), ("data",))
    items = [
        {**body, "type": operation.name}
        for body in bodies
        # A field with an empty name is refused before it is known which command it is in.
        if '"": ' not in json.dumps(body)
    ]
    answer = api("post").post("/commands", {"commands": items[:MAX_COMMANDS]})
    found = [result["problem"] for result in answer.body["results"] if "problem" in result]

    assert sum(bool(check(problem)) for problem in found) > 5


@pytest.mark.parametrize("operation", COMMANDS)
def test_limits_are_named(operation: Operation) -> None:
    """A text that is too long is answered with how long it may be."""
    described = document()["paths"][f"/commands/{operation.name}"]["post"]
    for wrong in wrong_values(document(), body_schema(described)):
        longest = schema_at(body_schema(described), wrong.path).get("maxLength")
        if longest is not None and wrong.value == TEXTS[0]:
            answer = api("post").post(f"/commands/{operation.name}", put(example(described), wrong))
            path = ".".join(map(str, wrong.path))
            (message,) = [f["message"] for f in answer.body["errors"] if f["path"] == path]
            assert str(longest) in message


def schema_at(schema: Mapping[str, Any], path: tuple[str | int, ...]) -> Mapping[str, Any]:
    found = resolved(document(), schema)
    for part in path:
        if isinstance(part, int):
            inner = found["items"]
        else:
            inner = found.get("properties", {}).get(part) or found.get("additionalProperties", {})
        found = resolved(document(), inner or {})
    return found


def test_a_range_is_named() -> None:
    answer = api("get").get("/events", {"limit": "101"})

    assert answer.body["errors"] == [
        {"path": "query.limit", "message": "Must be a whole number from 1 to 100."}
    ]


class Everything(BaseModel):
    """A model without words of its own."""

    number: float = 0
    truth: bool = True
    many: list[int] = []
    more: dict[str, int] = {}


@pytest.mark.parametrize(
    "value", [{"number": "x"}, {"truth": "x"}, {"many": 1}, {"more": 1}, {"many": [[]]}, 5, "x"]
)
def test_types_without_words_of_their_own_have_a_sentence(value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Everything).validate_python(value)

    for item in refused.value.errors():
        message = fault({**item}).message
        assert message in SENTENCES.values()
        assert RAW.search(message) is None


def test_an_unknown_kind_of_fault_shows_nothing_of_the_validator() -> None:
    found = fault({"type": "string_pattern_mismatch", "loc": ("body", "a"), "msg": "^a$"})

    assert (found.path, found.message) == ("a", OTHERWISE)
