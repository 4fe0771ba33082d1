"""`skafu doctor`: everything that failed for good, anywhere, as one list."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from application.failures import Failure, Severity
from skafu.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, Target, select

DEAD_LETTER_QUEUES = ("ProjectDlqUrl", "ServiceDlqUrl", "FailureDlqUrl")
MOST = 1000  # messages looked at in one queue
HIDDEN = 5  # seconds that a message looked at stays out of sight, so that it is seen once


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """List every failure on record: reported, given up by a queue, or kept by the publisher."""
    failures = list(on_record(select(environment, outputs)))
    if as_json:
        typer.echo("".join(f"{json.dumps(failure.to_dict())}\n" for failure in failures), nl=False)
    elif failures:
        show(failures)
    else:
        typer.echo("nothing has failed")
    raise typer.Exit(int(bool(failures)))


def on_record(target: Target) -> Iterator[Failure]:
    found = target.stack_outputs()
    sqs = target.client("sqs")
    for message in messages(sqs, found["FailureQueueUrl"]):
        yield reported(message)
    for name in DEAD_LETTER_QUEUES:
        for message in messages(sqs, found[name]):
            yield given_up(name.removesuffix("Url"), message)
    yield from unpublished(target.client("s3"), found["UnpublishedBucket"])


def messages(sqs: Any, queue: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - a boto3 client
    """Look without taking: each message comes back after a few seconds."""
    seen: set[str] = set()
    while len(seen) < MOST:
        answer = sqs.receive_message(
            QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=HIDDEN, WaitTimeSeconds=0
        )
        fresh = [m for m in answer.get("Messages", []) if m["MessageId"] not in seen]
        if not fresh:
            return
        seen |= {message["MessageId"] for message in fresh}
        yield from fresh


def reported(message: dict[str, Any]) -> Failure:
    detail = json.loads(message["Body"])["detail"]
    return Failure(**{**detail, "severity": Severity(detail["severity"])})


def given_up(queue: str, message: dict[str, Any]) -> Failure:
    return Failure(
        what="MessageGivenUp",
        where=queue,
        why="delivered too often, or not deliverable",
        retryable=True,
        key=key_of(message["Body"]) | {"messageId": message["MessageId"]},
    )


def key_of(body: str) -> dict[str, str | int]:
    """The stream and sequence that a hint speaks of; nothing for what is no hint."""
    try:
        detail = json.loads(body)["detail"]
        return {name: detail[name] for name in ("aggregateId", "eventSequence")}
    except (KeyError, TypeError, ValueError):
        return {}


def unpublished(s3: Any, bucket: str) -> Iterator[Failure]:  # noqa: ANN401 - a boto3 client
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for item in page.get("Contents", []):
            yield Failure(
                what="RecordsNotPublished",
                where="Publisher",
                why="the stream gave these records up; the object holds them",
                severity=Severity.CRITICAL,
                retryable=True,
                key={"bucket": bucket, "object": item["Key"]},
            )


def show(failures: list[Failure]) -> None:
    table = Table(
        "What", "Where", "Severity", "Retryable", "Key", "Why", title="Failures on record"
    )
    for failure in failures:
        key = "\n".join(f"{name}={value}" for name, value in failure.key.items())
        retryable = "yes" if failure.retryable else "no"
        table.add_row(failure.what, failure.where, failure.severity, retryable, key, failure.why)
    Console().print(table)
