"""docs/local-stack.md: what it names is there."""

import re
from dataclasses import fields

import pytest

from local.emulator.faults import Settings
from tests.support.paths import ROOT

PAGE = (ROOT / "docs" / "local-stack.md").read_text()
FOLDERS = {"Patches": ROOT / "tests/integration/emulator", "Known differences": ROOT / "tests"}
TEST = re.compile(r"\| `([^`]+)`: `([^`]+)` \|$")


def rows(section: str) -> list[str]:
    """The table rows of a section, without its head."""
    text = PAGE.split(f"## {section}\n")[1].split("\n## ")[0]
    return [line for line in text.splitlines() if line.startswith("| ")][1:]


@pytest.mark.parametrize("section", FOLDERS)
def test_every_row_names_a_test_that_exists_or_says_why_not(section: str) -> None:
    for row in rows(section):
        if "| none: " in row:
            continue
        found = TEST.search(row)
        assert found, row
        assert f"def {found[2]}(" in (FOLDERS[section] / found[1]).read_text(), row


def test_every_fault_is_described() -> None:
    table = "".join(rows("Faults on demand"))
    assert [setting.name for setting in fields(Settings) if f"`{setting.name}`" not in table] == []
