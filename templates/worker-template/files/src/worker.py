"""The worker: `handler` takes a batch of messages and says which of them failed."""

import json
import logging
<% if "database" in features %>
import os
<% endif %>
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
<% if "database" in features %>
from functools import cache
<% endif %>
from typing import Any

Record = Mapping[str, Any]
NAME = <%= name | quoted %>  # fmt: skip
logger = logging.getLogger(NAME)
logger.setLevel(logging.INFO)


class Unreadable(Exception):
    """A message that no attempt can ever read."""


@dataclass(frozen=True)
class Job:
    job_id: str
    text: str


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Work through a batch; SQS delivers again what is named, and only that."""
    failed = [{"itemIdentifier": message} for message in failures(event["Records"])]
    return {"batchItemFailures": failed}


def failures(records: Sequence[Record]) -> Iterator[str]:
<% if ordered %>
    """Yield the ids of the messages that failed; those after them in their group must wait."""
    stopped: set[str] = set()
    for record in records:
        group = record["attributes"]["MessageGroupId"]
        if group in stopped or not done(record):
            stopped.add(group)
            yield record["messageId"]
<% else %>
    """Yield the ids of the messages that failed."""
    for record in records:
        if not done(record):
            yield record["messageId"]
<% endif %>


def done(record: Record) -> bool:
    try:
        result = work(job_in(record["body"]))
    except Exception:  # one message must not fail the others
        logger.exception("message %s failed", record["messageId"])
        return False
    logger.info("done: %s", json.dumps(result))
    return True


def job_in(body: str) -> Job:
    """Return the job of a message. Raises `Unreadable`."""
    try:
        found = json.loads(body)
        job = Job(found["jobId"], found["text"])
    except (ValueError, TypeError, KeyError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error
    if not isinstance(job.job_id, str) or not isinstance(job.text, str):
        raise Unreadable("`jobId` and `text` must be texts.")
    return job


def work(job: Job) -> dict[str, Any]:
    """Do the job: replace this by your own. It may run twice, so twice must be as good as once."""
    result = {"jobId": job.job_id, "words": len(job.text.split())}
<% if "database" in features %>
    results().put_item(Item=result)
<% endif %>
    return result
<% if "database" in features %>


@cache
def results() -> Any:  # noqa: ANN401 - boto3 makes tables by name
    """Return the table of results; boto3 is part of Lambda's runtime."""
    import boto3

    return boto3.resource("dynamodb").Table(os.environ["RESULTS_TABLE"])
<% endif %>
