"""DynamoDB streams that Lambda functions read."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from local.aws import Aws
from local.template import source_package
from tests.support import lab

pytestmark = pytest.mark.tools

REPORTS_POISON = """return {"batchItemFailures": [
        {"itemIdentifier": record["dynamodb"]["SequenceNumber"]}
        for record in event["Records"] if record["dynamodb"]["Keys"]["id"]["S"] == "poison"]}"""
RAISES_POISON = """
    if "poison" in ids: raise Poison("cannot be published")"""
ITEMS = ("a", "b", "poison", "c", "d")


def read(
    aws: Aws,
    file: Path,
    failing: str,
    wanted: list[str],
    seconds: float = lab.PATIENCE,
    **settings: object,
) -> list[list[str]]:
    """Return a function's input when ITEMS are written before its mapping is made."""
    table, stream = lab.create_table(aws)
    lab.put(aws, table, *ITEMS)
    function = lab.create_function(aws, lab.recorder(file, failing))
    settings = {"StartingPosition": "TRIM_HORIZON", "BatchSize": 10, **settings}
    lab.connect(aws, stream, function, **settings)
    lab.eventually(lambda: wanted in lab.batches(file), seconds)
    return lab.batches(file)


def test_a_partial_failure_is_retried_from_the_lowest_failed(
    ours: Aws, stock: Aws, tmp_path: Path
) -> None:
    rest = ["poison", "c", "d"]
    settings: dict[str, Any] = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
    assert read(ours, tmp_path / "ours", REPORTS_POISON, rest, **settings)[:2] == [
        list(ITEMS),
        rest,
    ]
    assert read(stock, tmp_path / "stock", REPORTS_POISON, rest, lab.NEVER, **settings) == [
        list(ITEMS)
    ]


def test_bisecting_leaves_the_bad_record_alone(ours: Aws, stock: Aws, tmp_path: Path) -> None:
    settings = {"BisectBatchOnFunctionError": True, "MaximumRetryAttempts": 1}
    seen = read(ours, tmp_path / "ours", RAISES_POISON, ["c", "d"], **settings)
    assert ["a", "b"] in seen
    assert seen.count(["poison"]) == 2
    assert ["c", "d"] in seen
    seen = read(stock, tmp_path / "stock", RAISES_POISON, ["c", "d"], lab.NEVER, **settings)
    assert all(batch == list(ITEMS) for batch in seen)


def kept(aws: Aws, file: Path, seconds: float = lab.PATIENCE) -> list[Any]:
    """Return the contents of the on-failure bucket after a record was given up."""
    bucket, s3 = lab.name("unpublished"), aws.client("s3")
    s3.create_bucket(Bucket=bucket)
    destination = {"OnFailure": {"Destination": f"arn:aws:s3:::{bucket}"}}
    read(aws, file, RAISES_POISON, ["c", "d"], seconds, BisectBatchOnFunctionError=True,
         MaximumRetryAttempts=0, DestinationConfig=destination)  # fmt: skip
    objects = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return [json.load(s3.get_object(Bucket=bucket, Key=o["Key"])["Body"]) for o in objects]


def test_what_is_given_up_is_kept_in_s3_with_its_records(
    ours: Aws, stock: Aws, tmp_path: Path
) -> None:
    [note] = kept(ours, tmp_path / "ours")
    assert note["requestContext"]["condition"] == "RetryAttemptsExhausted"
    [record] = json.loads(note["payload"])["Records"]
    assert record["dynamodb"]["NewImage"] == {"id": {"S": "poison"}}
    assert kept(stock, tmp_path / "stock", lab.NEVER) == []


def noted(aws: Aws, file: Path, seconds: float = lab.PATIENCE) -> tuple[list[Any], bool]:
    """Return the message to the on-failure queue, and if reading went on after the failed batch."""
    queue = lab.create_queue(aws)
    table, stream = lab.create_table(aws)
    lab.put(aws, table, *ITEMS)
    function = lab.create_function(aws, lab.recorder(file, RAISES_POISON))
    lab.connect(aws, stream, function, StartingPosition="TRIM_HORIZON", MaximumRetryAttempts=1,
                DestinationConfig={"OnFailure": {"Destination": queue.arn}})  # fmt: skip
    lab.eventually(lambda: lab.depth(aws, queue) > 0, seconds)
    lab.put(aws, table, "later")
    went_on = lab.eventually(lambda: ["later"] in lab.batches(file), seconds)
    return lab.receive(aws, queue), went_on


def test_a_queue_is_told_what_was_given_up_and_reading_goes_on(
    ours: Aws, stock: Aws, tmp_path: Path
) -> None:
    [note], went_on = noted(ours, tmp_path / "ours")
    assert note["requestContext"]["approximateInvokeCount"] == 2
    assert note["DDBStreamBatchInfo"]["batchSize"] == 5
    assert went_on
    assert noted(stock, tmp_path / "stock", lab.NEVER) == ([], False)


def test_records_wait_for_sources_that_cannot_be_imported(ours: Aws, tmp_path: Path) -> None:
    # What the function writes lies beside its sources: a file among them would be a change of them.
    sources, file = tmp_path / "sources", tmp_path / "seen"
    sources.mkdir()
    source = sources / "code.py"
    source.write_text("def handler(:")
    table, stream = lab.create_table(ours)
    dead = lab.create_queue(ours)
    function = lab.create_function(ours, source_package(sources))
    lab.connect(ours, stream, function, StartingPosition="TRIM_HORIZON", MaximumRetryAttempts=0,
                DestinationConfig={"OnFailure": {"Destination": dead.arn}})  # fmt: skip
    lab.put(ours, table, "kept")
    time.sleep(3)
    assert lab.depth(ours, dead) == 0
    source.write_text(lab.recorder(file))
    assert lab.eventually(lambda: lab.batches(file) == [["kept"]])
    assert lab.depth(ours, dead) == 0


def queue_is_served_beside_a_slow_stream(
    aws: Aws, file: Path, seconds: float = lab.PATIENCE
) -> bool:
    """Tell if a queue is served while the function of a stream waits for the file `end`."""
    table, stream = lab.create_table(aws)
    end = file.with_suffix(".end")
    waits = f"""
    import pathlib, time
    while not pathlib.Path({str(end)!r}).exists(): time.sleep(0.05)"""
    slow = lab.create_function(aws, lab.recorder(file, waits), timeout=120)
    lab.connect(aws, stream, slow, StartingPosition="TRIM_HORIZON")
    queue = lab.create_queue(aws)
    lab.connect(aws, queue.arn, lab.create_function(aws, "def handler(event, context): pass"))
    lab.put(aws, table, "a")
    assert lab.eventually(lambda: bool(lab.batches(file)))
    aws.client("sqs").send_message(QueueUrl=queue.url, MessageBody="x")
    served = lab.eventually(lambda: lab.depth(aws, queue) == 0, seconds)
    end.touch()
    return served


def test_a_slow_stream_holds_up_no_queue(ours: Aws, stock: Aws, tmp_path: Path) -> None:
    assert queue_is_served_beside_a_slow_stream(ours, tmp_path / "ours")
    assert not queue_is_served_beside_a_slow_stream(stock, tmp_path / "stock", lab.NEVER)
