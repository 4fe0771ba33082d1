"""Code blocks of a Markdown page, with the line on which each begins and how it is to be run.

The word after the backquotes is the language; attributes follow in braces, as in `sh {exit=1}`.
docs/guides/README.md explains them to authors.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from markdown_it import MarkdownIt

INFO = re.compile(r"(?P<language>[\w+-]*)\s*(?:\{(?P<attributes>[^}]*)\})?")
ATTRIBUTES = frozenset(
    {"aws", "checked", "eventually", "exit", "file", "output", "restart", "seconds"}
)
SHELL = "sh"
DIFF = "diff"


class Kind(Enum):
    """The runner's ways to treat a block."""

    RUN = "run"
    AWS = "run against the emulator in the place of AWS"
    CHECKED = "only checked: programs and options exist"
    RESTART = "the system is stopped and started again"
    OUTPUT = "compared with what the block before it printed"
    FILE = "written to a file"
    PATCH = "applied to the tree"
    SHOWN = "for the reader only"


class Unclear(Exception):
    """The attributes of a block cannot be understood; the message names page and line."""


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block. `line` is that of its first line of text, counted from 1."""

    page: str
    line: int
    language: str
    text: str
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def kind(self) -> Kind:
        if "output" in self.attributes:
            return Kind.OUTPUT
        if "file" in self.attributes:
            return Kind.FILE
        if self.language == DIFF:
            return Kind.PATCH
        return self._shell_kind() if self.language == SHELL else Kind.SHOWN

    def _shell_kind(self) -> Kind:
        if "checked" in self.attributes:
            return Kind.CHECKED
        if "restart" in self.attributes:
            return Kind.RESTART
        return Kind.AWS if "aws" in self.attributes else Kind.RUN

    @property
    def eventually(self) -> bool:
        return "eventually" in self.attributes

    @property
    def exit_code(self) -> int:
        return int(self.attributes.get("exit", 0))

    @property
    def seconds(self) -> float:
        return float(self.attributes.get("seconds", 60))


def read(file: Path, root: Path) -> list[Block]:
    """Return the blocks of a page in their order."""
    return list(blocks(file.read_text(), file.relative_to(root).as_posix()))


def blocks(text: str, page: str) -> Iterator[Block]:
    """Raises `Unclear`."""
    for token in MarkdownIt("commonmark").parse(text):
        if token.type == "fence" and token.map:
            line = token.map[0] + 2
            language, attributes = described(token.info.strip(), f"{page}:{line}")
            yield Block(page, line, language, token.content, attributes)


def described(info: str, place: str) -> tuple[str, Mapping[str, str]]:
    """Split the words after the backquotes into language and attributes."""
    found = INFO.fullmatch(info)
    if found is None:
        raise Unclear(f"{place}: write ```language {{attributes}}, not ```{info}")
    words = (found["attributes"] or "").replace(",", " ").split()
    attributes = {name: value for name, _, value in (word.partition("=") for word in words)}
    if unknown := sorted(attributes.keys() - ATTRIBUTES):
        raise Unclear(f"{place}: no attribute {', '.join(unknown)}; see docs/guides/README.md")
    return found["language"], attributes
