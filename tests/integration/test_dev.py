"""`skafu dev` from its start to its end, however that comes."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
import requests
from typer.testing import CliRunner, Result

from local import ports
from local.deploy import DeploymentFailed
from local.outputs import ROOT
from local.processes import Recorded, end, identity, read_record, write_record
from local.stack import Options, running_stack
from scripts.dev_process import Dev
from skafu.cli import app
from tests.support import lab
from tests.support.dev import begin, shown
from tests.support.owner import MODEL
from tests.support.paths import EVENTS
from tests.support.samples import SAMPLES

pytestmark = pytest.mark.long

# Alone on a machine it takes less than a second; the suites share theirs.
STOP_SECONDS = 60
WITHOUT_PAGE = Dev.arguments


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[Dev]:
    one = Dev(tmp_path)
    yield one
    if one.process and not one.ended():
        one.signal(signal.SIGTERM)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    one = Dev(tmp_path_factory.mktemp("dev"))
    yield one
    if one.process and not one.ended():
        one.signal(signal.SIGTERM)


@pytest.fixture
def started(shared: Dev) -> Dev:
    """One that runs, with the rows of what tests before have begun, and nothing under way."""
    if shared.process is None or shared.ended():
        shared.start().ready()
    return shared


@pytest.mark.feature("L1", "L2", "W2")
@pytest.mark.timeout(240)
def test_data_is_kept_between_runs_until_a_fresh_one(started: Dev) -> None:
    """The run in between serves the page."""
    dev, before = started, shown(started)
    kept = {*before, begin(dev)}
    assert lab.eventually(lambda: {*shown(dev)} == kept)
    assert dev.signal(signal.SIGINT) < STOP_SECONDS

    dev.arguments = ()
    dev.start().ready()
    dev.arguments = WITHOUT_PAGE
    assert "READY" in dev.said().strip().splitlines()[-1]
    assert sorted(shown(dev)) == sorted(kept)
    serves_the_page(dev)
    assert dev.signal(signal.SIGTERM) < STOP_SECONDS

    dev.start("--fresh").ready()
    assert shown(dev) == []


def serves_the_page(dev: Dev) -> None:
    """With the stack's outputs."""
    page = f"http://127.0.0.1:{dev.ports[2]}"
    assert "<div id=" in requests.get(page, timeout=60).text
    amplify = requests.get(f"{page}/amplify_outputs.json", timeout=60).json()
    assert amplify["version"] == "1.4"
    assert MODEL in amplify["data"]["model_introspection"]["models"]


@pytest.mark.tools
@pytest.mark.timeout(240)
def test_a_killed_parent_leaves_nothing_and_loses_nothing(started: Dev) -> None:
    dev, before = started, shown(started)
    last = begin(dev)
    assert dev.signal(signal.SIGKILL) < STOP_SECONDS
    dev.start().ready()
    assert lab.eventually(lambda: sorted(shown(dev)) == sorted([*before, last]))


@pytest.mark.tools
@pytest.mark.timeout(240)
def test_a_start_right_after_a_kill_of_parent_and_guard_cleans_up(started: Dev) -> None:
    dev = started
    assert dev.process
    guards = children_named(dev.process.pid, "local.guard")
    for pid in (*guards, dev.process.pid):
        os.kill(pid, signal.SIGKILL)
    dev.process.wait()
    assert guards
    assert dev.start().ready()


def children_named(pid: int, word: str) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if word in (identity(int(child)) or ("", ""))[1]]


@pytest.mark.tools
def test_a_start_can_be_interrupted_before_it_has_said_anything(dev: Dev) -> None:
    dev.start()
    time.sleep(0.3)
    assert dev.signal(signal.SIGINT) < STOP_SECONDS


@pytest.mark.tools
@pytest.mark.parametrize("step", ["Starting the AWS emulator", "Deploying the template"])
def test_a_start_can_be_interrupted_at_any_step(dev: Dev, step: str) -> None:
    dev.start()
    assert lab.eventually(lambda: step in dev.said())
    assert dev.signal(signal.SIGINT) < STOP_SECONDS


@pytest.mark.tools
def test_a_port_in_use_is_reported_with_who_uses_it(dev: Dev) -> None:
    with socket.socket() as foreign:
        foreign.bind(("127.0.0.1", dev.ports[1]))
        foreign.listen()
        dev.start()
        assert lab.eventually(dev.ended, 120)
    assert f"Port {dev.ports[1]} is in use by process {os.getpid()}" in dev.said()
    assert "--appsync-port" in dev.said()
    assert dev.left() == []


@pytest.mark.tools
def test_a_fresh_start_leaves_a_folder_of_others_alone(dev: Dev) -> None:
    dev.state_dir.mkdir()
    (dev.state_dir / "thesis.tex").write_text("mine")
    dev.start("--fresh")
    assert lab.eventually(dev.ended, 120)
    assert "Not started." in dev.said()
    assert "thesis.tex. Nothing was deleted" in dev.said()
    assert [file.name for file in dev.state_dir.iterdir()] == ["thesis.tex"]


