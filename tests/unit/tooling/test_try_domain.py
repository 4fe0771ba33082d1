"""Trying a domain in a copy of the tree: what goes, what may differ, what differs."""

from pathlib import Path

import pytest

from scripts.tree_copy import commit
from scripts.trying import copies
from scripts.trying.belongings import goes, may_differ

pytestmark = pytest.mark.feature("W27")
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
