"""One workplace for all guides that only use the running system."""

from collections.abc import Iterator

import pytest

from guides.workplace import Workplace, workplace


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    with workplace(tmp_path_factory.mktemp("guides")) as place:
        yield place
