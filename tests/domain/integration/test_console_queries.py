"""docs/graphql: every operation of the collection, run by every kind of caller.

The table of its README says what each is answered.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache

import pytest
from graphql import OperationDefinitionNode, OperationType, parse

from local import endpoint
from local.stack import Stack
from tests.support.api_client import Json
from tests.support.paths import ROOT
from tests.support.principals import Matrix

FOLDER = ROOT / "docs" / "graphql"
ROW = re.compile(r"^\| `(\w+)` \|(.*)\|$", re.MULTILINE)
CALLERS = ("owner", "second", "developer", "admin", "api key", "machine")


@cache
def operations() -> Mapping[str, tuple[str, OperationType]]:
    """Return the text that each operation stands in, and its kind, by the operation's name."""
    return {
        str(node.name and node.name.value): (text, node.operation)
        for file in sorted(FOLDER.glob("*.graphql"))
        for text in [file.read_text()]
        for node in parse(text).definitions
        if isinstance(node, OperationDefinitionNode)
    }


@cache
def table() -> Mapping[str, dict[str, str]]:
    rows = ROW.findall((FOLDER / "README.md").read_text())
    return {
        name: dict(zip(CALLERS, (cell.strip() for cell in cells.split("|")), strict=True))
        for name, cells in rows
    }


def cases() -> Iterator[tuple[str, str, str]]:
    for name, row in table().items():
        yield from ((name, who, expected) for who, expected in row.items() if expected)


@pytest.fixture(scope="module")
def matrix(running: Stack) -> Matrix:
    prepared = Matrix(running)
    prepared.prepare()
    return prepared


def test_the_table_names_every_operation() -> None:
    assert set(table()) == set(operations())


@pytest.mark.feature("M4")
@pytest.mark.parametrize(("name", "who", "expected"), [*cases()])
def test_an_operation_answers_what_the_table_says(
    name: str, who: str, expected: str, matrix: Matrix
) -> None:
    text, kind = operations()[name]
    if kind is OperationType.SUBSCRIPTION:
        assert subscribed(matrix, who, name, text) == expected
    else:
        assert answered(matrix, who, name, text) == expected


def answered(matrix: Matrix, who: str, name: str, text: str) -> str:
    variables = {
        "userId": matrix.owner.partition("::")[0],
        "projectId": matrix.rows["Project"],
        "serviceId": matrix.rows["Service"],
    }
    status, answer = matrix.appsync(who).ask(text, variables, name)
    assert status == 200
    return "refused" if answer.get("errors") else shown(matrix, answer)


def shown(matrix: Matrix, answer: Json) -> str:
    """Tell if a row of the owner's, or the address of the API, is in the answer."""
    said = json.dumps(answer["data"])
    return "yes" if any(row in said for row in (*matrix.rows.values(), endpoint.ID)) else "no"


def subscribed(matrix: Matrix, who: str, name: str, text: str) -> str:
    subscriber = matrix.appsync(who).subscriber()
    try:
        if not subscriber.open():
            return "refused"
        subscriber.start(name, text, name)
        subscriber.read(1.0)
        return "yes" if name in subscriber.accepted else "refused"
    finally:
        subscriber.close()
