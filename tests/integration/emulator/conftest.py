"""Two emulators for these tests: ours, and MiniStack as it is, to show what each patch is for."""

from collections.abc import Iterator

import pytest

from local import ports
from local.aws import Aws
from local.stack import running_emulator


@pytest.fixture(scope="session")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    with running_emulator(ports.free(1)[0], tmp_path_factory.mktemp("ours")) as aws:
        yield aws


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    with running_emulator(ports.free(1)[0], tmp_path_factory.mktemp("stock"), stock=True) as aws:
        yield aws
