"""Trying a domain in a copy of the tree: what goes, what may differ, what differs."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from scripts.tree_copy import commit
from scripts.trees import Tree
from scripts.trying import cases, copies
from scripts.trying.belongings import goes, may_differ
from scripts.trying.reach import Reach

pytestmark = pytest.mark.feature("W27")
KEPT = {
    "an entry point": "src/handlers/command_api.py",
    "what runs deferred commands": "statemachines/command.asl.yaml",
    "what works on the whole store": "statemachines/store_job.asl.yaml",
    "a sample of the engine's": "events/api_docs/page.json",
    "a test of the engine": "tests/unit/kernel/test_messages.py",
    "a page": "docs/architecture.md",
}
GONE = {
    "the registry": "src/domain/contents.py",
    "a rule": "src/domain/project/aggregate.py",
    "a projection": "src/projections/projects.py",
    "the read models": "amplify/data/schema.ts",
    "a test of the domain": "tests/domain/unit/test_project.py",
    "the page": "frontend/src/App.tsx",
    "what was released": "schemas/released/openapi.json",
}
MADE = {
    "rows": "src/projections/generated/rows.py",
    "the template": "template.yaml",
    "the API's description": "docs/openapi.json",
}


@pytest.mark.parametrize("name", KEPT.values(), ids=KEPT)
def test_what_is_the_engines_stays_as_it_is(name: str) -> None:
    assert not goes(name)
    assert not may_differ(name)


@pytest.mark.parametrize("name", GONE.values(), ids=GONE)
def test_what_is_the_domains_goes(name: str) -> None:
    assert goes(name)
    assert may_differ(name)


@pytest.mark.parametrize("name", MADE.values(), ids=MADE)
def test_what_is_generated_is_made_anew(name: str) -> None:
    assert not goes(name)
    assert may_differ(name)


def test_a_copy_tells_what_was_changed_in_it(tmp_path: Path) -> None:
    for name in ("kept", "changed", "folder/removed"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("before")
    commit(tmp_path)
    copies.remove(tmp_path, ["folder/removed"])
    (tmp_path / "changed").write_text("after")
    (tmp_path / "added").write_text("after")

    assert not (tmp_path / "folder").exists()
    assert set(copies.changed(tmp_path)) == {
        ("added", "added"),
        ("changed", "changed"),
        ("folder/removed", "removed"),
    }


ENGINE_FILES = {
    "src/kernel/digest.py": "import hashlib\nHERE = __file__\n",
    "src/domain/contents.py": "contents = 1\n",
    "tests/conftest.py": "import pytest\nfrom tests.support.running import stacks\n",
    "tests/support/running.py": "from domain.contents import contents\ndef stacks(): ...\n",
    "tests/support/kitchen.py": "from kernel import digest\n",
    "tests/support/paths.py": "ROOT = __file__\n",
}
TELLS = {
    "nothing of the domain": (
        "from tests.support import kitchen\ndef test_it(other): ...\n",
        False,
    ),
    "the domain": ("from domain import contents\n", True),
    "a module that imports it": ("import tests.support.running\n", True),
    "an import within a function": ("def test_it():\n    from domain import contents\n", True),
    "a fixture that imports it": ("def test_it(stacks): ...\n", True),
    "the place of the tree": ("from tests.support.paths import ROOT\n", True),
    "another program": ("from subprocess import run\n", True),
    "the folder that it runs in": ("from pathlib import Path\nHERE = Path.cwd()\n", True),
}


@pytest.mark.parametrize(("text", "tells"), TELLS.values(), ids=TELLS)
def test_a_test_can_tell_the_domain_by(text: str, tells: bool, tmp_path: Path) -> None:
    test = "tests/unit/test_it.py"
    reach = Reach(written(tmp_path, {**ENGINE_FILES, test: text}))

    assert reach.blind([test]) == (frozenset() if tells else {test})


def written(folder: Path, files: Mapping[str, str]) -> Tree:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return Tree("a tree", folder, tuple(files))


def test_files_that_were_left_out_have_as_many_cases_as_here() -> None:
    here = {"tests/test_both.py": 2, "tests/test_blind.py": 3, "tests/test_gone.py": 1}
    there = Counter({"tests/test_both.py": 1})

    numbers, gone = cases.compared(here, there, {"tests/test_blind.py"})

    assert gone == ["tests/test_gone.py"]
    assert re.findall(r"tests/(\w+).py +(\d+) +(\d+)", numbers) == [
        ("test_both", "2", "1"),
        ("test_gone", "1", "0"),
    ]
    assert "1 other files have as many cases with either\n  1 of them cannot tell" in numbers
