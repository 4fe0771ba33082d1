"""The contract that the simulated table keeps shows what the simulation stands on, no feature."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.name == "test_table.py":
            item.own_markers = [mark for mark in item.own_markers if mark.name != "feature"]
