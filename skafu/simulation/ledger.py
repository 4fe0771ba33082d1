"""The schedules that were run so far, in a file that is committed and grows."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from skafu.simulation.campaign import Kind


@dataclass(frozen=True, slots=True, order=True)
class Run:
    """A run of `schedules` seeds from `first` on, with the code of `commit`, on a day (UTC)."""

    kind: Kind
    first: int
    schedules: int
    divergences: int
    commit: str
    date: str

    @property
    def end(self) -> int:
        return self.first + self.schedules


def read(file: Path) -> list[Run]:
    """Return the runs in a file, none if there is no such file."""
    if not file.exists():
        return []
    return [Run(**{**one, "kind": Kind(one["kind"])}) for one in json.loads(file.read_text())]


def add(file: Path, run: Run) -> list[Run]:
    """Add a run to a file, a line each, and return them all."""
    runs = sorted({*read(file), run})
    lines = ",\n".join(json.dumps(asdict(one)) for one in runs)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"[\n{lines}\n]\n")
    return runs


def distinct(runs: Iterable[Run]) -> int:
    """Return how many schedules the runs were, those once that several of them had."""
    by_kind = groupby(sorted(runs), lambda run: run.kind)
    return sum(end - first for _, some in by_kind for first, end in _apart(some))


def _apart(runs: Iterable[Run]) -> Iterator[tuple[int, int]]:
    """Yield first and end of ranges that do not overlap, of runs in the order of their firsts."""
    end = 0
    for run in runs:
        if run.end > end:
            yield max(run.first, end), run.end
            end = run.end
