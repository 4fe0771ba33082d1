"""The page learns from a row where the command API is, as soon as somebody has signed in."""

import subprocess
import sys
from pathlib import Path

import pytest
from botocore.credentials import Credentials

from local import endpoint
from local.aws import ACCOUNT, REGION
from local.stack import Stack
from tests.support.appsync_client import AppSync, Credential
from tests.support.paths import ROOT

ASKED = "query Q($id: ID!) { getEndpoint(id: $id) { url } }"


def found(stack: Stack) -> object:
    caller = AppSync(stack.outputs, Credential({"Authorization": stack.token("owner@skafu.dev")}))
    status, answer = caller.ask(ASKED, {"id": endpoint.ID})
    assert status == 200
    return answer["data"]["getEndpoint"]


@pytest.mark.feature("M5")
def test_the_stack_has_told_the_page_where_the_api_is(running: Stack) -> None:
    assert found(running) == {"url": running.outputs["commandApiUrl"]}


def test_the_command_writes_it_again_and_corrects_it(running: Stack) -> None:
    point(running, "https://elsewhere.example.org/dev")
    assert found(running) == {"url": "https://elsewhere.example.org/dev"}

    for _ in range(2):
        done = skafu_endpoint(running.options.state_dir / "outputs.json")
        assert done.stdout.split() == [
            *["The", "page", "finds", "the", "command", "API", "at"],
            running.outputs["commandApiUrl"],
        ]
        assert found(running) == {"url": running.outputs["commandApiUrl"]}


def point(running: Stack, url: str) -> None:
    endpoint.write(running.outputs["graphqlUrl"], Credentials(ACCOUNT, "test"), REGION, url)


def skafu_endpoint(outputs: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "skafu.cli", "endpoint", "-e", "local", "--outputs"]
    return subprocess.run(
        [*command, str(outputs)], cwd=ROOT, capture_output=True, text=True, check=True
    )
