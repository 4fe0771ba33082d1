"""Pages with filters: full as far as there are rows, each row once, after few reads."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.ports import RowPage
from application.reading.pages import MAX_PAGE_BYTES, size
from edge.queries.filling import MOST_READS, filled

pytestmark = pytest.mark.feature("R9", "R12")

Json = Mapping[str, Any]
STATUSES = st.lists(st.booleans(), max_size=300)
LIMITS = st.integers(1, 100)


class Index:
    """An index as AppSync reads it: `limit` rows are read, and then filtered."""

    def __init__(self, wanted: list[bool], text: str = "") -> None:
        self.rows = [{"id": str(n), "wanted": one, "text": text} for n, one in enumerate(wanted)]
        self.reads = 0

    def read(self, variables: Json) -> RowPage:
        self.reads += 1
        begin = int(variables["nextToken"] or 0)
        end = begin + variables["limit"]
        found = [row for row in self.rows[begin:end] if row["wanted"]]
        return {"items": found, "nextToken": str(end) if end < len(self.rows) else None}

    def pages(self, limit: int) -> list[list[Json]]:
        """Follow the tokens from the first page to the last."""
        found, token = [], None
        while True:
            before = self.reads
            page = filled(self.read, {"limit": limit, "nextToken": token}, lambda: False)
            assert self.reads - before <= MOST_READS
            found.append(page["items"])
            token = page["nextToken"]
            if token is None:
                return found


@given(STATUSES, LIMITS)
def test_every_row_comes_once_and_in_order(wanted: list[bool], limit: int) -> None:
    index = Index(wanted)
    pages = index.pages(limit)

    assert [row for page in pages for row in page] == [row for row in index.rows if row["wanted"]]
    assert all(len(page) <= limit for page in pages)


@pytest.mark.parametrize("limit", [1, 2, 20, 100])
@pytest.mark.parametrize("hidden", [0, 1, 23, 1000])
def test_rows_behind_hidden_ones_fill_the_first_page(limit: int, hidden: int) -> None:
    first, *_ = Index([False] * hidden + [True] * 200).pages(limit)

    assert len(first) == limit


@pytest.mark.parametrize("every", [2, 3, 10, 50])
def test_sparse_rows_fill_a_page(every: int) -> None:
    first, *_ = Index([n % every == 0 for n in range(5000)]).pages(20)

    assert len(first) == 20


def test_what_is_not_filtered_takes_one_read() -> None:
    index = Index([True] * 50)
    filled(index.read, {"limit": 20, "nextToken": None}, lambda: False)

    assert index.reads == 1


def test_a_page_that_no_few_reads_fill_is_short_and_leads_on() -> None:
    index = Index([False] * 20_000 + [True])
    page = filled(index.read, {"limit": 2, "nextToken": None}, lambda: False)

    assert (page["items"], index.reads) == ([], MOST_READS)
    assert int(page["nextToken"]) > 1000


def test_time_ends_the_reads() -> None:
    index = Index([False] * 1000)
    page = filled(index.read, {"limit": 2, "nextToken": None}, lambda: True)

    assert (index.reads, page["nextToken"]) == (1, "2")


@pytest.mark.parametrize("part", [2, 3, 7])
def test_large_rows_make_pages_shorter_and_lose_none(part: int) -> None:
    index = Index([n % 3 > 0 for n in range(15)], "x" * (MAX_PAGE_BYTES // part - 1000))
    pages = index.pages(12)

    assert [row for page in pages for row in page] == [row for row in index.rows if row["wanted"]]
    assert all(size(page) <= MAX_PAGE_BYTES for page in pages)


def test_a_row_that_is_too_large_for_any_page_is_taken_alone() -> None:
    index = Index([True] * 3, "x" * MAX_PAGE_BYTES)

    assert index.pages(12) == [[row] for row in index.rows]
