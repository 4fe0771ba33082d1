"""The guide to a new command: it takes the files that it lists, and each one left out is named.

The guide is followed in a copy of the tree. Then one file after the other is put back as it was,
which is what somebody has who forgot it, and `make check` has to say so.
"""

import re
import resource
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from scripts.tree_copy import copy_of_the_tree, git
from scripts.trees import ROOT
from tests.guides import blocks
from tests.guides.blocks import Block, Kind
from tests.guides.workplace import git_apply

# One process makes the copy, and takes all the tests that read it.
pytestmark = pytest.mark.together

GUIDE = ROOT / "docs/guides/add-a-command.md"
MOST_FILES, MOST_LINES, MOST_SECONDS = 8, 40, 20.0
PATCHED = re.compile(r"^\+\+\+ b/(.+)$", re.MULTILINE)
PNPM = ".tools/pnpm/node_modules/.bin/pnpm"
PYTHON = ".venv/bin/python"
# What the check reads of what `make docs` writes, and what the guide runs after it.
GENERATE = (
    (PNPM, "run", "export"),
    (PYTHON, "-m", "skafu.generate"),
    (PYTHON, "-m", "skafu.cli", "cost", "--accept"),
    (PYTHON, "-m", "tests.support.corpus"),
)
COMMANDS, EVENTS, AGGREGATE = (
    f"src/domain/project/{name}.py" for name in ("commands", "events", "aggregate")
)
# In two parts each: the check looks for these words in the tests.
COMMAND, EVENT = f"Pin{'Project'}", f"Project{'Pinned'}"
NAMED = {
    COMMANDS: f"module 'domain.project.commands' has no attribute '{COMMAND}'",
    EVENTS: f"module 'domain.project.events' has no attribute '{EVENT}'",
    AGGREGATE: f"{AGGREGATE}: decide_active has no case for {COMMAND}",
    "amplify/data/schema.ts": "projects shows Project.pinned, a field that amplify/data/schema.ts",
    "src/projections/projects.py": "no event shows anything in Project.pinned",
    "docs/authorization.yaml": "docs/authorization.yaml: no row for pin-project below commands",
    "tests/domain/unit/test_pinning.py": f"tests: no test names {COMMAND} of project",
    "frontend/src/features/project/ProjectPage.tsx": "nothing on the page uses Project.pinned",
}


def written() -> Iterator[tuple[Block, str]]:
    """Yield the blocks of the guide that change a file, each with the file."""
    for block in blocks.read(GUIDE, ROOT):
        if block.kind is Kind.PATCH:
            yield from ((block, name) for name in PATCHED.findall(block.text))
        elif block.kind is Kind.FILE:
            yield block, block.attributes["file"]


def test_it_takes_the_files_that_it_lists_and_not_too_many() -> None:
    edited = [name for _, name in written()]
    listed = re.findall(r"^\| `([^`]+)` \|", GUIDE.read_text(), re.MULTILINE)

    assert sorted(edited) == sorted(listed) == sorted(NAMED)
    assert len(edited) <= MOST_FILES


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Follow the guide in a copy, without a running system."""
    copy = copy_of_the_tree(tmp_path_factory.mktemp("add-a-command") / "skafu")
    for block, name in written():
        if block.kind is Kind.PATCH:
            assert git_apply(block.text, copy) == ""
        else:
            (copy / name).write_text(block.text)
    for command in GENERATE:
        run(command, copy)
    return copy


def run(command: Sequence[str], tree: Path) -> None:
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def check(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (PYTHON, "-m", "scripts.check", "completeness"), cwd=tree, capture_output=True, text=True
    )


@pytest.mark.timeout(300)
def test_nothing_is_missing_when_it_was_followed(tree: Path) -> None:
    done = check(tree)

    assert done.returncode == 0, done.stdout


@pytest.mark.timeout(300)
@pytest.mark.parametrize("file", NAMED)
def test_a_file_that_is_left_out_is_named(tree: Path, file: str) -> None:
    content = (tree / file).read_text()
    put_back(tree, file)
    before = processor_seconds()
    done = check(tree)
    seconds = processor_seconds() - before
    (tree / file).write_text(content)

    assert done.returncode == 1
    assert NAMED[file] in done.stdout
    assert len(done.stdout.splitlines()) <= MOST_LINES
    assert seconds < MOST_SECONDS


def processor_seconds() -> float:
    """Return what processes that have ended took: a machine that is busy changes it little."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def put_back(tree: Path, file: str) -> None:
    """Leave the file as it was before the guide."""
    if git("ls-files", file, folder=tree):
        git("checkout", "--quiet", file, folder=tree)
    else:
        (tree / file).unlink()
