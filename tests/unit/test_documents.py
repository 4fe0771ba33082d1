"""Documents: pages that are linked, links that lead somewhere, lines that can be read."""

import re
from pathlib import Path

import pytest

from scripts import features
from tests.support.pages import PAGES, README, anchors, into_domain, leads_somewhere, links, name
from tests.support.paths import ROOT

LONGEST_LINE = 300


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    """Leave out links into the domain, which tests/domain follows."""
    found = (link for link in links(page) if not into_domain(page, link))

    assert [link for link in found if not leads_somewhere(page, link)] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_line_is_too_long_to_be_read(page: Path) -> None:
    lines = enumerate(page.read_text().splitlines(), 1)

    assert [f"{name(page)}:{n}" for n, line in lines if len(line) > LONGEST_LINE] == []


def test_every_page_is_linked_from_the_readme() -> None:
    """A decision is linked from the list of decisions."""
    linked = {(ROOT / link.partition("#")[0]).resolve() for link in links(README)}
    pages = [page for page in PAGES if page != README and not re.match(r"\d{4}-", page.name)]

    assert len(pages) > 20
    assert [name(page) for page in pages if page not in linked] == []


def test_every_guarantee_has_an_id_of_its_own_and_a_test() -> None:
    rows = [row for rows in features.promised().values() for row in rows]

    assert len({row.id for row in rows}) == len(rows) > 50
    assert [row.id for row in rows if not row.tests] == []


@pytest.mark.parametrize(
    ("heading", "expected"),
    [("Run it", "run-it"), ("What AWS does: `a_b`, and not", "what-aws-does-a_b-and-not")],
)
def test_anchors_are_those_of_the_code_host(heading: str, expected: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# {heading}\n")

    assert anchors(page) == {expected}
