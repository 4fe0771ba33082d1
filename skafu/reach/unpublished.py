"""Objects with records that the table's stream gave up: the bucket keeps what was not published."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from application.publishing.republish import CommitKey
from kernel.messages import AggregateId

BUCKET = "UnpublishedBucket"


def objects(s3: Any, bucket: str) -> Iterator[str]:  # noqa: ANN401 - a boto3 client
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        yield from (item["Key"] for item in page.get("Contents", []))


def record_of(s3: Any, bucket: str, name: str) -> dict[str, Any]:  # noqa: ANN401 - a boto3 client
    """Return Lambda's record of a batch that it gave up: its reason, and the records as text."""
    body = s3.get_object(Bucket=bucket, Key=name)["Body"].read()
    found: dict[str, Any] = json.loads(body)
    return found


def keys_of(kept: Mapping[str, Any]) -> list[CommitKey]:
    """Return the keys of the commits in an object, each once, in the order of the stream."""
    payload = kept["payload"]
    records = (json.loads(payload) if isinstance(payload, str) else payload)["Records"]
    return list(dict.fromkeys(key_of(record["dynamodb"]["Keys"]) for record in records))


def key_of(keys: Mapping[str, Mapping[str, str]]) -> CommitKey:
    return AggregateId(keys["aggregateId"]["S"]), int(keys["eventSequence"]["N"])
