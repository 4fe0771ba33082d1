"""The emulator dies in the middle of the work, again and again: what was answered comes through."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests

from local import ports
from local.stack import Options, Stack, running_stack
from tests.support.api_client import ApiClient, eventually
from tests.support.owner import CREATE, data, path_of

pytestmark = [pytest.mark.long, pytest.mark.tools]

KILLS = 2


@pytest.fixture
def doomed(tmp_path: Path) -> Iterator[Stack]:
    emulator, appsync = ports.free(2)
    options = Options(state_dir=tmp_path, emulator_port=emulator, appsync_port=appsync)
    with running_stack(options) as stack:
        yield stack


@contextmanager
def commands(client: ApiClient) -> Iterator[list[str]]:
    """Create aggregates one after another meanwhile; the ids of those that were answered."""
    accepted: list[str] = []
    stop = threading.Event()

    def send() -> None:
        while not stop.wait(0.05):
            with suppress(requests.RequestException):  # nobody was answered
                answer = client.command(CREATE.method, CREATE.path, data(CREATE))
                if answer.status_code == 202:
                    accepted.append(answer.json()["aggregateId"])

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield accepted
    finally:
        stop.set()
        thread.join()


def further_ones(accepted: list[str], count: int) -> bool:
    """Wait until more commands were answered, however busy the machine is."""
    enough = len(accepted) + count
    return eventually(lambda: len(accepted) >= enough)


@pytest.mark.timeout(240)
def test_every_answered_command_becomes_a_row(doomed: Stack) -> None:
    owner = ApiClient(doomed.outputs, "owner@skafu.dev")
    assert owner.tokens
    with commands(owner) as accepted:
        for _ in range(KILLS):
            assert further_ones(accepted, 4)
            doomed.kill_emulator()
        assert further_ones(accepted, 1)

    def rows() -> int:
        return sum(owner.send("GET", path_of(one)).status_code == 200 for one in accepted)

    assert eventually(lambda: rows() == len(accepted))
