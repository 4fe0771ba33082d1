"""The OpenAPI document explains every operation, parameter and answer."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from edge.errors import ERRORS, problem_type
from edge.http import openapi
from edge.http.api import PROBLEM_RESPONSES
from skafu.generate import errors
from tests.support.documented import document
from tests.support.wrong_values import resolved

DOCUMENT = document()
OPERATIONS = [
    pytest.param(operation, id=operation["operationId"])
    for operation in openapi.operations(DOCUMENT)
]
IN_BRACKETS = re.compile(r"\(`([a-z-]+)`\)")
RIDDLES = re.compile(
    r"\b(told|met|said|lying|struck|whoever|what became|one's own)\b", re.IGNORECASE
)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_is_described(operation: Mapping[str, Any]) -> None:
    assert re.fullmatch(r"[A-Z][^.]+", operation["summary"])
    assert re.fullmatch(r"[A-Z].{60,}[.]\n?", operation["description"], re.DOTALL)
    assert RIDDLES.search(operation["description"]) is None


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_parameter_and_answer_is_described(operation: Mapping[str, Any]) -> None:
    parts = [*operation["parameters"], *operation["responses"].values()]

    assert [part for part in parts if not resolved(DOCUMENT, part).get("description")] == []


def test_the_problem_types_that_descriptions_name_exist() -> None:
    named = {name for text in descriptions() for name in IN_BRACKETS.findall(text)}

    assert named
    assert named <= {problem_type(error) for error in errors.answered()}


def descriptions() -> Iterator[str]:
    return (operation["description"] for operation in openapi.operations(DOCUMENT))


def test_every_status_of_the_error_table_is_documented() -> None:
    """The gateway alone answers 429; nobody is promised a 500."""
    answered = {int(row.answer.status) for row in ERRORS}

    assert answered - {500} == PROBLEM_RESPONSES.keys() - {429}


def test_no_request_takes_fields_that_it_does_not_know() -> None:
    """Or a word that is misspelt would be dropped. Maps name their own fields."""
    assert [name for name in sorted(in_requests()) if open_ended(DOCUMENT, name)] == []


def in_requests() -> set[str]:
    """Return the names of all schemas that requests lead to."""
    found: set[str] = set()
    todo = [operation.get("requestBody") for operation in openapi.operations(DOCUMENT)]
    while todo:
        names = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(todo.pop()))) - found
        found |= names
        todo += [DOCUMENT["components"]["schemas"][name] for name in names]
    return found


def open_ended(document: Mapping[str, Any], name: str) -> bool:
    schema = document["components"]["schemas"][name]
    return "properties" in schema and schema.get("additionalProperties") is not False


def test_an_answer_that_nothing_has_changed_has_no_content() -> None:
    operations = [o for path in DOCUMENT["paths"].values() for o in path.values()]
    unchanged = [o["responses"]["304"] for o in operations if "304" in o.get("responses", {})]

    assert unchanged
    assert [answer for answer in unchanged if answer.get("content")] == []
