"""A test notices every small change to the engine's code, but for those listed with a reason."""

import subprocess
import sys
from collections.abc import Mapping, Sequence

import pytest

from scripts.mutate import PLAN
from scripts.mutating import survivors
from scripts.mutating.mutations import mutants
from scripts.mutating.survivors import Survivor
from tests.support.paths import ROOT

LONGEST = 3 * 3600  # seconds


def listed() -> Mapping[str, Sequence[Survivor]]:
    return survivors.read(ROOT / PLAN).survivors


@pytest.mark.parametrize("file", listed())
def test_each_listed_change_can_still_be_made(file: str) -> None:
    possible = {(m.function, m.change) for m in mutants(file, (ROOT / file).read_text())}

    assert {(row.function, row.change) for row in listed()[file]} <= possible


def test_the_list_is_about_modules_that_are_judged() -> None:
    plan = survivors.read(ROOT / PLAN)

    assert set(plan.survivors) <= set(plan.files(ROOT))
    assert all((ROOT / file).exists() for file in plan.not_judged)


@pytest.mark.soak
@pytest.mark.timeout(LONGEST)
def test_only_listed_changes_go_unnoticed() -> None:
    done = subprocess.run(
        (sys.executable, "-m", "scripts.mutate", "--fresh"), cwd=ROOT, timeout=LONGEST, check=False
    )

    assert done.returncode == 0
