"""The workplace in which the guides are followed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guides.workplace import Workplaces

LEAVE_CHANGES = ("add-a-command.md", "add-a-read-model.md", "cli.md")
"""Guides after which the next one would begin with a new copy of the tree and a new system."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Followed last, they leave no next one.
    items.sort(key=leaves_changes)


def leaves_changes(item: pytest.Item) -> bool:
    callspec = getattr(item, "callspec", None)
    page = callspec.params.get("page") if callspec else None
    return isinstance(page, Path) and page.name in LEAVE_CHANGES


@pytest.fixture(scope="session")
def workplaces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplaces]:
    places = Workplaces(tmp_path_factory.mktemp("guides"))
    yield places
    places.stop()
