"""Tests of sagas are left out of a domain that has none: nothing is skipped."""

import pytest

from domain.contents import contents


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if contents.sagas:
        return
    idle = [item for item in items if item.get_closest_marker("sagas")]
    config.hook.pytest_deselected(items=idle)
    items[:] = [item for item in items if item not in idle]
