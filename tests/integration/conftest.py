"""One stack for the whole suite, with ports and data of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.api_client import Json
from local import ports
from local.stack import Options, Stack, running_stack

# It judges what all the others made the functions call.
LAST = Path(__file__).with_name("test_permissions.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After the shuffle, which comes first."""
    items.sort(key=lambda item: item.path == LAST)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    emulator, appsync = ports.free(2)
    state = tmp_path_factory.mktemp("stack")
    options = Options(state_dir=state, emulator_port=emulator, appsync_port=appsync)
    with running_stack(options) as stack:
        yield stack


@pytest.fixture(scope="session")
def stack(running: Stack) -> Json:
    """The content of outputs.json."""
    return running.outputs


@pytest.fixture(scope="session")
def stack_outputs(running: Stack) -> Path:
    return running.options.state_dir / "outputs.json"
