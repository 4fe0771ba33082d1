"""Trying a domain in a copy of the tree: what goes, what may differ, whose code runs there."""

import subprocess
from pathlib import Path

import pytest

from scripts.trees import ROOT, Tree
from scripts.trying import copies
from scripts.trying.belongings import goes, may_differ

KEPT = {
    "an entry point": "src/handlers/command_api.py",
    "what runs deferred commands": "statemachines/command.asl.yaml",
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
    here, there = tmp_path / "here", tmp_path / "there"
    for name in ("kept", "changed", "folder/removed"):
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text("before")
    copies.copy(Tree("here", here, ("changed", "folder/removed", "kept")), there)
    (there / "changed").write_text("after")
    (there / "folder/removed").unlink()
    (there / "added").write_text("after")

    assert set(copies.changed(there)) == {
        ("added", "added"),
        ("changed", "changed"),
        ("folder/removed", "removed"),
    }
    assert (here / "changed").read_text() == "before"


def test_programs_of_the_copy_run_its_own_code(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "kernel.py").write_text("")
    copies.link_python(ROOT / ".venv", tmp_path / ".venv")
    asked = "import kernel, typer; print(kernel.__file__)"
    said = subprocess.check_output([tmp_path / ".venv/bin/python", "-c", asked], text=True)

    assert said.strip() == str(tmp_path / "src" / "kernel.py")
    assert str(tmp_path) in (tmp_path / ".venv/bin/pytest").read_text().splitlines()[0]
