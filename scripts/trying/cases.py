"""The number of cases in each test file, with the tree's own domain and with the other one."""

import re
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from scripts import junit
from scripts.trees import ROOT
from scripts.trying.trial import PYTEST, Outcome, executed

COLLECTED = re.compile(r"^(tests/\S+\.py): (\d+)$", re.MULTILINE)
Numbers = Mapping[str, int]
"""By test file."""


def compare(
    results: Path, arguments: Sequence[str], left_out: Collection[str]
) -> tuple[str, Outcome]:
    """Return the files whose numbers differ, as a table; a file without a case is a failure.

    `arguments` are those that pytest was given in the copy, but for files that were left out.
    """
    began = time.monotonic()
    numbers, gone = compared(collected(arguments), ran(results), left_out)
    seconds = time.monotonic() - began
    return numbers, Outcome("cases of every file", not gone, seconds, "\n".join(gone))


def compared(
    here: Numbers, there: Counter[str], left_out: Collection[str]
) -> tuple[str, Sequence[str]]:
    """Return the table, and the files that are without a case there.

    Files that were left out, since they cannot tell the domain, have as many cases as here.
    """
    same = {file: number for file, number in here.items() if file in left_out}
    every = there + Counter(same)
    numbers = f"{table(here, every)}\n  {len(same)} of them cannot tell the domain: left out there"
    return numbers, [file for file in here if not every[file]]


def collected(paths: Sequence[str]) -> Numbers:
    """Return the numbers in the tree."""
    _, output = executed((*PYTEST, "--quiet", "--collect-only", *paths), ROOT)
    return {file: int(number) for file, number in COLLECTED.findall(output)}


def ran(results: Path) -> Counter[str]:
    """Return the numbers in the copy; what was skipped for want of cases is none."""
    cases = (case for file in sorted(results.glob("*.xml")) for case in junit.read(file))
    return Counter(case.test.partition("::")[0] for case in cases if case.outcome != "skipped")


def table(here: Numbers, there: Counter[str]) -> str:
    differing = [file for file in here if here[file] != there[file]]
    rows = [f"  {file:<64}{here[file]:>6}{there[file]:>6}" for file in differing]
    same = f"  {len(here) - len(differing)} other files have as many cases with either"
    return "\n".join((f"{'Cases of each file':<66}{'here':>6}{'there':>6}", *rows, same))
