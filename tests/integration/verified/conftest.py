"""A stack of its own: what other tests put into the events table by hand, and take away again,
would be found here as what it is.
"""

from pathlib import Path

import pytest

from local.stack import Stack
from tests.support.api_client import Json
from tests.support.running import Stacks


@pytest.fixture(scope="session")
def running(stacks: Stacks) -> Stack:
    return stacks.named("verified")


@pytest.fixture(scope="session")
def stack(running: Stack) -> Json:
    """The content of outputs.json."""
    return running.outputs


@pytest.fixture(scope="session")
def stack_outputs(running: Stack) -> Path:
    return running.options.state_dir / "outputs.json"
