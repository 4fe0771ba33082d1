"""Every guide does what it says: its code blocks run, in their order, against `make dev`."""

from pathlib import Path

import pytest

from scripts.trees import ROOT
from tests.guides import blocks, runner
from tests.guides.workplace import Workplaces

PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs/guides").glob("*.md")))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_guide_does_what_it_says(page: Path, workplaces: Workplaces, tmp_path: Path) -> None:
    if fault := fault_of(page, workplaces, tmp_path):
        pytest.fail(fault, pytrace=False)


def fault_of(page: Path, workplaces: Workplaces, files: Path) -> str | None:
    """Follow a guide, and return what is wrong with it: page, line, block, and what was seen."""
    try:
        guide = blocks.read(page, ROOT)
        with workplaces.borrowed() as place:
            runner.follow(guide, place, files)
    except (blocks.Unclear, runner.Broken) as error:
        return str(error)
    return None
