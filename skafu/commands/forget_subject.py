"""`skafu forget-subject`: make a person's data unreadable for ever."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from adapters.dynamodb.key_table import DynamoDbKeyTable
from adapters.dynamodb.subject_streams import DynamoDbSubjectStreams
from application.failures import reason
from application.privacy.forgetting import Forgetting, NotifiedPage
from application.privacy.subject_keys import KeyRecord
from domain.contents import contents
from edge.commands.api import Commands
from handlers import wiring
from kernel.personal import Subject
from skafu.reach.arguments import valid
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, Target, select

_subjects: TypeAdapter[str] = TypeAdapter(Subject)
errors = Console(stderr=True)
STEP = 0.2  # seconds
REMAINS = (
    "What remains: the account in Cognito, which you may delete now; the person's id wherever\n"
    "they acted; and what was written into free texts (docs/privacy.md)."
)


def forget_subject(
    subject: Annotated[str, typer.Argument(help="The `sub` of the person's account in Cognito.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Make a person's data unreadable: destroy their key, and update all their streams and rows.

    This cannot be undone. If it is interrupted, run it again: it goes on. Run once more, it changes
    nothing. Ends with 1 when a stream could not be updated.
    """
    subject = valid(_subjects, subject)
    forgetting = prepared(select(environment, outputs))
    known = forgetting.table.get(subject)
    if not (yes or (known and known.forgotten_at)):
        typer.confirm(question(subject, known), abort=True)
    tombstone = forgetting.destroy_key(subject)
    typer.echo(f"the key of {subject} was destroyed at {tombstone.forgotten_at}")
    wait(forgetting, tombstone)
    tell(forgetting, subject, tombstone)


def prepared(target: Target) -> Forgetting:
    client, settled = wiring.aws_client("dynamodb"), wiring.settings()
    lifetime = float(target.stack_outputs()["OpenKeySeconds"])
    return Forgetting(
        table=DynamoDbKeyTable(client, settled.key_table),
        streams=DynamoDbSubjectStreams(client, settled.events_table),
        executors=Commands.over(contents, wiring.event_store(), wiring.now, {}).executors,
        clock=wiring.now,
        key_lifetime=timedelta(seconds=lifetime),
    )


def question(subject: str, known: KeyRecord | None) -> str:
    if known is None:
        return f"{subject} has no key, so nothing of theirs was sealed here. Forget them anyway?"
    return f"Forget {subject}? What is sealed under their key will be unreadable for ever."


def wait(forgetting: Forgetting, tombstone: KeyRecord) -> None:
    """Wait until no warm function uses the key any more: what they append must be seen."""
    until = forgetting.settled_at(tombstone)
    seconds = (until - forgetting.clock()).total_seconds()
    if seconds <= 0:
        return
    with bar("Waiting until no function uses the key", seconds) as progress:
        while (left := (until - forgetting.clock()).total_seconds()) > 0:
            progress.update(progress.task_ids[0], completed=int(seconds - left))
            time.sleep(min(STEP, left))


def tell(forgetting: Forgetting, subject: str, tombstone: KeyRecord) -> None:
    told = 0
    failed: list[str] = []
    with bar("Looking through the commits", forgetting.streams.size()) as progress:
        for page in forgetting.notify(subject, tombstone):
            told += len(page.streams)
            failed += faults(page)
            progress.advance(progress.task_ids[0], page.examined)
    typer.echo(f"{told} streams know of it; their rows follow")
    if failed:
        errors.print("\n".join(failed), style="red")
        errors.print(f"{len(failed)} streams could not be told. Mend them, and run this again.")
        raise typer.Exit(1)
    typer.echo(REMAINS)


def faults(page: NotifiedPage) -> list[str]:
    return [f"{stream}: {reason(error)}" for stream, error in page.failed]


@contextmanager
def bar(text: str, total: float) -> Iterator[Progress]:
    columns = (TextColumn(text), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        progress.add_task(text, total=max(1, int(total)))
        yield progress