@pytest.mark.tools
@pytest.mark.timeout(240)
def test_a_part_that_ends_after_the_start_is_told_as_ended(started: Dev) -> None:
    dev = started
    kept = begin(dev)
    assert lab.eventually(lambda: kept in shown(dev))
    (emulator,) = [one for one in read_record(dev.state_dir) if one.name == "emulator"]
    os.kill(emulator.pid, signal.SIGKILL)
    assert lab.eventually(dev.ended, 120)
    assert "A part has ended; all others were stopped." in dev.said()
    assert "emulator ended by signal SIGKILL" in dev.said()
    assert "Not started" not in dev.said()
    assert dev.process
    assert dev.process.returncode == 1
    tables = dev.state_dir / "emulator" / "dynamodb.json"
    whole = tables.read_text()
    broken = whole[:100]
    tables.write_text(broken)
    dev.start()
    assert lab.eventually(dev.ended, 120)
    assert f"Not started.\n{tables} is cut off" in dev.said()
    assert tables.read_text() == broken
    tables.write_text(whole)


@pytest.mark.tools
def test_a_second_run_from_the_same_folder_is_refused_and_disturbs_nothing(
    started: Dev, tmp_path: Path
) -> None:
    dev, before = started, shown(started)
    second = Dev(tmp_path, ports=ports.free(3))
    (second.folder / "state").symlink_to(dev.state_dir)
    second.start()
    assert lab.eventually(second.ended, 120)
    assert "A stack runs from" in second.said()
    assert shown(dev) == before


@pytest.mark.tools
def test_a_template_that_cannot_be_deployed_is_an_error_with_the_reason(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text("Resources: {Pipe: {Type: 'AWS::Nothing::OfThatName'}}")
    emulator = ports.free(1)[0]
    options = Options(
        state_dir=tmp_path / "s", emulator_port=emulator, template=file, appsync=False
    )
    with pytest.raises(DeploymentFailed, match="AWS::Nothing::OfThatName"), running_stack(options):
        raise AssertionError
    assert not ports.listens(emulator)


@pytest.mark.tools
def test_a_stranger_with_a_recorded_number_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    write_record(
        tmp_path, [Recorded("emulator", stranger.pid, "12345", "python -m local.emulator")]
    )
    end(read_record(tmp_path))
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def skafu(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "300"}).invoke(app, arguments)


@pytest.mark.parametrize(("option", "use"), [((), "id"), (("--access",), "access")])
def test_token_prints_a_token(stack_outputs: Path, option: tuple[str, ...], use: str) -> None:
    answer = skafu("token", "admin@skafu.dev", "--outputs", str(stack_outputs), *option)
    claims = jwt.decode(answer.stdout.strip(), options={"verify_signature": False})
    assert claims["token_use"] == use
    assert claims["cognito:groups"] == ["Admin"]


def test_token_says_when_nothing_runs(tmp_path: Path) -> None:
    answer = skafu("token", "owner@skafu.dev", "--outputs", str(tmp_path / "outputs.json"))
    assert answer.exit_code != 0
    assert "make dev" in answer.stderr


def test_token_says_when_somebody_is_unknown(stack_outputs: Path) -> None:
    answer = skafu("token", "nobody@skafu.dev", "--outputs", str(stack_outputs))
    assert answer.exit_code != 0
    assert "Incorrect username or password" in answer.stderr


BEGINNING = EVENTS / "command_api/0_begin_*.json"


@pytest.mark.feature("M2")
@pytest.mark.timeout(240)
@pytest.mark.parametrize("function", SAMPLES)
def test_invoke_runs_each_function_under_lambdas_emulator(
    stack_outputs: Path, function: str
) -> None:
    """`test_samples.py` sends all samples, and sees that each succeeds.

    Steps of sagas are about something that is there: the other samples of commands begin it.
    """
    if function == "SagaStep":
        for begins in sorted(BEGINNING.parent.glob(BEGINNING.name)):
            begun = skafu("invoke", "CommandApi", str(begins), "--outputs", str(stack_outputs))
            assert begun.exit_code == 0, begun.stderr
    event = f"events/{SAMPLES[function][-1]}"
    answer = skafu("invoke", function, event, "--outputs", str(stack_outputs))

    assert answer.exit_code == 0, answer.stderr
    assert "REPORT RequestId" in answer.stderr
    assert json.loads(answer.stdout) is None or "errorType" not in json.loads(answer.stdout)


def test_invoke_says_what_a_refused_sample_builds_on(stack_outputs: Path, tmp_path: Path) -> None:
    sample = json.loads((ROOT / f"events/{SAMPLES['CommandApi'][0]}").read_text())
    event = tmp_path / "refused.json"
    event.write_text(json.dumps(sample | {"body": "{}"}))
    answer = skafu("invoke", "CommandApi", str(event), "--outputs", str(stack_outputs))

    assert json.loads(answer.stdout)["statusCode"] == 400
    assert "events/command_api/0_begin_*.json" in answer.stderr


def test_invoke_names_the_functions_there_are(stack_outputs: Path) -> None:
    event = f"events/{SAMPLES['CommandApi'][0]}"
    answer = skafu("invoke", "Nothing", event, "--outputs", str(stack_outputs))
    assert answer.exit_code != 0
    assert "CommandApi" in answer.stderr
