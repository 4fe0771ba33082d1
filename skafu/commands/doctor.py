"""`skafu doctor`: everything that failed for good, anywhere, as one list."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Annotated, Any

import typer

from application.failures import Failure, MessageGivenUp, RecordsNotPublished, Severity
from edge.errors import failure
from skafu.reach import letters
from skafu.reach.letters import LIST, Letter, Place
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, Target, select
from skafu.reach.unpublished import BUCKET, objects
from skafu.terminal import json_lines, say, table


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
        json_lines(found.to_dict() for found in failures)
    elif failures:
        show(failures)
    else:
        say("nothing has failed")
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
    """Return the failure that a letter of the list reports, or one that says it cannot be read."""
    try:
        return Failure.from_dict(letter.detail)
    except (KeyError, TypeError, ValueError):
        unreadable = MessageGivenUp("what is on the list is no record of a failure")
        return failure(unreadable, where=LIST, key=letter.key())


def given_up(letter: Letter) -> Failure:
    why = letter.why or f"delivered {letter.receives - 1} times in vain"
    return failure(MessageGivenUp(why), where=letter.place.name, key=letter.key())


def unpublished(s3: Any, bucket: str) -> Iterator[Failure]:  # noqa: ANN401 - a boto3 client
    for name in objects(s3, bucket):
        found = RecordsNotPublished("the stream gave these records up; the object holds them")
        yield failure(found, where=BUCKET, key={"bucket": bucket, "object": name})


def show(failures: list[Failure]) -> None:
    table(
        ("What", "Where", "Severity", "Retryable", "Key", "Why"),
        [
            (
                found.what,
                found.where,
                found.severity,
                "yes" if found.retryable else "no",
                [f"{name}={value}" for name, value in found.key.items()],
                found.why,
            )
            for found in failures
        ],
        title="Failures on record",
    )
