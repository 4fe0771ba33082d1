"""Functions, tables and queues made for one experiment on an emulator."""

import io
import json
import time
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from local.aws import Aws

# What a function answers.
Json: TypeAlias = Any

# How long a test waits for what must happen, on a busy machine too; and for what MiniStack as it is
# never does.
PATIENCE, NEVER = 120.0, 4.0

ROLE = "arn:aws:iam::000000000000:role/test"
KEYS = [{"AttributeName": "id", "KeyType": "HASH"}]
ATTRIBUTE = {"AttributeName": "id", "AttributeType": "S"}


def name(prefix: str) -> str:
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


def package(source: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("code.py", source)
    return content.getvalue()


def create_function(aws: Aws, source: str | bytes, timeout: int = 5) -> str:
    """A function whose handler is `handler` in code.py; `source` may be a whole package."""
    function = name("function")
    code = source if isinstance(source, bytes) else package(source)
    aws.client("lambda").create_function(
        FunctionName=function,
        Runtime="python3.11",
        Handler="code.handler",
        Role=ROLE,
        Timeout=timeout,
        Code={"ZipFile": code},
    )
    return function


def call(aws: Aws, function: str, event: object = None) -> Json:
    answer = aws.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())


def create_table(aws: Aws) -> tuple[str, str]:
    """A table with a stream; its name and the stream's ARN."""
    table = aws.client("dynamodb").create_table(
        TableName=name("table"),
        KeySchema=KEYS,
        AttributeDefinitions=[ATTRIBUTE],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]
    return table["TableName"], table["LatestStreamArn"]


def put(aws: Aws, table: str, *ids: str) -> None:
    dynamodb = aws.client("dynamodb")
    for item in ids:
        dynamodb.put_item(TableName=table, Item={"id": {"S": item}})


@dataclass(frozen=True)
class Queue:
    url: str
    arn: str


def create_queue(aws: Aws, **attributes: str) -> Queue:
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName=name("queue"), Attributes=attributes)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return Queue(url, arn["Attributes"]["QueueArn"])


def depth(aws: Aws, queue: Queue) -> int:
    """Messages in the queue, those in flight included."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = aws.client("sqs").get_queue_attributes(QueueUrl=queue.url, AttributeNames=names)
    return sum(int(answer["Attributes"][key]) for key in names)


def receive(aws: Aws, queue: Queue) -> list[Any]:
    answer = aws.client("sqs").receive_message(QueueUrl=queue.url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def connect(aws: Aws, source: str, function: str, **settings: object) -> str:
    """An event source mapping; its id."""
    mapping = aws.client("lambda").create_event_source_mapping(
        EventSourceArn=source, FunctionName=function, **settings
    )
    return str(mapping["UUID"])


def outcome(aws: Aws, mapping: str) -> str:
    """Return the outcome of the last batch."""
    found = aws.client("lambda").get_event_source_mapping(UUID=mapping)
    return str(found["LastProcessingResult"])


def recorder(file: Path, failing: str = "") -> str:
    """A function that writes the ids of each batch of its stream to a file, and may fail."""
    return f"""
import json
class Poison(Exception): pass
def handler(event, context):
    ids = [record["dynamodb"]["Keys"]["id"]["S"] for record in event["Records"]]
    with open({str(file)!r}, "a") as log:
        log.write(json.dumps(ids) + "\\n")
    {failing or "return None"}
"""


def batches(file: Path) -> list[list[str]]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def eventually(condition: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()
