"""Everything that a running stack holds, as raw text: to see what is in it, and what is not."""

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from local.aws import Aws, Client

LOOKS = 20  # pages of ten messages


def dump(aws: Aws, state: Path) -> dict[str, str]:
    """Return every table, stream, queue, object, execution, log and file of the stack by place."""
    places = (tables, streams, queues, buckets, executions, logs)
    found = {name: text for place in places for name, text in place(aws)}
    return found | dict(files(state))


def holding(found: dict[str, str], *texts: str) -> list[str]:
    """The places that hold any of the texts, as they are or in base64."""
    sought = {form for text in texts for form in forms(text)}
    return sorted(place for place, content in found.items() if any(f in content for f in sought))


def forms(text: str) -> Iterator[str]:
    """The text, and what base64 makes of it wherever it stands between other octets."""
    yield text
    for before in range(3):
        octets = bytes(before) + text.encode()
        # The digits at both ends hold octets of the neighbours.
        whole = base64.b64encode(octets[: len(octets) // 3 * 3]).decode()
        yield whole[4:] if before else whole


def plain(value: object) -> str:
    """Bytes are shown as the text that they may be."""
    return json.dumps(value, default=as_text, ensure_ascii=False)


def as_text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def tables(aws: Aws) -> Iterator[tuple[str, str]]:
    dynamodb = aws.client("dynamodb")
    for page in dynamodb.get_paginator("list_tables").paginate():
        for table in page["TableNames"]:
            yield f"table {table}", plain(items(dynamodb, table))


def items(dynamodb: Client, table: str) -> list[dict[str, Any]]:
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return [item for page in pages for item in page["Items"]]


def streams(aws: Aws) -> Iterator[tuple[str, str]]:
    client = aws.client("dynamodbstreams")
    for stream in client.list_streams()["Streams"]:
        records = list(stream_records(client, stream["StreamArn"]))
        yield f"stream {stream['TableName']}", plain([r["dynamodb"] for r in records])


def stream_records(client: Client, arn: str) -> Iterator[dict[str, Any]]:
    for shard in client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        at: str | None = client.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while at:
            answer = client.get_records(ShardIterator=at)
            yield from answer["Records"]
            at = answer.get("NextShardIterator") if answer["Records"] else None


def queues(aws: Aws) -> Iterator[tuple[str, str]]:
    sqs = aws.client("sqs")
    for url in sqs.list_queues().get("QueueUrls", []):
        name = url.rsplit("/", 1)[1]
        yield f"queue {name}", plain([m["Body"] for m in messages(sqs, url)])


def messages(sqs: Client, url: str) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for _ in range(LOOKS):
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=1)
        fresh = [m for m in answer.get("Messages", []) if m["MessageId"] not in seen]
        if not fresh:
            return
        seen |= {message["MessageId"] for message in fresh}
        yield from fresh


def buckets(aws: Aws) -> Iterator[tuple[str, str]]:
    s3 = aws.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        name = bucket["Name"]
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
            for entry in page.get("Contents", []):
                found = s3.get_object(Bucket=name, Key=entry["Key"])
                body = found.pop("Body").read().decode("latin-1")
                yield f"object {name}/{entry['Key']}", f"{entry['Key']} {plain(found)} {body}"


def executions(aws: Aws) -> Iterator[tuple[str, str]]:
    """Every execution with its input, its output, and each step of its history."""
    states = aws.client("stepfunctions")
    for machine in states.list_state_machines()["stateMachines"]:
        arn = machine["stateMachineArn"]
        for page in states.get_paginator("list_executions").paginate(stateMachineArn=arn):
            for found in page["executions"]:
                which = {"executionArn": found["executionArn"]}
                steps = states.get_paginator("get_execution_history").paginate(**which)
                told = [states.describe_execution(**which), *(s["events"] for s in steps)]
                yield f"execution {machine['name']} {found['name']}", plain(told)


def logs(aws: Aws) -> Iterator[tuple[str, str]]:
    client = aws.client("logs")
    for page in client.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            name = group["logGroupName"]
            found = client.filter_log_events(logGroupName=name, limit=10_000)
            yield f"log {name}", plain([event["message"] for event in found["events"]])


def files(state: Path) -> Iterator[tuple[str, str]]:
    """The files of the stack's processes: their logs, and the emulator's own state.

    Its copies of tables are left out. What was deleted stays in them until they are saved anew.
    """
    copies = {*state.glob("emulator/journal-*"), *state.glob("emulator/dynamodb.*")}
    for file in {*state.rglob("*")} - copies:
        # One that is just being replaced is gone again.
        with suppress(FileNotFoundError):
            if file.is_file() and file.name != "outputs.json":
                yield f"file {file.relative_to(state)}", file.read_bytes().decode("latin-1")
