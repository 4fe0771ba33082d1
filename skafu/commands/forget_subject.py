"""`skafu forget-subject`: make a person's data unreadable for ever."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter

from adapters.dynamodb.key_table import DynamoDbKeyTable
from adapters.dynamodb.subject_streams import DynamoDbSubjectStreams
from application.failures import reason
from application.privacy.forgetting import Forgetting, NotifiedPage
from application.privacy.subject_keys import KeyRecord
from domain.contents import contents
from edge.commands.api import Commands
from handlers import wiring
from kernel.actor import user_id
from kernel.personal import Subject
from skafu.reach.arguments import valid
from skafu.reach.people import People
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, Target, select
from skafu.reach.trouble import Trouble
from skafu.terminal import ask, progress, say

_subjects: TypeAdapter[str] = TypeAdapter(Subject)
STEP = 0.2  # seconds
REMAINS = (
    "What remains: the account in Cognito, which you may delete now; the person's id wherever\n"
    "they acted; and what was written into free texts (docs/privacy.md)."
)


def forget_subject(
    person: Annotated[
        str,
        typer.Argument(help="The person's e-mail, or the `sub` of their account in Cognito."),
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Make a person's data unreadable: destroy their key, and update all their streams and rows.

    This cannot be undone. If it is interrupted, run it again: it goes on. Run once more, it changes
    nothing. Ends with 1 when a stream could not be updated.
    """
    target = select(environment, outputs)
    subject = subject_of(person, target, outputs)
    forgetting = prepared(target)
    known = forgetting.table.get(subject)
    if known is None:
        require_account(subject, target, outputs)
    if not (yes or (known and known.forgotten_at)):
        ask(question(subject, known))
    tombstone = forgetting.destroy_key(subject)
    say(done(subject, known, tombstone))
    wait(forgetting, tombstone)
    tell(forgetting, subject, tombstone)


def subject_of(person: str, target: Target, outputs: Path) -> str:
    """Return the `sub` that was given, alone or in an owner, or that of the account's e-mail."""
    person = user_id(person)  # `skafu history` shows whole owners
    if "@" not in person:
        return valid(_subjects, person)
    found = [account.sub for account in People.of(target, outputs).with_email(person)]
    if not found:
        raise Trouble(
            f"No account has the e-mail {person}; nothing was destroyed. If the account is gone, "
            "give the person's id, as `skafu history` shows it."
        )
    if len(found) > 1:
        raise Trouble(f"Several accounts have the e-mail {person}: give one of {', '.join(found)}.")
    return found[0]


def require_account(subject: str, target: Target, outputs: Path) -> None:
    """Raise `Trouble` for somebody whom neither the keys nor the user pool know."""
    if People.of(target, outputs).with_sub(subject) is None:
        raise Trouble(
            f"Nobody is known as {subject}: there is no key and no account of this id. "
            "Nothing was destroyed."
        )


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


def done(subject: str, known: KeyRecord | None, tombstone: KeyRecord) -> str:
    if known is None:
        return f"{subject} had no key; from {tombstone.forgotten_at} on, none is made for them"
    if known.forgotten_at:
        return f"the key of {subject} was destroyed before, at {tombstone.forgotten_at}"
    return f"the key of {subject} was destroyed at {tombstone.forgotten_at}"


def wait(forgetting: Forgetting, tombstone: KeyRecord) -> None:
    """Wait until no warm function uses the key any more: what they append must be seen."""
    until = forgetting.settled_at(tombstone)
    seconds = (until - forgetting.clock()).total_seconds()
    if seconds <= 0:
        return
    with progress("Waiting until no function uses the key", max(1, int(seconds))) as bar:
        while (left := (until - forgetting.clock()).total_seconds()) > 0:
            bar.update(bar.task_ids[0], completed=int(seconds - left))
            time.sleep(min(STEP, left))


def tell(forgetting: Forgetting, subject: str, tombstone: KeyRecord) -> None:
    told = 0
    failed: list[str] = []
    with progress("Looking through the commits", max(1, forgetting.streams.size())) as bar:
        for page in forgetting.notify(subject, tombstone):
            told += len(page.streams)
            failed += faults(page)
            bar.advance(bar.task_ids[0], page.examined)
    say(f"{told} streams know of it; their rows follow")
    if failed:
        say(*failed, error=True)
        say(f"{len(failed)} streams could not be told. Repair them, run this again.", error=True)
        raise typer.Exit(1)
    say(*REMAINS.splitlines())


def faults(page: NotifiedPage) -> list[str]:
    return [f"{stream}: {reason(error)}" for stream, error in page.failed]
