"""The list of mutants that no test notices, with the reason for each, kept beside the tests."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field

from scripts.mutating.mutations import Mutant


class Survivor(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    function: str
    change: str
    reason: str = Field(min_length=10)


class Plan(BaseModel):
    """The modules to change, the tests that must notice it, and what they need not notice.

    A new module is changed like the others; those in `not_judged` wait for somebody to look at
    their survivors.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    modules: Sequence[str]
    tests: Sequence[str]
    not_judged: Sequence[str] = ()
    survivors: Mapping[str, Sequence[Survivor]] = Field(default_factory=dict)

    def every(self, root: Path) -> list[str]:
        """Return all modules, those of a folder one by one."""
        return sorted({file for word in self.modules for file in modules_in(root, word)})

    def files(self, root: Path) -> list[str]:
        """Return the modules that are judged."""
        left_out = {file for word in self.not_judged for file in modules_in(root, word)}
        return [file for file in self.every(root) if file not in left_out]


class Name(NamedTuple):
    file: str
    function: str
    change: str


@dataclass(frozen=True)
class Verdict:
    """How the list and what was found differ."""

    unlisted: Sequence[Name]
    killed: Sequence[Name]
    absent: Sequence[Name]

    @property
    def passed(self) -> bool:
        return not (self.unlisted or self.killed or self.absent)


def read(path: Path) -> Plan:
    return Plan.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def modules_in(root: Path, word: str) -> Iterator[str]:
    place = root / word
    found = [place] if place.is_file() else sorted(place.rglob("*.py"))
    for file in found:
        if file.name != "__init__.py":
            yield file.relative_to(root).as_posix()


def name_of(mutant: Mutant) -> Name:
    return Name(mutant.file, mutant.function, mutant.change)


def judge(
    plan: Plan, existing: Collection[Name], killed: Collection[Name], survived: Iterable[Name]
) -> Verdict:
    """Compare the list with what was found. Only names of mutants that were tried can be killed."""
    listed = [Name(f, s.function, s.change) for f, all_ in plan.survivors.items() for s in all_]
    return Verdict(
        unlisted=[name for name in survived if name not in listed],
        killed=[name for name in listed if name in killed],
        absent=[name for name in listed if name not in existing],
    )


def told(verdict: Verdict) -> Iterator[str]:
    """Yield lines about each difference; those to be listed in the form of the list."""
    for name in verdict.killed:
        yield f"take it off the list, a test notices it now: {': '.join(name)}"
    for name in verdict.absent:
        yield f"take it off the list, it does not exist: {': '.join(name)}"
    if verdict.unlisted:
        yield "no test notices (write one, or list it with its reason):"
        yield yaml.safe_dump(as_listed(verdict.unlisted), sort_keys=False, width=1000).rstrip()


def as_listed(names: Iterable[Name]) -> dict[str, list[dict[str, str]]]:
    listed: dict[str, list[dict[str, str]]] = {}
    for name in names:
        row = {"function": name.function, "change": name.change, "reason": ""}
        listed.setdefault(name.file, []).append(row)
    return listed
