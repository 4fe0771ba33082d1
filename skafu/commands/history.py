"""`skafu history`: every event of one aggregate, from the store."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from application.commit import Commit
from application.publishing.cloudevents import to_cloudevent
from application.publishing.envelopes import envelopes, metadata
from handlers import wiring
from kernel.messages import event_id
from local.visible import visible
from skafu.reach.streams import AggregateArgument, named
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, select
from skafu.terminal import json_lines, record, say

LONGEST = 1000  # characters of a value


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
        say(f"{stream}: no events", error=True)
        raise typer.Exit(1)
    if raw:
        json_lines(item for commit in commits for item in items(commit))
    elif cloudevents:
        json_lines(to_cloudevent(e) for commit in commits for e in envelopes(commit))
    else:
        show(commits)


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


def show(commits: list[Commit]) -> None:
    """Write the events one below the other, with their data."""
    say(commits[0].aggregate_id)
    for item in (item for commit in commits for item in items(commit)):
        say(f"{item['aggregateVersion']:>2}  {item['eventType']}  {item['timestamp']}")
        about = [("by", item["metadata"]["userId"]), ("command", item["causationId"])]
        data = ((visible(name), text(value)) for name, value in item["data"].items())
        record([*about, *data], indent=" " * 4)


def text(value: object) -> str:
    """Return a value; a very long one is cut, which no id is, and says so."""
    whole = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    rest = len(whole) - LONGEST
    return f"{whole[:LONGEST]} … {rest} more characters: --raw shows them" if rest > 0 else whole
