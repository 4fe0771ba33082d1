"""Links to files of rows: for whoever may read the row, and only to the row's own file."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.appsync.queries import AppSyncQueries
from adapters.memory.archives import MemoryArchives
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from application.ports import Unavailable
from application.publishing.feed import FeedReader
from edge.queries import api as query_api
from edge.queries.routes import QueryPorts
from kernel.query import Download, File
from tests.support.api import ADA, Answer, Api, Person
from tests.support.graphql_session import Session
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.projections import TEAPOT_DETAIL

pytestmark = pytest.mark.feature("I8")
ID = "01980000-0000-7000-8000-000000000001"
URL = f"s3://archives/{ID}/1/f0.zip"
ROW = {
    "id": ID,
    "name": "Teapot",
    "description": URL,
    "status": "ACTIVE",
    "version": 3,
    "projectionVersion": 1,
    "updatedAt": "2026-01-02T12:00:03.000Z",
}


def file_of(row: Any) -> File | None:  # noqa: ANN401 - a row
    url = row["description"]
    return File(url, "Teapot.zip", 9, "f0") if url else None


MANUAL = Download("download_manual", "/teapots/<id>/manual", TEAPOT_DETAIL, "manual", file_of)
CONTENTS = replace(kitchen, queries=(TEAPOT_DETAIL, MANUAL))


class Down(MemoryArchives):
    def link(self, url: str, file_name: str, seconds: int) -> str | None:
        raise Unavailable("S3 is down")


@dataclass
class Shelf:
    """A teapot with a manual, and the archives that keep it."""

    row: dict[str, Any] | None = field(default_factory=lambda: dict(ROW))
    archives: MemoryArchives | None = field(default_factory=MemoryArchives)

    def __post_init__(self) -> None:
        if self.archives:
            self.archives.put(f"{ID}/1/f0.zip", b"Fill with water.")

    def get(self, who: Person | None = ADA, path: str = f"/teapots/{ID}/manual") -> Answer:
        store = MemoryEventStore()
        ports = QueryPorts(
            CONTENTS,
            AppSyncQueries(Session({"getTeapot": self.row}), kitchen.read_models),
            store,
            FeedReader(MemoryFeed(), store),
            clock=lambda: datetime(2026, 1, 2, 12, tzinfo=UTC),
            archives=self.archives,
        )
        return Api(query_api.build(ports), who).get(path)


def test_a_link_is_given_for_a_minute_with_what_is_known_of_the_file() -> None:
    answer = Shelf().get()

    assert answer.status == 200
    assert answer.body == {
        "data": {
            "url": f"memory:{ID}/1/f0.zip?name=Teapot.zip&seconds=60",
            "expiresAt": "2026-01-02T12:01:00.000Z",
            "fileName": "Teapot.zip",
            "bytes": 9,
            "sha256": "f0",
        },
        "meta": {
            "lastUpdated": "2026-01-02T12:00:03.000Z",
            "version": 3,
            "stale": False,
            "cached": False,
        },
    }
    assert answer.headers["Cache-Control"] == "no-store"


NONE = {
    "a row without a file": Shelf(ROW | {"description": None}),
    "a file that is gone": Shelf(ROW | {"description": URL.replace("f0", "f1")}),
    "a file that lies elsewhere": Shelf(ROW | {"description": "s3://another/f0.zip"}),
    "an address of the web": Shelf(ROW | {"description": "https://example.org/f0.zip"}),
    "a stack without archives": Shelf(archives=None),
}


@pytest.mark.parametrize("shelf", NONE.values(), ids=NONE)
def test_what_is_not_there_is_not_found(shelf: Shelf) -> None:
    answer = shelf.get()

    assert (answer.status, answer.problem) == (404, "aggregate-not-found")
    assert answer.body["detail"] == "The manual does not exist."


def test_of_a_row_that_is_not_there_or_not_for_the_caller_there_is_none() -> None:
    answer = Shelf(None).get()

    assert (answer.status, answer.problem) == (404, "aggregate-not-found")
    assert "manual" not in answer.text


def test_storage_that_is_down_may_be_tried_again() -> None:
    answer = Shelf(archives=Down()).get()

    assert (answer.status, answer.problem) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize("id", ["1", "../x", "x" * 300])
def test_an_id_that_is_none_is_refused(id: str) -> None:
    answer = Shelf().get(path=f"/teapots/{id}/manual")

    assert answer.status in (400, 404)


def test_nobody_gets_one() -> None:
    assert Shelf().get(None).status == 401
