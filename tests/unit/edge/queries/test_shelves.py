"""Lists whose rows lie on several shelves: every row once, in order, whatever a page holds."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.ports import BadPageToken, Fields, RowPage
from edge.queries.filling import WIDEST
from edge.queries.shelves import Shelves, fits
from kernel.query import Index
from tests.support.paths import ROOT

pytestmark = pytest.mark.feature("R9", "R13")

SHELVES = 4
INDEX = Index("document", "shelf", SHELVES)
Pot = dict[str, Any]


@dataclass
class Cupboard:
    """Shelves of pots; as in DynamoDB, pots of one time are in no order of their ids."""

    pots: Sequence[Pot]
    broken: frozenset[str] = frozenset()
    asked: list[Mapping[str, Any]] = field(default_factory=list)

    def pages(
        self,
        token: str,
        document: str,
        variables: Sequence[Mapping[str, Any]],
        *,
        fields: Fields = (),
    ) -> list[RowPage]:
        self.asked.extend(variables)
        return [self._page(one, fields) for one in variables]

    def _page(self, asked: Mapping[str, Any], fields: Fields) -> RowPage:
        backwards = asked["sortDirection"] == "DESC"
        pots = [pot for pot in self.pots if pot["shelf"] == asked["shelf"]]
        for name, bound in asked.get("createdAt", {}).items():
            pots = [
                pot
                for pot in pots
                if (pot["createdAt"] <= bound if name == "le" else pot["createdAt"] >= bound)
            ]
        pots.sort(key=lambda pot: (pot["createdAt"], hash(pot["id"])), reverse=backwards)
        shown = pots[: asked["limit"]]
        all_read = set(fields) == {"id", "createdAt"}
        broken = [pot["id"] for pot in shown if pot["id"] in self.broken and not all_read]
        return {
            "items": [pot for pot in shown if pot["id"] not in broken],
            "nextToken": "more" if len(pots) > asked["limit"] else None,
            **({"unreadable": broken} if broken else {}),
        }


def pot(number: int, minute: int, colour: str = "red") -> Pot:
    return {
        "id": f"p{number:03}",
        "createdAt": f"2026-01-02T12:{minute:02}:00.000Z",
        "colour": colour,
        "shelf": f"ACTIVE#{number % SHELVES}",
    }


# At most ten pots of one shelf have the same time.
CUPBOARDS = st.lists(st.integers(0, 59), max_size=80).map(
    lambda minutes: [
        pot(n, minute, ("red", "blue")[n % 3 == 0]) for n, minute in enumerate(minutes)
    ]
)


def read(
    cupboard: Cupboard,
    limit: int,
    order: str = "DESC",
    limits: Mapping[str, Any] | None = None,
    fields: Fields = (),
) -> tuple[list[Pot], list[str]]:
    """Return all rows, page after page, and the ids of those that cannot be read."""
    found, unreadable, token = list[Pot](), list[str](), None
    for _ in range(200):
        variables = {"shelf": "ACTIVE", "sortDirection": order, "filter": limits}
        shelves = Shelves(cupboard, "token", INDEX)  # type: ignore[arg-type] # it has what is read
        page = shelves.page({**variables, "limit": limit, "nextToken": token}, fields=fields)
        assert len(page["items"]) + len(page["unreadable"]) <= limit
        found += page["items"]
        unreadable += page["unreadable"]
        token = page["nextToken"]
        if token is None:
            return found, unreadable
    raise AssertionError("the pages have no end")


@given(CUPBOARDS, st.sampled_from([1, 3, 20, 100]), st.sampled_from(["ASC", "DESC"]))
def test_pages_hold_every_row_once_in_the_order_of_creation(
    pots: list[Pot], limit: int, order: str
) -> None:
    found, _ = read(Cupboard(pots), limit, order)

    wanted = sorted(pots, key=lambda one: (one["createdAt"], one["id"]), reverse=order == "DESC")
    assert found == wanted


@given(CUPBOARDS, st.sampled_from([1, 7, 50]))
def test_a_filter_leaves_out_rows_and_loses_none(pots: list[Pot], limit: int) -> None:
    limits = {"and": [{"colour": {"eq": "blue"}}, {"shelf": {"eq": "ACTIVE#0"}}]}

    found, _ = read(Cupboard(pots), limit, limits=limits)

    assert {one["id"] for one in found} == {one["id"] for one in pots if fits(one, limits)}


def test_rows_that_cannot_be_read_are_named_once_in_their_place() -> None:
    pots = [pot(n, n % 60) for n in range(60)]

    found, unreadable = read(Cupboard(pots, frozenset({"p000", "p030", "p059"})), 10)

    assert sorted(unreadable) == ["p000", "p030", "p059"]
    assert len(found) == len(pots) - 3


@pytest.mark.parametrize("limit", [20, 100, WIDEST])
def test_all_shelves_together_stay_below_the_resolvers_of_a_request(limit: int) -> None:
    """Each list is one, and so is the owner of each row; of ids alone, there may be more."""
    cupboard = Cupboard([pot(n, n % 60) for n in range(400)])
    shelves = Shelves(cupboard, "token", INDEX)  # type: ignore[arg-type] # stands for the queries
    asked = {"shelf": "ACTIVE", "sortDirection": "DESC", "limit": limit, "nextToken": None}
    shelves.page(asked)

    assert sum(1 + one["limit"] for one in cupboard.asked) <= resolver_count()
    cupboard.asked.clear()
    shelves.page(asked | {"limit": 1000}, fields=("id",))
    assert {one["limit"] for one in cupboard.asked} == {510}


def test_a_read_of_one_list_stays_below_them_too() -> None:
    assert resolver_count() >= 1 + WIDEST


def resolver_count() -> int:
    found = re.search(r"RESOLVER_COUNT = ([0-9]+);", (ROOT / "amplify/limits.ts").read_text())
    assert found
    return int(found[1])


def test_each_shelf_is_read_little_further_than_a_page_needs() -> None:
    cupboard = Cupboard([pot(n, n % 60) for n in range(300)])

    Shelves(cupboard, "token", INDEX).page(  # type: ignore[arg-type] # it has what is read
        {"shelf": "ACTIVE", "sortDirection": "DESC", "limit": 20, "nextToken": None}
    )

    assert [one["shelf"] for one in cupboard.asked] == [f"ACTIVE#{n}" for n in range(SHELVES)]
    assert {one["limit"] for one in cupboard.asked} == {20}


@pytest.mark.parametrize("token", ["", "x", "2026-01-02#p", "eyJ2ZXJzaW9uIjoyfQ=="])
def test_a_token_of_another_list_is_refused(token: str) -> None:
    asked = {"shelf": "ACTIVE", "sortDirection": "DESC", "limit": 1, "nextToken": token}

    with pytest.raises(BadPageToken):
        Shelves(Cupboard([]), "token", INDEX).page(asked)  # type: ignore[arg-type] # it has what is read
