"""One stack of our own for the whole suite: own ports, own data."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.api_client import Json
from local.stack import Options, Stack, running_stack


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    options = Options(
        state_dir=tmp_path_factory.mktemp("stack"),
        emulator_port=24010,
        appsync_port=24011,
        web_port=24012,
    )
    with running_stack(options) as stack:
        yield stack


@pytest.fixture(scope="session")
def stack(running: Stack) -> Json:
    """The content of outputs.json."""
    return running.outputs


@pytest.fixture(scope="session")
def stack_outputs(running: Stack) -> Path:
    return running.options.state_dir / "outputs.json"
