"""A stack of its own: what other tests put into the events table by hand, and take away again,
would be found here as what it is.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.api_client import Json
from local import ports
from local.stack import Options, Stack, running_stack


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    emulator, appsync = ports.free(2)
    state = tmp_path_factory.mktemp("verified")
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
