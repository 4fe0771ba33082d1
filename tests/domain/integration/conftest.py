"""The stack of the whole suite. What judges everything that ran on it comes last."""

from pathlib import Path

import pytest

from tests.support.running import running, stack, stack_outputs

__all__ = ["running", "stack", "stack_outputs"]

# It judges what all the others made the functions call.
LAST = Path(__file__).with_name("test_permissions.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort after the shuffle, which comes first."""
    items.sort(key=lambda item: item.path == LAST)
