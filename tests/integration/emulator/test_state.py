"""The emulator's data after a stop, and after it was killed."""

import json
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import botocore.exceptions
import jwt
import pytest
import requests

from local import people, ports
from local.aws import Aws, make_client
from local.emulator import patching
from local.processes import ProcessEnded
from local.stack import running_emulator
from tests.support import lab

pytestmark = pytest.mark.long


@contextmanager
def emulator(folder: Path, stock: bool = False) -> Iterator[Aws]:
    port = ports.free(1)[0]
    with running_emulator(port, folder, keep=True, stock=stock) as aws:
        yield aws


def kill(aws: Aws) -> None:
    pid = requests.get(f"{aws.endpoint}/_skafu/health", timeout=5).json()["pid"]
    os.kill(pid, signal.SIGKILL)


def items(aws: Aws, table: str) -> set[str]:
    found = aws.client("dynamodb").scan(TableName=table, ConsistentRead=True)["Items"]
    return {item["id"]["S"] for item in found}


def wait(stock: bool) -> float:
    return lab.NEVER if stock else lab.PATIENCE


def read_after_a_restart(folder: Path, stock: bool) -> bool:
    """Tell if a stream that had been read before a graceful stop is read on after it."""
    file = folder / "seen"
    with emulator(folder, stock) as aws:
        table, stream = lab.create_table(aws)
        function = lab.create_function(aws, lab.recorder(file))
        mapping = lab.connect(aws, stream, function, StartingPosition="TRIM_HORIZON")
        lab.put(aws, table, "before-1", "before-2")
        assert lab.eventually(lambda: "before-2" in str(lab.batches(file)))
        assert lab.eventually(lambda: lab.outcome(aws, mapping).startswith("OK"))
    with emulator(folder, stock) as aws:
        lab.put(aws, table, "after")
        return lab.eventually(lambda: "after" in str(lab.batches(file)), wait(stock))


def test_streams_are_read_on_after_a_restart(tmp_path: Path) -> None:
    for name in ("ours", "stock"):
        (tmp_path / name).mkdir()
    assert read_after_a_restart(tmp_path / "ours", stock=False)
    assert not read_after_a_restart(tmp_path / "stock", stock=True)


def is_read_on_another_port(folder: Path, stock: bool) -> bool:
    """Tell if a function goes on reading its queue when the emulator listens elsewhere."""
    file = folder / "seen"
    reader = f"def handler(event, context): open({str(file)!r}, 'a').write('x')"
    with emulator(folder, stock) as aws:
        queue = lab.create_queue(aws)
        lab.connect(aws, queue.arn, lab.create_function(aws, reader))
        aws.client("sqs").send_message(QueueUrl=queue.url, MessageBody="before")
        assert lab.eventually(lambda: file.exists() and file.read_text() == "x")
    with emulator(folder, stock) as aws:
        name = queue.url.rsplit("/", 1)[1]
        url = aws.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
        aws.client("sqs").send_message(QueueUrl=url, MessageBody="after")
        return lab.eventually(lambda: file.read_text() == "xx", wait(stock))


def test_queues_are_read_on_another_port(tmp_path: Path) -> None:
    for name in ("ours", "stock"):
        (tmp_path / name).mkdir()
    assert is_read_on_another_port(tmp_path / "ours", stock=False)
    assert not is_read_on_another_port(tmp_path / "stock", stock=True)


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


def stopped(folder: Path) -> Path:
    """Return the folder of a stopped emulator that kept an item."""
    with emulator(folder) as aws:
        table, _ = lab.create_table(aws)
        lab.put(aws, table, "kept")
    return folder / "emulator"


def refuses_to_start(folder: Path) -> str:
    with pytest.raises(ProcessEnded) as ended, emulator(folder):
        raise AssertionError
    return str(ended.value)


@pytest.mark.parametrize("content", ["", "{", '{"__ministack_format__": 99, "payload": {}}'])
def test_a_broken_file_stops_the_emulator_and_is_kept(tmp_path: Path, content: str) -> None:
    file = stopped(tmp_path) / "dynamodb.json"
    file.write_text(content)

    assert "The saved state of dynamodb cannot be read" in refuses_to_start(tmp_path)
    assert file.read_text() == content


def test_a_broken_line_in_the_middle_of_the_journal_stops_the_emulator(tmp_path: Path) -> None:
    journal = max(stopped(tmp_path).glob("journal-*.jsonl"))
    lines = ["{", json.dumps({"table": "arn:aws:dynamodb:us-east-1:000000000000:table/x"})]
    journal.write_text("\n".join(lines) + "\n")

    assert f"line 1 of {journal} is broken" in refuses_to_start(tmp_path)


def test_what_cannot_be_written_is_never_answered_as_kept(tmp_path: Path) -> None:
    with emulator(tmp_path) as aws:
        table, _ = lab.create_table(aws)
        lab.put(aws, table, "kept")
        assert lab.eventually(lambda: table in saved(tmp_path, "dynamodb"))
        pid = requests.get(f"{aws.endpoint}/_skafu/health", timeout=5).json()["pid"]
        # As on a full disk: no file may grow any more.
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        with pytest.raises(
            (botocore.exceptions.HTTPClientError, botocore.exceptions.ConnectionError)
        ):
            lab.put(aws, table, "lost")
        assert lab.eventually(lambda: not ports.listens(int(aws.endpoint.rpartition(":")[2])), 5)
    make_client.cache_clear()
    with emulator(tmp_path) as aws:
        assert items(aws, table) == {"kept"}
