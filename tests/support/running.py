"""Stacks for tests: each is started when it is first asked for, and stopped at the end."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from local import ports
from local.stack import UNLIMITED, Options, Stack, running_stack
from tests.support import calls
from tests.support.api_client import Json

WITH_SAGAS = ("sagas",)
"""Stacks on which sagas begin and events are answered; on others tests send those commands."""

SAGAS = {
    True: {"Sagas": "on", "SagaPatience": "8"},
    False: {"Sagas": "off", "Reactions": "off"},
}


@dataclass
class Stacks:
    """The stacks of one run by name. Each has ports and data of its own."""

    folders: pytest.TempPathFactory
    running: ExitStack
    known: dict[str, Stack] = field(default_factory=dict)

    def named(self, name: str) -> Stack:
        if name not in self.known:
            self.known[name] = self.running.enter_context(running_stack(self.options(name)))
        return self.known[name]

    def options(self, name: str) -> Options:
        emulator, appsync = ports.free(2)
        folder = self.folders.mktemp(name)
        return Options(
            state_dir=folder,
            emulator_port=emulator,
            appsync_port=appsync,
            # Tests let the writer of metric rows run when they need it.
            parameters={**UNLIMITED, "MetricRows": "off", **SAGAS[name in WITH_SAGAS]},
        )


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    with ExitStack() as running:
        yield Stacks(tmp_path_factory, running)


@pytest.fixture(scope="session")
def running(stacks: Stacks) -> Iterator[Stack]:
    running = stacks.named("stack")
    yield running
    calls.keep(running)


@pytest.fixture(scope="session")
def stack(running: Stack) -> Json:
    """The content of outputs.json."""
    return running.outputs


@pytest.fixture(scope="session")
def stack_outputs(running: Stack) -> Path:
    return running.options.state_dir / "outputs.json"
