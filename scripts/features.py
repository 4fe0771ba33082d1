"""Features and the tests that show them: from markers and titles, checked against results.

A Python test carries `@pytest.mark.feature("C1", "K6")`; a Node test carries `[R34]` in its title.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NewType

import yaml

from scripts import adapters, marks
from scripts.junit import Case

FeatureId = NewType("FeatureId", str)
TestName = NewType("TestName", str)
Shown = Mapping[FeatureId, frozenset[TestName]]

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "docs" / "features.yaml"
GUARANTEES = ROOT / "docs" / "guarantees.yaml"
PERMISSIONS = ROOT / "docs" / "permissions.md"
NOT_YET = "not yet"
DECISIONS = "adr/"
NODE_TESTS = ("local/appsync/**/*.test.*", "frontend/tests/**/*.test.*", "amplify/**/*.test.*")
PLACEHOLDER = re.compile(r"%[sdifjoOp#$]|\$\{[^}]*\}|\$\w[\w.]*")  # of `test.each`
IDS = re.compile(r"\[([A-Z]\d+(?:,\s*[A-Z]\d+)*)\]")
TITLE = re.compile(
    # `test(`, `describe.only(`, and the second call of `test.each([...])(`
    r"(?:\b(?:test|it|describe|suite)(?:\.\w+)*|[\])`])\(\s*"
    r"(?:'((?:[^'\\\n]|\\.)*)'|\"((?:[^\"\\\n]|\\.)*)\"|`([^`]*)`)"
)


def is_decision(part: str) -> bool:
    """Tell whether a part names a decision instead of a test."""
    return part.startswith(DECISIONS)


@dataclass(frozen=True, slots=True)
class Feature:
    """One row of docs/features.yaml.

    `decided` is the ADR that says why it is not built, `parts` the test of each part, NOT_YET, or
    the ADR of a part that is not built. `proof` is the test nearest to what a user does.
    """

    id: FeatureId
    title: str
    decided: str | None = None
    proof: TestName | None = None
    parts: Mapping[str, str] = field(default_factory=dict)

    def named(self) -> frozenset[TestName]:
        """Return the tests that the row itself names."""
        proof = {self.proof} if self.proof else set()
        tests = (one for one in self.parts.values() if one != NOT_YET and not is_decision(one))
        return frozenset(proof | set(map(TestName, tests)))

    def lacks(self) -> bool:
        return NOT_YET in self.parts.values()


@dataclass(frozen=True, slots=True)
class Guarantee:
    """One row of docs/guarantees.yaml: a promise, and the tests that show it."""

    id: str
    promise: str
    tests: tuple[TestName, ...]


def promised() -> dict[str, list[Guarantee]]:
    """Every guarantee, by group, in the order of docs/guarantees.yaml."""
    groups = yaml.safe_load(GUARANTEES.read_text())
    return {
        name: [Guarantee(row["id"], row["promise"], tuple(row["tests"])) for row in rows]
        for name, rows in groups.items()
    }


def listed() -> dict[str, list[Feature]]:
    """Every feature, by group, in the order of docs/features.yaml."""
    groups = yaml.safe_load(LIST.read_text())
    return {name: [Feature(**row) for row in rows] for name, rows in groups.items()}


def known_ids() -> frozenset[str]:
    return frozenset(feature.id for rows in listed().values() for feature in rows)


def shown() -> Shown:
    """The tests of `make test` that show each feature, from their source: nothing is run."""
    rows = [feature for rows in listed().values() for feature in rows]
    found = defaultdict(set, {row.id: set(row.named()) for row in rows if row.named()})
    for feature, test in (*marks.every_time(ROOT), *_node_tests()):
        found[FeatureId(feature)].add(TestName(test))
    return {feature: frozenset(tests) for feature, tests in found.items()}


def _node_tests() -> Iterator[tuple[FeatureId, TestName]]:
    for file in _node_files():
        name = file.relative_to(ROOT)
        for title in titles(file.read_text()):
            for feature in ids_in(title):
                yield feature, TestName(f"{name} > {title}")


def _node_files() -> Iterator[Path]:
    for pattern in NODE_TESTS:
        yield from (file for file in ROOT.glob(pattern) if "node_modules" not in file.parts)


def titles(source: str) -> Iterator[str]:
    for match in TITLE.finditer(source):
        yield next(group for group in match.groups() if group is not None)


def ids_in(title: str) -> list[FeatureId]:
    """The ids in square brackets of a title: `[R34, R35]`."""
    return [FeatureId(i.strip()) for match in IDS.findall(title) for i in match.split(",")]


def unshown(cases: Iterable[Case]) -> list[str]:
    """The tests that our documents name and that did not run, failed or were skipped."""
    ran = list(cases)
    outcomes: defaultdict[str, set[str]] = defaultdict(set)
    for case in ran:
        outcomes[case.test].add(case.outcome)
    named = named_by_pages() | {test for tests in shown().values() for test in tests}
    faults = [f"{test}: {word}" for test in sorted(named) if (word := verdict(test, outcomes))]
    return faults + adapters.unshown(adapters.ports(), ran)


def named_by_pages() -> set[TestName]:
    """Return the tests that guarantees, those of adapters and hand-written pages name."""
    found = re.findall(r"`(tests/[\w/]+\.py::[\w:]+)`", PERMISSIONS.read_text())
    shown = {test for rows in promised().values() for row in rows for test in row.tests}
    return shown | set(map(TestName, (*found, *adapters.named())))


def exists(test: str) -> bool:
    """Tell whether the file of a Python test is there, with its class and its function."""
    file, *classes, name = test.split("::")
    if not (ROOT / file).exists():
        return False
    text = (ROOT / file).read_text()
    return all(part in text for part in (*(f"class {one}:" for one in classes), f"def {name}("))


def verdict(test: str, outcomes: Mapping[str, set[str]]) -> str | None:
    met = outcomes.get(test) or _outcomes_by_title(test, outcomes)
    if not met:
        return "did not run"
    return None if met == {"passed"} else ", ".join(sorted(met - {"passed"}))


def _outcomes_by_title(test: str, outcomes: Mapping[str, set[str]]) -> set[str]:
    """Node reporters put the titles of the enclosing groups before a test's own."""
    _, _, title = test.partition(" > ")
    if not title:
        return set()
    words = map(re.escape, PLACEHOLDER.split(title))
    pattern = re.compile(".*".join(words) + "(?: > |$)")  # itself, or a group of tests
    return {word for name, met in outcomes.items() if pattern.search(name) for word in met}
