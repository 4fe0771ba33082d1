"""Guarantees of every adapter of a port, and those of one alone: docs/adapters.yaml.

A sentence without `of` is about every adapter. Its tests must have run with each of them, which
the parameters of the tests tell: `test_x[memory]`, `test_x[moto]`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scripts.junit import Case

LIST = Path(__file__).resolve().parent.parent / "docs" / "adapters.yaml"


@dataclass(frozen=True, slots=True)
class Adapter:
    """One adapter: its class, and the parameters of tests that run with it."""

    name: str
    implements: str
    runs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One guarantee; `of` is the only adapter that gives it."""

    id: str
    about: str
    promise: str
    tests: tuple[str, ...]
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Port:
    """A port with more than one adapter. `protocols` are those that its adapters implement."""

    name: str
    use: str
    protocols: tuple[str, ...]
    adapters: tuple[Adapter, ...]
    sentences: tuple[Sentence, ...]

    def runs(self) -> frozenset[str]:
        return frozenset(run for adapter in self.adapters for run in adapter.runs)

    def told_of(self, sentence: Sentence) -> Iterator[Adapter]:
        """Yield the adapters that a sentence is about."""
        return (one for one in self.adapters if sentence.of in (None, one.name))


@cache
def ports() -> Sequence[Port]:
    """Return every port of docs/adapters.yaml, in its order."""
    return tuple(map(port, yaml.safe_load(LIST.read_text())))


def port(row: Mapping[str, Any]) -> Port:
    return Port(
        name=row["port"],
        use=row["use"],
        protocols=tuple(row["protocols"]),
        adapters=tuple(
            Adapter(name, one["class"], tuple(one["runs"])) for name, one in row["adapters"].items()
        ),
        sentences=tuple(
            Sentence(**{**one, "tests": tuple(one["tests"])}) for one in row["guarantees"]
        ),
    )


def named() -> frozenset[str]:
    """Return the tests that the list names."""
    return frozenset(test for one in ports() for s in one.sentences for test in s.tests)


def untold(one: Port) -> list[str]:
    """Return subjects of which one adapter says something, and another does not."""
    told = {(s.about, a.name) for s in one.sentences for a in one.told_of(s)}
    apart = sorted({s.about for s in one.sentences if s.of})
    return [f"{one.name}: {about} of {a.name}" for about in apart for a in one.adapters
            if (about, a.name) not in told]  # fmt: skip


def unshown(listed: Iterable[Port], cases: Iterable[Case]) -> list[str]:
    """Return what no test showed: sentences, each with an adapter with which none has passed."""
    ran: dict[str, set[str]] = {}
    for case in cases:
        if case.outcome == "passed":
            ran.setdefault(case.test, set()).add(case.given)
    return [
        f"{sentence.id} of {adapter.name}: no test ran with it"
        for one in listed
        for sentence in one.sentences
        for adapter in one.told_of(sentence)
        if not any(shows(one, sentence, adapter, ran.get(test, ())) for test in sentence.tests)
    ]


def shows(one: Port, sentence: Sentence, adapter: Adapter, given: Collection[str]) -> bool:
    """Tell whether a test ran with an adapter.

    One that runs with none of the port's adapters by name is taken for what its sentence says, if
    that is about one adapter alone.
    """
    runs = {run for text in given for run in text.split("-")} & one.runs()
    return bool(runs & set(adapter.runs)) or bool(given and sentence.of and not runs)
