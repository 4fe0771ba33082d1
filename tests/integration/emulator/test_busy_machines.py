"""Functions on a machine that is too busy to start many of them, or to run them in time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local import ports
from local.aws import Aws
from local.emulator.settings import MOST_ENVIRONMENTS as MOST
from local.processes import ProcessEnded
from local.stack import running_emulator
from tests.support import lab, machines

pytestmark = pytest.mark.tools

PROCESS = """
import os, time
def handler(event, context):
    time.sleep(event)
    return os.getpid()"""
CALLS_ITSELF = """
import json, os, urllib.request
def handler(event, context):
    if not event:
        return 0
    name, endpoint = os.environ["AWS_LAMBDA_FUNCTION_NAME"], os.environ["AWS_ENDPOINT_URL"]
    url = f"{endpoint}/2015-03-31/functions/{name}/invocations"
    request = urllib.request.Request(url, data=str(event - 1).encode(), method="POST")
    return 1 + json.loads(urllib.request.urlopen(request).read())"""
SLOW = """
import time
def handler(event, context):
    left = context.get_remaining_time_in_millis()
    time.sleep(1.5)
    return left"""
SLOW_TO_RECORD = """
import time
def handler(event, context):
    with open({file!r}, "a") as log:
        log.write("run\\n")
    time.sleep(2)"""

COMES_BACK_SOON = """
import json, os, urllib.request
def handler(event, context):
    (message,) = event["Records"]
    with open({file!r}, "a") as log:
        log.write("run\\n")
    if message["attributes"]["ApproximateReceiveCount"] == "1":
        asked = {{
            "QueueUrl": {url!r}, "ReceiptHandle": message["receiptHandle"], "VisibilityTimeout": 1
        }}
        headers = {{
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": "AmazonSQS.ChangeMessageVisibility",
        }}
        endpoint = os.environ["AWS_ENDPOINT_URL"]
        request = urllib.request.Request(endpoint, json.dumps(asked).encode(), headers)
        urllib.request.urlopen(request).read()
        raise ValueError("later")"""


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """An emulator whose functions may take ten times as long as on AWS."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKAFU_PATIENCE", "10")
        with running_emulator(ports.free(1)[0], tmp_path_factory.mktemp("patient")) as aws:
            yield aws


@pytest.mark.parametrize("seconds", [0.2, 4])
def test_many_calls_at_once_share_a_few_environments(ours: Aws, seconds: float) -> None:
    """Also when the last of them waits longer than one that might wait for itself."""
    function, calls = lab.create_function(ours, PROCESS, timeout=60), 6 * MOST
    with ThreadPoolExecutor(calls) as pool:
        processes = list(pool.map(lambda _: lab.call(ours, function, seconds), range(calls)))
    assert len(set(processes)) <= MOST


def test_a_function_that_calls_itself_does_not_wait_for_itself_for_ever(ours: Aws) -> None:
    function = lab.create_function(ours, CALLS_ITSELF, timeout=60)
    assert lab.call(ours, function, MOST) == MOST


def test_a_patient_emulator_lets_functions_take_longer(patient: Aws) -> None:
    left = lab.call(patient, lab.create_function(patient, SLOW, timeout=1))
    assert 1_000 < left <= 10_000


def test_a_patient_emulator_has_tasks_wait_longer_for_their_functions(patient: Aws) -> None:
    task = machines.task(lab.create_function(patient, SLOW, timeout=1), TimeoutSeconds=1)
    assert machines.run(patient, task).ended()["status"] == "SUCCEEDED"


def test_a_message_comes_back_only_when_its_function_cannot_run_any_more(
    patient: Aws, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    queue = lab.create_queue(patient, VisibilityTimeout="1")
    function = lab.create_function(patient, SLOW_TO_RECORD.format(file=str(seen)), timeout=1)
    lab.connect(patient, queue.arn, function)
    patient.client("sqs").send_message(QueueUrl=queue.url, MessageBody="once")
    assert lab.eventually(lambda: lab.depth(patient, queue) == 0)
    assert seen.read_text() == "run\n"


def test_a_message_comes_back_when_its_function_says(patient: Aws, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    queue = lab.create_queue(patient, VisibilityTimeout="3600")
    code = COMES_BACK_SOON.format(file=str(seen), url=queue.url)
    function = lab.create_function(patient, code)
    lab.connect(patient, queue.arn, function)
    patient.client("sqs").send_message(QueueUrl=queue.url, MessageBody="twice")
    assert lab.eventually(lambda: seen.exists() and seen.read_text() == 2 * "run\n")


@pytest.mark.parametrize("times", ["0", "0.5", "-1", "nan", "inf", "much", ""])
def test_a_patience_that_is_none_is_refused_at_the_start(
    times: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKAFU_PATIENCE", times)
    emulator = running_emulator(ports.free(1)[0], tmp_path)
    with pytest.raises(ProcessEnded, match="SKAFU_PATIENCE must be a number from 1 on"), emulator:
        raise AssertionError
