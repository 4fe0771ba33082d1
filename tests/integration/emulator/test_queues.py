"""SQS queues that Lambda functions read."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.aws import Aws
from local.template import source_package
from tests.support import lab

pytestmark = pytest.mark.tools

UNKNOWN_FAILURE = """
def handler(event, context):
    return {"batchItemFailures": [{"itemIdentifier": "no such message"}]}"""
FIRST_FAILS = """
def handler(event, context):
    return {"batchItemFailures": [
        {"itemIdentifier": record["messageId"]}
        for record in event["Records"] if record["body"] == "bad"]}"""


def send(aws: Aws, queue: lab.Queue, *bodies: str) -> None:
    for body in bodies:
        aws.client("sqs").send_message(QueueUrl=queue.url, MessageBody=body)


def message_survives_an_unknown_failure(aws: Aws) -> bool:
    queue = lab.create_queue(aws, VisibilityTimeout="30")
    send(aws, queue, "x")
    mapping = lab.connect(aws, queue.arn, lab.create_function(aws, UNKNOWN_FAILURE),
                          FunctionResponseTypes=["ReportBatchItemFailures"])  # fmt: skip
    assert lab.eventually(lambda: lab.outcome(aws, mapping) != "No records processed")
    return lab.depth(aws, queue) == 1


def test_a_failure_of_no_message_of_the_batch_fails_the_batch(ours: Aws, stock: Aws) -> None:
    assert message_survives_an_unknown_failure(ours)
    assert not message_survives_an_unknown_failure(stock)


def test_a_message_that_keeps_failing_ends_in_the_dead_letter_queue(ours: Aws) -> None:
    dead = lab.create_queue(ours)
    redrive = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 2})
    queue = lab.create_queue(ours, VisibilityTimeout="1", RedrivePolicy=redrive)
    send(ours, queue, "good", "bad")
    lab.connect(ours, queue.arn, lab.create_function(ours, FIRST_FAILS, timeout=1),
                FunctionResponseTypes=["ReportBatchItemFailures"])  # fmt: skip
    assert lab.eventually(lambda: lab.depth(ours, dead) == 1)
    assert lab.depth(ours, queue) == 0


def test_messages_wait_for_sources_that_cannot_be_imported(ours: Aws, tmp_path: Path) -> None:
    """A developer mends a syntax error in minutes; nothing is given up meanwhile."""
    # What the function writes lies beside its sources: a file among them would be a change of them.
    sources, seen = tmp_path / "sources", tmp_path / "seen"
    sources.mkdir()
    source = sources / "code.py"
    source.write_text("def handler(:")
    dead = lab.create_queue(ours)
    redrive = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 1})
    queue = lab.create_queue(ours, VisibilityTimeout="5", RedrivePolicy=redrive)
    lab.connect(ours, queue.arn, lab.create_function(ours, source_package(sources), timeout=5))
    send(ours, queue, "kept")
    time.sleep(5)
    assert lab.depth(ours, dead) == 0
    source.write_text(
        "def handler(event, context):\n"
        f"    open({str(seen)!r}, 'w').write(event['Records'][0]['attributes']"
        "['ApproximateReceiveCount'])"
    )
    assert lab.eventually(seen.exists)
    assert lab.eventually(lambda: seen.read_text() == "1")
    assert lab.eventually(lambda: lab.depth(ours, queue) == 0)


def queue_with_a_textual_limit_is_read(aws: Aws, seconds: float = lab.PATIENCE) -> bool:
    queue = lab.create_queue(aws)
    send(aws, queue, "x")
    function = lab.create_function(aws, "def handler(event, context): pass")
    template = {"Resources": {"Mapping": {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {"EventSourceArn": queue.arn, "FunctionName": function,
                       "ScalingConfig": {"MaximumConcurrency": {"Ref": "Limit"}}},
    }}, "Parameters": {"Limit": {"Type": "Number", "Default": 10}}}  # fmt: skip
    stack = lab.name("stack")
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(StackName=stack, TemplateBody=json.dumps(template))
    read = lab.eventually(lambda: lab.depth(aws, queue) == 0, seconds)
    cloudformation.delete_stack(StackName=stack)  # stock MiniStack reads no queue beside it
    return read


def test_a_limit_from_a_template_parameter_is_understood(ours: Aws, stock: Aws) -> None:
    assert queue_with_a_textual_limit_is_read(ours)
    assert not queue_with_a_textual_limit_is_read(stock, lab.NEVER)


def processed(aws: Aws, file: Path, entries: int) -> int:
    """Count how many events, sent at once by several clients, reach the function of a queue."""
    queue, bus = lab.create_queue(aws, VisibilityTimeout="60"), lab.name("bus")
    events = aws.client("events")
    events.create_event_bus(Name=bus)
    events.put_rule(Name=bus, EventBusName=bus, EventPattern='{"source": ["test"]}')
    events.put_targets(Rule=bus, EventBusName=bus, Targets=[{"Id": "q", "Arn": queue.arn}])
    source = f"""
import json
def handler(event, context):
    with open({str(file)!r}, "a") as log:
        for record in event["Records"]:
            log.write(json.loads(record["body"])["detail-type"] + "\\n")"""
    lab.connect(aws, queue.arn, lab.create_function(aws, source), BatchSize=10)
    entry = {"Source": "test", "EventBusName": bus, "Detail": "{}"}

    def publish(batch: int) -> None:
        types = [f"{batch}-{index}" for index in range(10)]
        events.put_events(Entries=[{**entry, "DetailType": kind} for kind in types])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(publish, range(entries // 10)))
    lab.eventually(lambda: lab.depth(aws, queue) == 0)
    return len(set(file.read_text().split()))


def test_no_message_is_lost_between_threads(ours: Aws, tmp_path: Path) -> None:
    assert processed(ours, tmp_path / "ours", 3000) == 3000
