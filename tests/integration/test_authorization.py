"""The table of who may do what (docs/authorization.yaml), at the gateway."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from domain.contents import contents
from kernel.projection import RowKey
from kernel.query import Detail, Download, Listing, Query
from local.stack import Stack
from skafu.generate import authorization
from tests.support.owner import CREATE
from tests.support.paths import DOCS
from tests.support.principals import NOBODY, PEOPLE, Matrix

pytestmark = pytest.mark.feature("C11", "L7", "L8", "R37")

DOCUMENT = json.loads((DOCS / "openapi.json").read_text())


@dataclass(frozen=True)
class Operation:
    """One of the OpenAPI document."""

    name: str
    method: str
    path: str
    scheme: str

    def at(self, ids: Mapping[str, str]) -> str:
        path = self.path
        for name, value in ids.items():
            path = path.replace("{" + name + "}", value)
        return path


def operations() -> Iterator[Operation]:
    for path, methods in DOCUMENT["paths"].items():
        for method, found in methods.items():
            schemes = found.get("security") or DOCUMENT["security"]
            yield Operation(found["operationId"], method.upper(), path, next(iter(schemes[0])))


OPERATIONS = {operation.name: operation for operation in operations()}


@pytest.fixture(scope="module")
def matrix(running: Stack) -> Matrix:
    made = Matrix(running)
    made.prepare()
    return made


@pytest.mark.parametrize("name", [n for n, o in OPERATIONS.items() if o.scheme == "idToken"])
def test_nobody_is_heard_without_a_valid_id_token(name: str, matrix: Matrix) -> None:
    operation = OPERATIONS[name]
    path = operation.at(matrix.ids)
    answers = {
        who: matrix.client("owner").send(operation.method, path, "{}", token=matrix.tokens[who])
        for who in NOBODY
    }

    assert {who: answer.status_code for who, answer in answers.items()} == dict.fromkeys(
        NOBODY, 401
    )
    for answer in answers.values():
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("name", [n for n, o in OPERATIONS.items() if o.scheme != "idToken"])
def test_no_token_opens_what_is_for_machines(name: str, matrix: Matrix) -> None:
    operation, table = OPERATIONS[name], authorization.expected("operations", name)
    tokens = {**matrix.tokens, **{who: matrix.client(who).tokens["IdToken"] for who in PEOPLE}}
    del tokens["machine"]  # its signature is another's test
    for who, token in tokens.items():
        answer = matrix.client("owner").send(operation.method, operation.path, "{}", token=token)

        assert answer.status_code == table.get(who, 403), f"{who}: {answer.text}"
        assert answer.headers["Content-Type"] == "application/problem+json"


SHOWN: Mapping[str, Query] = {query.name: query for query in contents.queries}
# There is a file to download once a worker has made it: the domain's own tests see to that.
DOWNLOADS = {name for name, query in SHOWN.items() if isinstance(query, Download)}
QUERIES = [
    name
    for name, operation in OPERATIONS.items()
    if operation.method == "GET"
    if name not in DOWNLOADS
    if name in SHOWN or operation.path.startswith((CREATE.collection, "/events"))
]


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_answers_whom_the_table_says(name: str, matrix: Matrix) -> None:
    table = authorization.expected("operations", name)
    answers = {who: matrix.client(who).send("GET", queried(name, matrix)) for who in PEOPLE}

    for who, answer in answers.items():
        status = 200 if table[who] in ("own", "all") else table[who]
        assert answer.status_code == status, f"{who}: {answer.text}"
        if status != 200:
            assert not any(inner in answer.text for inner in matrix.inner.values())
        if table[who] in ("own", "all"):
            sees = table[who] == "all" or who == "owner"
            assert (row_of(name, matrix) in ids_in(answer.json())) is sees


def queried(name: str, matrix: Matrix) -> str:
    query, ids, given = SHOWN.get(name), matrix.ids, ""
    if isinstance(query, Detail):
        ids = ids | {"id": matrix.rows[model_of(query.document)]}
    if name.startswith("list_"):
        given = "?limit=100"
    if name.startswith("search_"):
        row = matrix.row(shown_to_some(SHOWN[name.replace("search_", "list_")], matrix))
        given = f"?limit=100&q={quote(row['name'])}"
    if isinstance(query, Listing):
        given += f"&status={matrix.row(shown_to_some(query, matrix))['status']}"
    return OPERATIONS[name].at(ids) + given


def model_of(document: str) -> str:
    return contents.read_models.models[document]


def shown_to_some(query: Query, matrix: Matrix) -> RowKey:
    """Return the row of the list that those see who may: it is one of the newest."""
    assert isinstance(query, Listing)
    model = model_of(query.every.document)
    return RowKey(model, matrix.rows[model])


def row_of(name: str, matrix: Matrix) -> str:
    query = SHOWN.get(name)
    return shown_to_some(query, matrix).id if isinstance(query, Listing) else matrix.ids["id"]


def ids_in(answer: Mapping[str, Any]) -> list[str]:
    return [found.get("id") for found in answer["data"]]
