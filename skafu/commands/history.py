"""`skafu history`: every event of one aggregate, from the store."""

import json
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from application.commit import Commit
from application.publishing.cloudevents import to_cloudevent
from application.publishing.envelopes import envelopes, metadata
from handlers import wiring
from kernel.messages import event_id
from skafu.reach.streams import AggregateArgument, named
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, select


def history(
    aggregate: AggregateArgument,
    raw: Annotated[
        bool,
        typer.Option(
            "--raw", help="Print stored items, one JSON object a line, with keys PK and SK."
        ),
    ] = False,
    cloudevents: Annotated[
        bool, typer.Option("--cloudevents", help="Print CloudEvents 1.0, one JSON object a line.")
    ] = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Show every event of an aggregate, with its time, person and command."""
    _, stream = named(aggregate)
    select(environment, outputs)
    commits = list(wiring.event_store().read(stream))
    if not commits:
        typer.echo(f"{stream}: no events", err=True)
        raise typer.Exit(1)
    if raw:
        lines(item for commit in commits for item in items(commit))
    elif cloudevents:
        lines(to_cloudevent(e) for commit in commits for e in envelopes(commit))
    else:
        Console().print(table(commits))


def lines(values: Iterable[dict[str, Any]]) -> None:
    typer.echo("".join(f"{json.dumps(value)}\n" for value in values), nl=False)


def items(commit: Commit) -> Iterator[dict[str, Any]]:
    """Yield the events of a commit as items of one table, ordered by time and number."""
    for sequence, stored in enumerate(commit.stored_events(), commit.first_sequence):
        yield {
            "PK": commit.aggregate_id,
            "SK": f"EVENT#{commit.timestamp}#{sequence:03}",
            "eventId": event_id(commit.aggregate_id, sequence),
            "eventType": stored["eventType"],
            "eventVersion": stored["schemaVersion"],
            "timestamp": commit.timestamp,
            "correlationId": commit.correlation_id,
            "causationId": commit.command_id,
            "aggregateId": commit.aggregate_id,
            "aggregateVersion": sequence,
            "data": stored["data"],
            "metadata": metadata(commit),
        }


def table(commits: list[Commit]) -> Table:
    """Return the events one below the other, with their data, cut to the terminal's width."""
    title = commits[0].aggregate_id
    shown = Table(box=None, show_header=False, expand=True, title=title, title_justify="left")
    shown.add_column(justify="right")
    shown.add_column()
    shown.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for item in (item for commit in commits for item in items(commit)):
        number = str(item["aggregateVersion"])
        shown.add_row(number, item["eventType"], item["timestamp"], style="bold")
        shown.add_row("", "by", item["metadata"]["userId"])
        shown.add_row("", "command", item["causationId"])
        for name, value in item["data"].items():
            shown.add_row("", name, Text(text(value)))
    return shown


def text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
