"""Results of every suite in one form: the JUnit files that pytest, node:test and vitest write."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Outcome = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Case:
    """One test that ran.

    `test` is a pytest node id without parameters, which are `given`, or a Node test's title after
    those around it.
    """

    test: str
    outcome: Outcome
    given: str = ""


def read(file: Path) -> list[Case]:
    """Every case of one file; none when the suite did not get as far as writing it."""
    if not file.exists() or not file.stat().st_size:
        return []
    return list(_cases(ElementTree.parse(file).getroot(), ()))


def _cases(element: ElementTree.Element, path: tuple[str, ...]) -> Iterator[Case]:
    for child in element:
        if child.tag == "testsuite":
            yield from _cases(child, (*path, child.get("name", "")))
        elif child.tag == "testcase":
            yield Case(_name(child, path), _outcome(child), _given(child, path))


def _name(case: ElementTree.Element, path: tuple[str, ...]) -> str:
    name, owner = case.get("name", ""), case.get("classname", "")
    if path and path[-1] == "pytest":
        return _node_id(owner, name)
    return " > ".join((*path, name))


def _given(case: ElementTree.Element, path: tuple[str, ...]) -> str:
    """Return the ids of a pytest case's parameters: `memory-1` of `test_z[memory-1]`."""
    if path and path[-1] == "pytest":
        return case.get("name", "").partition("[")[2].removesuffix("]")
    return ""


def _node_id(owner: str, name: str) -> str:
    """`tests.unit.test_x.TestY` and `test_z[1]` name `tests/unit/test_x.py::TestY::test_z`."""
    words = owner.split(".")
    module = next((i for i, word in enumerate(words) if word.startswith("test_")), len(words) - 1)
    file = "/".join(words[: module + 1]) + ".py"
    return "::".join((file, *words[module + 1 :], name.partition("[")[0]))


def _outcome(case: ElementTree.Element) -> Outcome:
    tags = {child.tag for child in case}
    if tags & {"failure", "error"}:
        return "failed"
    return "skipped" if "skipped" in tags else "passed"
