"""Every guide does what it says: its code blocks run, in their order, against `make dev`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from guides import blocks, runner
from guides.blocks import Block
from guides.workplace import ROOT, Workplace, workplace

PAGES = (ROOT / "README.md", *sorted((ROOT / "docs/guides").glob("*.md")))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_guide_does_what_it_says(
    page: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    try:
        guide = blocks.read(page, ROOT)
        with place_for(guide, request, tmp_path) as place:
            runner.follow(guide, place, tmp_path / "blocks")
    except (blocks.Unclear, runner.Broken) as error:
        pytest.fail(str(error), pytrace=False)


@contextmanager
def place_for(
    guide: Sequence[Block], request: pytest.FixtureRequest, folder: Path
) -> Iterator[Workplace]:
    """Give a guide that changes files a tree and a stack of its own."""
    if not runner.changes_files(guide):
        yield request.getfixturevalue("shared")
        return
    with workplace(folder) as own:
        yield own
