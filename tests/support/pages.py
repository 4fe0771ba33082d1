"""Documents, their links and their headings."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from scripts.trying.belongings import goes
from tests.support.paths import ROOT

README = ROOT / "README.md"
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "frontend/README.md",
        ROOT / "amplify/README.md",
        *ROOT.glob("examples/*/README.md"),
    ]
)
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


def into_domain(page: Path, link: str) -> bool:
    """Tell whether a link leads to a file that goes when another domain comes."""
    target = (page.parent / link.partition("#")[0]).resolve()
    return target.is_relative_to(ROOT) and goes(name(target))
