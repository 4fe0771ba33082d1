"""Search and lists of one owner beside many rows of others, which go straight into the table."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import uuid4

import pytest

from local.aws import Client
from local.stack import Stack
from tests.domain.support.project_client import ProjectClient
from tests.support.api_client import eventually
from tests.support.running import Stacks

pytestmark = [pytest.mark.feature("R15", "R29"), pytest.mark.soak]

TABLE = "Project-local"
FILLING, FOREIGN = 180, 50_000
AT_ONCE = 25  # rows of one BatchWriteItem
NEWEST = datetime(2026, 1, 1, tzinfo=UTC)
# From the newest to the oldest.
PROJECTS = (
    ("Coffee Shop", "Beans and cups", "ACTIVE"),
    ("Café au lait", "Milk and coffee", "ACTIVE"),
    ("Coffeehouse", "Wi-Fi for guests", "ACTIVE"),
    ("Tea House", "Leaves, not coffee", "ACTIVE"),
    ("Teapot", "A pot", "ACTIVE"),
    ("Straßenbahn", "Fahrplan und Störungen", "ACTIVE"),
    ("Strasse 9", "Baustellen", "ACTIVE"),
    ("Ölmühle", "Øl og olje", "ACTIVE"),
    ("東京コーヒー", "珈琲の店", "ACTIVE"),
    ("京都", "東京ではない", "ACTIVE"),
    ("Old coffee", "", "ARCHIVED"),
    ("Gone coffee", "", "DELETED"),
    ("naïve-bayes", "Classifier", "ACTIVE"),
    ("Łódź map", "Đorđe's tiles", "ACTIVE"),
    ("API gateway v2", "REST and GraphQL", "ACTIVE"),
    ("Gateway", "API keys", "ACTIVE"),
    ("İstanbul", "Bosphorus", "ACTIVE"),
    ("\ufb01nance", "\uff26\uff35\uff2c\uff2c width", "ACTIVE"),
    ("snake_case_name", "underscored", "ACTIVE"),
    ("2026 report", "Q3-numbers", "ACTIVE"),
)
OF_COFFEE = ["Coffee Shop", "Coffeehouse", "Café au lait", "Tea House"]
QUERIES = {
    # A word, and its beginning: names before descriptions, whole words before beginnings.
    "coffee": OF_COFFEE,
    "coff": OF_COFFEE,
    "tea": ["Tea House", "Teapot"],
    "house": ["Tea House"],
    "pot": ["Teapot"],
    "api": ["API gateway v2", "Gateway"],
    "gateway": ["API gateway v2", "Gateway"],
    "case": ["snake_case_name"],
    "2026": ["2026 report"],
    "q3": ["2026 report"],
    # Two words, in any order, wherever they are.
    "coffee shop": ["Coffee Shop"],
    "shop coffee": ["Coffee Shop"],
    "tea coffee": ["Tea House"],
    "gateway api": ["API gateway v2", "Gateway"],
    "v2 graphql": ["API gateway v2"],
    # Case and accents.
    "COFFEE": OF_COFFEE,
    "cafe": ["Café au lait"],
    "CAFÉ coffee": ["Café au lait"],
    "strasse": ["Strasse 9", "Straßenbahn"],
    "STRASSEN": ["Straßenbahn"],
    "straße": ["Strasse 9", "Straßenbahn"],
    "storungen": ["Straßenbahn"],
    "olmuhle": ["Ölmühle"],
    "ol": ["Ölmühle"],
    "bayes naive": ["naïve-bayes"],
    "lodz": ["Łódź map"],
    "dorde": ["Łódź map"],
    "istanbul": ["İstanbul"],
    "finance": ["\ufb01nance"],
    "full": ["\ufb01nance"],
    # Without spaces between words.
    "東京": ["東京コーヒー", "京都"],
    "コーヒー": ["東京コーヒー"],
    "京": ["東京コーヒー", "京都"],
    # Nothing: no such word, archived, deleted, and of somebody else.
    "zebra": [],
    "old": [],
    "gone": [],
    "foreign": [],
}


@dataclass
class Many:
    """A table with rows of the owner among those of many others."""

    stack: Stack
    owner: ProjectClient

    @property
    def table(self) -> Client:
        return self.stack.aws.client("dynamodb")

    def fill(self) -> None:
        created = self.owner.create_project("Pattern")["aggregateId"]
        key = {"id": {"S": created}}
        pattern = eventually(
            lambda: self.table.get_item(TableName=TABLE, Key=key, ConsistentRead=True).get("Item")
        )
        assert pattern
        rows = (row_of(pattern, number, *texts) for number, texts in enumerate(self.texts()))
        batches = iter(lambda: [*islice(rows, AT_ONCE)], [])
        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(self.write, batches))

    @staticmethod
    def texts() -> Iterator[tuple[str, str, str, str | None]]:
        """Return name, description, status, and whose it is: the owner's if that is not said."""
        yield from ((*texts, None) for texts in PROJECTS)
        yield from ((f"Filling {n}", "Nothing", "ACTIVE", None) for n in range(FILLING))
        yield from (
            ("Coffee Shop foreign", "東京 tea", "ACTIVE", f"o{n % 99}") for n in range(FOREIGN)
        )

    def write(self, rows: list[dict[str, Any]]) -> bool:
        asked = {TABLE: [{"PutRequest": {"Item": row}} for row in rows]}
        return not self.table.batch_write_item(RequestItems=asked)["UnprocessedItems"]


def row_of(
    pattern: dict[str, Any],
    number: int,
    name: str,
    description: str,
    status: str,
    whose: str | None,
) -> dict[str, Any]:
    moment = (NEWEST - timedelta(minutes=number)).isoformat().replace("+00:00", "Z")
    other = {"userId": {"S": whose}, "owner": {"S": f"{whose}::{whose}"}} if whose else {}
    changed = {"id": str(uuid4()), "name": name, "description": description, "status": status}
    moments = {"createdAt": moment, "updatedAt": moment}
    return pattern | other | {key: {"S": text} for key, text in (changed | moments).items()}


@pytest.fixture(scope="module")
def many(stacks: Stacks) -> Many:
    stack = stacks.named("many")
    many = Many(stack, ProjectClient(stack.outputs, "owner@skafu.dev"))
    many.fill()
    return many


@pytest.mark.parametrize(("q", "names"), QUERIES.items(), ids=QUERIES)
def test_what_fits_best_comes_first(many: Many, q: str, names: list[str]) -> None:
    answer = many.owner.send("GET", f"/projects/search?q={q}&limit=50")

    assert answer.status_code == 200, answer.text
    assert [row["name"] for row in answer.json()["data"]] == names


def test_hits_are_paged(many: Many) -> None:
    first = many.owner.send("GET", "/projects/search?q=coffee&limit=3").json()
    token = first["pagination"]["nextToken"]
    second = many.owner.send("GET", f"/projects/search?q=coffee&limit=3&nextToken={token}").json()

    assert [row["name"] for row in first["data"] + second["data"]] == OF_COFFEE
    assert second["pagination"]["nextToken"] is None


def test_an_owner_of_few_among_many_gets_a_full_first_page(many: Many) -> None:
    second = ProjectClient(many.stack.outputs, "second@skafu.dev")
    names = ["One", "Two", "Three"]
    for name in names:
        second.create_project(name)

    def listed() -> list[str]:
        return [row["name"] for row in second.send("GET", "/projects?limit=3").json()["data"]]

    assert eventually(lambda: len(listed()) == len(names))
    assert listed() == names[::-1]
