"""The emulator's data after a stop, and after it was killed."""

import json
import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import botocore.exceptions
import jwt
import pytest
import requests

from local import people, ports
from local.aws import Aws, make_client
from local.emulator import patching
from local.outputs import ROOT
from local.processes import ProcessEnded
from local.stack import EMULATOR, emulator_environment, running_emulator
from tests.support import lab

pytestmark = [pytest.mark.long, pytest.mark.tools]


@contextmanager
def emulator(folder: Path, stock: bool = False) -> Iterator[Aws]:
    port = ports.free(1)[0]
    with running_emulator(port, folder, keep=True, stock=stock) as aws:
        yield aws


def kill(aws: Aws) -> None:
    pid = requests.get(f"{aws.endpoint}/_skafu/health", timeout=60).json()["pid"]
    os.kill(pid, signal.SIGKILL)


def items(aws: Aws, table: str) -> set[str]:
    found = aws.client("dynamodb").scan(TableName=table, ConsistentRead=True)["Items"]
    return {item["id"]["S"] for item in found}


def wait(stock: bool) -> float:
    return lab.NEVER if stock else lab.PATIENCE


@dataclass(frozen=True)
class Restarted:
    """What is read on after a graceful stop by an emulator that listens on another port."""

    stream: bool
    queue: bool


def restarted(folder: Path, stock: bool) -> Restarted:
    folder.mkdir()
    records, messages = folder / "records", folder / "messages"
    reader = f"def handler(event, context): open({str(messages)!r}, 'a').write('x')"
    with emulator(folder, stock) as aws:
        table, stream = lab.create_table(aws)
        function = lab.create_function(aws, lab.recorder(records))
        mapping = lab.connect(aws, stream, function, StartingPosition="TRIM_HORIZON")
        queue = lab.create_queue(aws)
        lab.connect(aws, queue.arn, lab.create_function(aws, reader))
        lab.put(aws, table, "before-1", "before-2")
        aws.client("sqs").send_message(QueueUrl=queue.url, MessageBody="before")
        assert lab.eventually(lambda: "before-2" in str(lab.batches(records)))
        assert lab.eventually(lambda: lab.outcome(aws, mapping).startswith("OK"))
        assert lab.eventually(lambda: messages.exists() and messages.read_text() == "x")
    with emulator(folder, stock) as aws:
        lab.put(aws, table, "after")
        name = queue.url.rsplit("/", 1)[1]
        url = aws.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
        aws.client("sqs").send_message(QueueUrl=url, MessageBody="after")
        return Restarted(
            lab.eventually(lambda: "after" in str(lab.batches(records)), wait(stock)),
            lab.eventually(lambda: messages.read_text() == "xx", wait(stock)),
        )


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Restarted, Restarted]:
    """Our emulator and MiniStack as it is."""
    folder = tmp_path_factory.mktemp("restarted")
    return restarted(folder / "ours", stock=False), restarted(folder / "stock", stock=True)


def test_streams_are_read_on_after_a_restart(both: tuple[Restarted, Restarted]) -> None:
    assert [one.stream for one in both] == [True, False]


def test_queues_are_read_on_another_port(both: tuple[Restarted, Restarted]) -> None:
    assert [one.queue for one in both] == [True, False]


def test_no_answered_write_is_lost_when_the_emulator_is_killed(tmp_path: Path) -> None:
    with emulator(tmp_path) as aws:
        table, _ = lab.create_table(aws)
        wait_until_saved(tmp_path, table)
        lab.put(aws, table, *(f"item-{number}" for number in range(200)))
        aws.client("dynamodb").delete_item(TableName=table, Key={"id": {"S": "item-7"}})
        kill(aws)
    with emulator(tmp_path) as aws:
        assert items(aws, table) == {f"item-{number}" for number in range(200)} - {"item-7"}
        lab.put(aws, table, "later")
        kill(aws)
    with emulator(tmp_path) as aws:
        assert "later" in items(aws, table)


