"""DynamoDB stream → Lambda: partial batch failures, bisection, retry limits and destinations, as on
AWS.

Stock MiniStack takes a partial failure for success (the rest of the batch is skipped, nothing
reaches the destination), retries a function error for ever, runs streams on the thread that polls
the queues, and forgets records at a restart.
"""

import json
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from local.emulator import changes, faults
from local.emulator.activity import UNSTARTABLE
from local.emulator.patching import expect, replace
from local.emulator.sources import watch
from local.emulator.stream_reader import (
    LONGEST_PAUSE,
    Discarded,
    Policy,
    Record,
    Result,
    StreamReader,
    created,
    sequence_number,
)
from local.emulator.upstream import Untyped, dynamodb, eventbridge, lambda_svc, responses, s3

SHARD = "shardId-00000000000000000000-00000000"
_readers: dict[tuple[str, str, str], StreamReader] = {}


class TableStream:
    """The stream of one table, seen by the poller of its account and region."""

    def __init__(self, table: str) -> None:
        self.table = table

    def horizon(self) -> int:
        return int(dynamodb.stream_start_position(self.table))

    def end(self) -> int:
        return int(dynamodb.stream_end_position(self.table))

    def read(self, position: int, limit: int) -> Sequence[Record]:
        return dynamodb.stream_records_since(self.table, position, limit)  # type: ignore[no-any-return] # MiniStack has no types


def poll() -> bool:
    """Start a reader for each mapping that has something to read; say whether any was started."""
    started = False
    for account, region, mapping in lambda_svc._iter_all_esms():
        with responses.request_scope(account, region):
            started = _start((account, region, mapping["UUID"]), mapping) or started
    return started


def _start(key: tuple[str, str, str], mapping: dict[str, Any]) -> bool:
    table = active_table(mapping)
    if not table or lambda_svc._esm_inflight.get(key[2]):
        return False
    reader = _readers.get(key) or _readers.setdefault(key, new_reader(mapping, table))
    if reader.idle():
        return False
    lambda_svc._dispatch_esm_batch(key[2], drain, mapping, reader)
    return True


def active_table(mapping: dict[str, Any]) -> str | None:
    """The table whose stream the mapping reads, if there is anything to do for it."""
    arn = mapping.get("EventSourceArn", "")
    if ":dynamodb:" not in arn or not mapping.get("Enabled", True) or function_of(mapping) is None:
        return None
    name = arn.split(":table/")[1].split("/stream/")[0]
    table = dynamodb._tables.get(name)
    return name if table and table.get("LatestStreamArn") == arn else None


def function_of(mapping: dict[str, Any]) -> Untyped:
    return lambda_svc._get_func_record_for_qualifier(
        mapping["FunctionName"], mapping.get("Qualifier")
    )[0]


def new_reader(mapping: dict[str, Any], table: str) -> StreamReader:
    stream = TableStream(table)
    start = stream.end() if mapping.get("StartingPosition") == "LATEST" else stream.horizon()
    return StreamReader(
        stream=stream,
        invoke=lambda records: invoke(mapping, records),
        discard=lambda discarded: send_to_destination(mapping, discarded),
        matches=lambda record: bool(lambda_svc._apply_filter_criteria([record], mapping)),
        repeated=repeated,
        position=lambda_svc._dynamodb_stream_positions.get(mapping["UUID"], start),
    )


def drain(mapping: dict[str, Any], reader: StreamReader) -> None:
    """Read until there is no more; what is saved as position lies before every record not yet done
    with.
    """
    while active_table(mapping) and mapping["UUID"] in lambda_svc._esms:
        time.sleep(max(0.0, reader.pause_until - time.time()))
        if reader.idle():
            return
        reader.step(Policy.of(mapping))
        lambda_svc._dynamodb_stream_positions[mapping["UUID"]] = reader.position
        mapping["LastProcessingResult"] = reader.outcome
        changes.deliveries.set()


def invoke(mapping: dict[str, Any], records: Sequence[Record]) -> Result:
    """Invoke the function; sources that cannot be imported use up no attempt."""
    result: Result = lambda_svc._execute_function(
        function_of(mapping), {"Records": delivered(records)}
    )
    if UNSTARTABLE not in result:
        return result
    watch.wait(LONGEST_PAUSE)
    return {"throttle": True}


def delivered(records: Sequence[Record]) -> Sequence[Record]:
    """The records as they reach the function: in order, unless the faults say otherwise; one item's
    keep their order.
    """
    if not faults.current.strikes("shuffleStream"):
        return records
    by_item = sorted(records, key=item_key)
    queues = [list(group) for _, group in groupby(by_item, key=item_key)]
    turns = [queue for queue in queues for _ in queue]
    faults.current.shuffle(turns)
    return [queue.pop(0) for queue in turns]


def item_key(record: Record) -> str:
    return json.dumps(record["dynamodb"]["Keys"], sort_keys=True)


def repeated(count: int) -> int:
    return faults.current.pick(1, count) if faults.current.strikes("duplicateStream") else 0


def send_to_destination(mapping: dict[str, Any], discarded: Discarded) -> None:
    """Hand what is given up to the mapping's on-failure destination: S3 gets the records, SQS and
    SNS what they were.
    """
    arn = ((mapping.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    if not arn:
        return
    note = invocation_record(mapping, discarded)
    service, name = arn.split(":")[2], arn.split(":")[-1]
    if service == "s3":
        body = {**note, "payload": json.dumps({"Records": list(discarded.records)}, default=str)}
        s3._put_object(name, object_key(mapping["UUID"]), json.dumps(body).encode(), {})
    elif service == "sqs":
        eventbridge._dispatch_to_sqs(eventbridge.parse_arn(arn), json.dumps(note))
    elif service == "sns":
        eventbridge._dispatch_to_sns(arn, json.dumps(note))


def object_key(mapping_id: str) -> str:
    # https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
    now = datetime.now(UTC)
    return f"aws/lambda/{mapping_id}/{SHARD}/{now:%Y/%m/%d}/{now:%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"


def invocation_record(mapping: dict[str, Any], discarded: Discarded) -> dict[str, Any]:
    first, last = discarded.records[0], discarded.records[-1]
    return {
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": mapping["FunctionArn"],
            "condition": discarded.condition,
            "approximateInvokeCount": discarded.invocations,
        },
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": discarded.result.get("function_error"),
        },
        "version": "1.0",
        "timestamp": iso(time.time()),
        "DDBStreamBatchInfo": {
            "shardId": SHARD,
            "startSequenceNumber": sequence_number(first),
            "endSequenceNumber": sequence_number(last),
            "approximateArrivalOfFirstRecord": iso(created(first)),
            "approximateArrivalOfLastRecord": iso(created(last)),
            "batchSize": len(discarded.records),
            "streamArn": mapping["EventSourceArn"],
        },
    }


def iso(moment: float) -> str:
    return (
        datetime.fromtimestamp(moment, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )


def apply() -> None:
    replace(lambda_svc, "_poll_dynamodb_streams", "2b2460e933a9", lambda _: poll)
    expect(lambda_svc, "_poll_loop", "6a443090919a")
    # A mapping that finds nothing to do holds up the next one by this much.
    lambda_svc._ESM_IDLE_WAKE_GAP_SECONDS = 0.002
