"""Search among 10 000 projects of everybody, which go straight into the tables with their words."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from boto3.dynamodb.types import TypeDeserializer

from adapters.dynamodb.words import DynamoDbWords
from application.ports import RowPage
from application.reading.search_text import rank, words
from edge.queries.everybody import LOOKED_AT, Question, Search
from local.stack import Stack
from tests.domain.integration.test_search_of_many import OF_COFFEE, PROJECTS, QUERIES
from tests.domain.support.filling import Text, fill, some
from tests.domain.support.project_client import ProjectClient, owner_of
from tests.support.running import Stacks

pytestmark = [pytest.mark.feature("R15", "R29"), pytest.mark.soak]

COUNT = 10_000
PAGE = 20
OF_FILLERS = ("ember", "bill", "velvetkit amberness", "qu", "orch nebulaium ranger")
FILLERS = [*some(COUNT - len(PROJECTS))]


@dataclass
class Everybody:
    """A stack with the projects, the special ones of the owner newest first."""

    stack: Stack
    owner: ProjectClient

    def fill(self) -> None:
        owner = owner_of(self.owner)
        special = [Text(name, text or None, owner, status) for name, text, status in PROJECTS]
        assert fill(self.stack.aws, [*special, *FILLERS]) == COUNT

    def person(self, name: str) -> ProjectClient:
        return ProjectClient(self.stack.outputs, f"{name}@skafu.dev")

    def looked_at(self, q: str) -> int:
        """Return how many rows a first page reads, by the class that the API uses."""
        table: Any = self.stack.aws.client("dynamodb")
        asked: list[str] = []

        def read(ids: list[str]) -> RowPage:
            asked.extend(ids)
            keys = [{"id": {"S": id}} for id in ids]
            wanted = {"Project-local": {"Keys": keys}}
            found = table.batch_get_item(RequestItems=wanted)["Responses"]["Project-local"]
            return {"items": [plain(row) for row in found]}

        limits = {"status": {"eq": "ACTIVE"}}
        question = Question("Project", "ACTIVE", words(q), ("name", "description"), limits)
        Search(DynamoDbWords(table, "skafu-words-local"), question, read).page(PAGE, None)
        return len(asked)


def plain(row: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3 has it
    found = {name: TypeDeserializer().deserialize(value) for name, value in row.items()}
    whole: dict[str, Any] = json.loads(json.dumps(found, default=float))
    return whole


@pytest.fixture(scope="module")
def everybody(stacks: Stacks) -> Everybody:
    stack = stacks.named("everybody")
    made = Everybody(stack, ProjectClient(stack.outputs, "owner@skafu.dev"))
    made.fill()
    return made


def pages(client: ProjectClient, q: str, limit: int) -> Iterator[list[dict[str, Any]]]:
    token = ""
    while True:
        path = f"/projects/search?q={quote(q)}&limit={limit}"
        answer = client.send("GET", path + (f"&nextToken={token}" if token else ""))
        assert answer.status_code == 200, answer.text
        yield answer.json()["data"]
        token = answer.json()["pagination"]["nextToken"]
        if token is None:
            return


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["name"] for row in rows]


@pytest.mark.parametrize(("q", "expected"), QUERIES.items(), ids=QUERIES)
@pytest.mark.parametrize("person", ["developer", "admin"])
def test_what_fits_best_comes_first(
    everybody: Everybody, person: str, q: str, expected: list[str]
) -> None:
    assert [names(page) for page in pages(everybody.person(person), q, 50)] == [expected]


@pytest.mark.parametrize("q", [*QUERIES, *OF_FILLERS])
def test_few_rows_are_looked_at(everybody: Everybody, q: str) -> None:
    assert everybody.looked_at(q) <= LOOKED_AT * PAGE


@pytest.mark.parametrize("q", OF_FILLERS)
def test_pages_have_every_hit_once_and_the_best_of_a_page_first(
    everybody: Everybody, q: str
) -> None:
    expected = [
        text.name for text in FILLERS if rank(words(q), [text.name, text.description]) is not None
    ]
    found = [*pages(everybody.person("admin"), q, 100)]
    rows = [row for page in found for row in page]

    assert sorted(names(rows)) == sorted(expected)
    assert len({row["id"] for row in rows}) == len(rows)
    for page in found:
        ranks = [rank(words(q), [row["name"], row.get("description")]) for row in page]
        assert None not in ranks
        assert ranks == sorted(ranks, key=lambda one: one or ())


def test_an_owner_finds_no_others(everybody: Everybody) -> None:
    assert [names(page) for page in pages(everybody.owner, "coffee", PAGE)] == [OF_COFFEE]
    assert [*pages(everybody.owner, OF_FILLERS[0], PAGE)] == [[]]
    assert [*pages(everybody.person("second"), "coffee", PAGE)] == [[]]


def test_what_is_archived_is_found_where_one_asks_for_it(everybody: Everybody) -> None:
    answer = everybody.person("admin").send("GET", "/projects/search?q=old&status=ARCHIVED")
    assert names(answer.json()["data"]) == ["Old coffee"]
