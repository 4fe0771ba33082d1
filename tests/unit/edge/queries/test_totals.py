"""The number of rows of a list: right, or left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from application.ports import Fields, NotAllowed, RowPage, RowUnreadable, Unavailable
from application.publishing.feed import FeedReader
from edge.queries import api as query_api
from edge.queries.routes import QueryPorts
from edge.queries.totals import MOST_OWNERS
from kernel.query import Counts
from tests.support.api import ADA, ADMIN, DEVELOPER, Api, Person
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.projections import TEAPOT_LIST

pytestmark = pytest.mark.feature("R12", "R18")
COUNTED = replace(
    TEAPOT_LIST,
    statuses=("ACTIVE", "ARCHIVED"),
    filters=("name",),
    counts=Counts("one owner", "all owners", (("ACTIVE", "full"), ("ARCHIVED", "empty"))),
)
CONTENTS = replace(kitchen, queries=(COUNTED,))
Row = dict[str, Any]


@dataclass
class Shelf:
    """A list with so many rows on it, and the counts of owners, or why they are not told."""

    rows_of_list: int
    owners: list[Row] | Exception = field(default_factory=list)
    next_owners: str | None = None
    unreadable: Sequence[str] = ()
    ends_with_a_token: bool = False
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def page(
        self, token: str, document: str, variables: Mapping[str, Any], *, fields: Fields = ()
    ) -> RowPage:
        if document == "all owners":
            self.asked.append((document, (variables["limit"], fields)))
            return {
                "items": [{name: row[name] for name in fields} for row in self.found()],
                "nextToken": self.next_owners,
                "unreadable": list(self.unreadable),
            }
        begin = int(variables["nextToken"] or 0)
        end = min(begin + variables["limit"], self.rows_of_list)
        items = [{"id": f"{n}", "version": 1, "updatedAt": "2026"} for n in range(begin, end)]
        more = end < self.rows_of_list or self.ends_with_a_token
        return {"items": items, "nextToken": str(end) if more else None}

    def row(self, token: str, document: str, id: str) -> Row | None:
        self.asked.append((document, id))
        return next((row for row in self.found() if row["id"] == id), None)

    def found(self) -> list[Row]:
        if isinstance(self.owners, Exception):
            raise self.owners
        return self.owners


def counts(owner: str, full: int, empty: int = 0) -> Row:
    return {"id": owner, "full": full, "empty": empty}


def pagination(shelf: Shelf, person: Person = ADA, **given: str) -> Row:
    store = MemoryEventStore()
    queries: Any = shelf
    ports = QueryPorts(CONTENTS, queries, store, FeedReader(MemoryFeed(), store))
    api = Api(query_api.build(ports), person)
    answer = api.get("/teapots", {"limit": "2", **given})
    assert answer.status == 200, answer.body
    found: Row = answer.body["pagination"]
    return found


def total(shelf: Shelf, person: Person = ADA, **given: str) -> int | None:
    """Return the total of the answer; `None` if it has none."""
    return pagination(shelf, person, **given).get("total")


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(9, [counts("ada-sub", 9, 4), counts("bob-sub", 30, 1)])


class TestOwners:
    def test_see_how_many_rows_they_have_of_any_status_that_is_shown(self, shelf: Shelf) -> None:
        assert total(shelf) == 13
        assert shelf.asked == [("one owner", "ada-sub")]

    @pytest.mark.parametrize(("status", "expected"), [("ACTIVE", 9), ("ARCHIVED", None)])
    def test_see_those_of_a_status(self, shelf: Shelf, status: str, expected: int | None) -> None:
        """Nine are on the shelf whatever the status: four would be wrong on page three."""
        assert total(shelf, status=status, page="3") == expected

    def test_are_told_nothing_with_another_filter(self, shelf: Shelf) -> None:
        assert total(shelf, filters="name:Pot") is None
        assert shelf.asked == []

    def test_without_counts_are_told_nothing(self, shelf: Shelf) -> None:
        shelf.owners = []

        assert total(shelf) is None


class TestOthers:
    @pytest.mark.parametrize("person", [ADMIN, DEVELOPER])
    def test_who_read_everything_see_the_sum_over_all_owners(
        self, shelf: Shelf, person: Person
    ) -> None:
        """Their list is that of one status."""
        assert total(shelf, person) == 39
        assert shelf.asked == [("all owners", (MOST_OWNERS, ("id", "full")))]

    def test_see_the_sum_of_the_status_that_they_list(self, shelf: Shelf) -> None:
        shelf.rows_of_list = 100  # more than the page has: the sum is of the counts

        assert total(shelf, ADMIN, status="ARCHIVED") == 5

    def test_see_the_count_of_the_owner_whose_rows_they_list(self, shelf: Shelf) -> None:
        assert total(shelf, ADMIN, userId="bob-sub") == 31

    def test_are_told_nothing_if_there_are_more_owners(self, shelf: Shelf) -> None:
        shelf.next_owners = "more"

        assert total(shelf, ADMIN) is None

    def test_are_told_nothing_if_one_cannot_be_read(self, shelf: Shelf) -> None:
        shelf.unreadable = ["carol"]

        assert total(shelf, ADMIN) is None


class TestPages:
    def test_that_hold_the_whole_list_need_no_counts(self) -> None:
        shelf = Shelf(2, [counts("ada-sub", 99)])

        assert total(shelf) == 2
        assert shelf.asked == []

    def test_that_are_the_last_tell_it_themselves(self, shelf: Shelf) -> None:
        assert total(shelf, page="5") == 9
        assert shelf.asked == []

    def test_past_the_end_have_what_is_counted(self, shelf: Shelf) -> None:
        assert total(shelf, page="7") == 13

    def test_of_no_rows_have_none(self) -> None:
        assert total(Shelf(0)) == 0

    def test_behind_a_token_have_what_is_counted(self, shelf: Shelf) -> None:
        first = pagination(shelf)

        assert pagination(shelf, nextToken=first["nextToken"])["total"] == 13

    def test_that_show_more_than_is_counted_do_not_say_it(self) -> None:
        """The counts are behind the rows: one more is on its way."""
        assert total(Shelf(9, [counts("ada-sub", 1)])) is None
        assert total(Shelf(9, [counts("ada-sub", 2)])) == 2

    def test_that_end_with_the_list_have_what_is_counted_though_a_token_follows(self) -> None:
        """Nothing is behind it: DynamoDB has not looked further than to the last row."""
        shelf = Shelf(2, [counts("ada-sub", 2)], ends_with_a_token=True)

        assert total(shelf) == 2


@pytest.mark.parametrize("error", [Unavailable(), NotAllowed(), RowUnreadable()])
def test_counts_that_cannot_be_read_keep_nobody_from_the_rows(
    shelf: Shelf, error: Exception
) -> None:
    shelf.owners = error

    assert total(shelf) is None