def wait_until_saved(folder: Path, name: str) -> None:
    """Everything that is not an item is saved once a second."""
    assert lab.eventually(lambda: name in saved(folder, "dynamodb"))


def test_no_record_is_left_unread_when_the_emulator_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "seen"
    with emulator(tmp_path) as aws:
        table, stream = lab.create_table(aws)
        function = lab.create_function(aws, lab.recorder(file, "import time; time.sleep(0.1)"))
        lab.connect(aws, stream, function, StartingPosition="TRIM_HORIZON", BatchSize=5)
        wait_until_saved(tmp_path, table)
        assert lab.eventually(lambda: stream in saved(tmp_path, "lambda"))
        lab.put(aws, table, *(f"item-{number}" for number in range(100)))
        kill(aws)
    with emulator(tmp_path):
        wanted = {f"item-{number}" for number in range(100)}
        assert lab.eventually(lambda: wanted <= set(chain(*lab.batches(file))))


def saved(folder: Path, service: str) -> str:
    file = folder / "emulator" / f"{service}.json"
    return file.read_text() if file.exists() else ""


def test_people_and_messages_are_there_after_a_kill(tmp_path: Path) -> None:
    with emulator(tmp_path) as aws:
        pool = people.ensure_pool(aws)
        people.seed(aws, pool)
        before = people.sign_in(aws, pool.client_id, people.OWNER.email)["IdToken"]
        queue = lab.create_queue(aws)
        aws.client("sqs").send_message(QueueUrl=queue.url, MessageBody=json.dumps("kept"))
        assert lab.eventually(lambda: "kept" in saved(tmp_path, "sqs"))
        assert lab.eventually(lambda: people.ADMIN.email in saved(tmp_path, "cognito"))
        kill(aws)
    with emulator(tmp_path) as aws:
        assert people.ensure_pool(aws) == pool
        after = people.sign_in(aws, pool.client_id, people.OWNER.email)["IdToken"]
        assert key_id(after) == key_id(before)
        assert lab.receive(aws, at(aws, queue)) == ["kept"]


