"""`skafu doctor`: everything that failed for good, anywhere, as one list."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from application.failures import Failure, MessageGivenUp, RecordsNotPublished, Severity
from edge.errors import failure
from skafu.reach import letters
from skafu.reach.letters import LIST, Letter, Place
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, Target, select

BUCKET = "UnpublishedBucket"


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """List every failure that needs somebody: reported ones, dead letters, unpublished records.

    Ends with 1 when there is one that nobody has decided on.
    """
    failures = list(on_record(select(environment, outputs)))
    if as_json:
        typer.echo("".join(f"{json.dumps(found.to_dict())}\n" for found in failures), nl=False)
    elif failures:
        show(failures)
    else:
        typer.echo("nothing has failed")
    raise typer.Exit(int(any(found.severity is not Severity.INFO for found in failures)))


def on_record(target: Target) -> Iterator[Failure]:
    found = target.stack_outputs()
    for letter in lying(target.client("sqs"), letters.places(found)):
        yield reported(letter) if letter.place.name == LIST else given_up(letter)
    yield from unpublished(target.client("s3"), found[BUCKET])


def lying(sqs: Any, places: list[Place]) -> Iterator[Letter]:  # noqa: ANN401 - a boto3 client
    """Yield all letters, reading all places at once: an empty queue makes readers wait."""
    with ThreadPoolExecutor(max(1, len(places))) as threads:
        for found in threads.map(partial(letters.look, sqs), places):
            yield from found


def reported(letter: Letter) -> Failure:
    return Failure.from_dict(letter.detail)


def given_up(letter: Letter) -> Failure:
    why = letter.why or f"delivered {letter.receives - 1} times in vain"
    return failure(MessageGivenUp(why), where=letter.place.name, key=letter.key())


def unpublished(s3: Any, bucket: str) -> Iterator[Failure]:  # noqa: ANN401 - a boto3 client
    for name in objects(s3, bucket):
        found = RecordsNotPublished("the stream gave these records up; the object holds them")
        yield failure(found, where=BUCKET, key={"bucket": bucket, "object": name})


def objects(s3: Any, bucket: str) -> Iterator[str]:  # noqa: ANN401 - a boto3 client
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        yield from (item["Key"] for item in page.get("Contents", []))


def show(failures: list[Failure]) -> None:
    table = Table(
        "What", "Where", "Severity", "Retryable", "Key", "Why", title="Failures on record"
    )
    for found in failures:
        key = "\n".join(f"{name}={value}" for name, value in found.key.items())
        retryable = "yes" if found.retryable else "no"
        table.add_row(found.what, found.where, found.severity, retryable, key, found.why)
    Console().print(table)
