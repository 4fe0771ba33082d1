"""Documents: pages that are linked, links that lead somewhere, lines that can be read."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from scripts import features

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "frontend/README.md",
        ROOT / "amplify/README.md",
    ]
)
LONGEST_LINE = 300
EXTERNAL = re.compile(r"^[a-z]+:")


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@cache
def inline(page: Path) -> list[Token]:
    """The tokens of a page's running text; those of code blocks are not among them."""
    tokens = MarkdownIt("commonmark").enable("table").parse(page.read_text())
    return [child for token in tokens for child in token.children or ()]


def links(page: Path) -> Iterator[str]:
    for token in inline(page):
        target = token.attrGet("href") or token.attrGet("src")
        if target and not EXTERNAL.match(str(target)):
            yield str(target)


@cache
def anchors(page: Path) -> frozenset[str]:
    """The names under which a code host makes headings reachable."""
    tokens = MarkdownIt("commonmark").parse(page.read_text())
    return frozenset(
        anchor(text.children or [])
        for token, text in pairwise(tokens)
        if token.type == "heading_open"
    )


def anchor(heading: list[Token]) -> str:
    text = "".join(token.content for token in heading)
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, fragment = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not fragment:
        return target.exists()
    return target.suffix != ".md" or fragment in anchors(target)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [link for link in links(page) if not leads_somewhere(page, link)] == []


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