def key_id(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def at(aws: Aws, queue: lab.Queue) -> lab.Queue:
    """The queue at the emulator's new port."""
    return lab.Queue(f"{aws.endpoint}/{queue.url.split('/', 3)[3]}", queue.arn)


def test_what_a_killed_consumer_had_received_is_delivered_again_at_once(tmp_path: Path) -> None:
    with emulator(tmp_path) as aws:
        queue = lab.create_queue(aws, VisibilityTimeout="600")
        aws.client("sqs").send_message(QueueUrl=queue.url, MessageBody=json.dumps("kept"))
        assert lab.receive(aws, queue) == ["kept"]
    with emulator(tmp_path) as aws:
        assert lab.receive(aws, at(aws, queue)) == ["kept"]


def test_a_journal_cut_short_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    with emulator(tmp_path) as aws:
        table, _ = lab.create_table(aws)
        wait_until_saved(tmp_path, table)
        lab.put(aws, table, "whole")
        kill(aws)
    newest = max((tmp_path / "emulator").glob("journal-*.jsonl"))
    with newest.open("a") as journal:
        journal.write('{"table": "arn:aws:dyna')
    with emulator(tmp_path) as aws:
        assert items(aws, table) == {"whole"}


def test_a_patch_for_another_version_is_refused() -> None:
    with pytest.raises(patching.PatchTargetChanged, match=r"requirements/ministack\.txt"):
        patching.replace(patching, "digest", "000000000000", lambda original: original)


def test_a_table_made_by_a_template_is_there_after_a_kill(tmp_path: Path) -> None:
    keys = {"KeySchema": lab.KEYS, "AttributeDefinitions": [lab.ATTRIBUTE]}
    properties = {"TableName": "made", "BillingMode": "PAY_PER_REQUEST", **keys}
    table = {"Type": "AWS::DynamoDB::Table", "Properties": properties}
    with emulator(tmp_path) as aws:
        cloudformation = aws.client("cloudformation")
        template = json.dumps({"Resources": {"Table": table}})
        cloudformation.create_stack(StackName="stack", TemplateBody=template)
        cloudformation.get_waiter("stack_create_complete").wait(StackName="stack")
        wait_until_saved(tmp_path, "made")
        lab.put(aws, "made", "x")
        kill(aws)
    with emulator(tmp_path) as aws:
        assert items(aws, "made") == {"x"}


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a stopped emulator that kept an item."""
    folder = tmp_path_factory.mktemp("left")
    with emulator(folder) as aws:
        table, _ = lab.create_table(aws)
        lab.put(aws, table, "kept")
    return folder / "emulator"


@pytest.fixture
def stopped(left: Path, tmp_path: Path) -> Path:
    """A copy of it, which may be broken."""
    return shutil.copytree(left, tmp_path / "emulator")


def refuses_to_start(folder: Path) -> str:
    with pytest.raises(ProcessEnded) as ended, emulator(folder):
        raise AssertionError
    return str(ended.value)


@pytest.mark.parametrize("content", ["", "{", '{"__ministack_format__": 99, "payload": {}}'])
def test_a_broken_file_stops_the_emulator_and_is_kept(stopped: Path, content: str) -> None:
    file = stopped / "dynamodb.json"
    file.write_text(content)

    assert "The saved state of dynamodb cannot be read" in refuses_to_start(stopped.parent)
    assert file.read_text() == content


def test_a_broken_line_in_the_middle_of_the_journal_stops_the_emulator(stopped: Path) -> None:
    journal = max(stopped.glob("journal-*.jsonl"))
    lines = ["{", json.dumps({"table": "arn:aws:dynamodb:us-east-1:000000000000:table/x"})]
    journal.write_text("\n".join(lines) + "\n")

    assert f"line 1 of {journal} is broken" in refuses_to_start(stopped.parent)


def test_what_cannot_be_written_is_never_answered_as_kept(tmp_path: Path) -> None:
    with emulator(tmp_path) as aws:
        table, _ = lab.create_table(aws)
        lab.put(aws, table, "kept")
        assert lab.eventually(lambda: table in saved(tmp_path, "dynamodb"))
        pid = requests.get(f"{aws.endpoint}/_skafu/health", timeout=60).json()["pid"]
        # As on a full disk: no file may grow any more.
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        with pytest.raises(
            (botocore.exceptions.HTTPClientError, botocore.exceptions.ConnectionError)
        ):
            lab.put(aws, table, "lost")
        assert lab.eventually(lambda: not ports.listens(int(aws.endpoint.rpartition(":")[2])))
    make_client.cache_clear()
    with emulator(tmp_path) as aws:
        assert items(aws, table) == {"kept"}


# A deployment is under way, or not, each time that the saver asks.
SAVES_ONCE = """
import json, os, pathlib, sys
from local.emulator.patches import state
answers = iter(json.loads(sys.argv[1]))
state.deploying = lambda: next(answers)
state.app._build_persistence_save_dict = lambda: {"cloudformation": dict, "events": dict}
state.changes.mark_all()
state.save_changes()
saved = sorted(file.name for file in pathlib.Path(os.environ["STATE_DIR"]).glob("*.json"))
print(json.dumps([saved, state.changes.settings.is_set()]))
"""


@pytest.mark.parametrize(
    ("deploying", "files", "again"),
    [
        ([False, False], ["cloudformation.json", "events.json"], False),
        ([False, True], [], True),
        ([True], [], True),
    ],
    ids=["never", "begun while it was copied", "before"],
)
def test_a_snapshot_holds_no_half_of_a_deployment(
    tmp_path: Path, deploying: list[bool], files: list[str], again: bool
) -> None:
    environment = emulator_environment(ports.free(1)[0], tmp_path)
    words = [EMULATOR[0], "-c", SAVES_ONCE, json.dumps(deploying)]
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [files, again]
