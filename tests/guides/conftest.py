"""The workplace in which the guides are followed."""

from collections.abc import Iterator

import pytest

from tests.guides.workplace import Workplaces


@pytest.fixture(scope="session")
def workplaces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplaces]:
    places = Workplaces(tmp_path_factory.mktemp("guides"))
    yield places
    places.stop()
