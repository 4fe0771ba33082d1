"""`skafu logs`: one command's way through all functions, by their log lines."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter

from edge.commands.bodies import CorrelationId
from skafu.reach.arguments import valid
from skafu.reach.log_lines import Line, Logs
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, select
from skafu.reach.trouble import Trouble
from skafu.terminal import json_lines, say, tracked

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
SPAN = re.compile(r"(\d{1,4})([mhd])")
# The same in every line, or shown in a column of its own.
SHOWN = {
    "at", "timestamp", "event_timestamp", "level", "location", "message", "type", "service",
    "correlation_id", "cold_start", "function_name", "xray_trace_id", "sent",
}  # fmt: skip
IDS = {"api_request_id", "function_request_id", "command_id", "ticket", "execution_arn"}
"""Long ids: only `--json` shows them."""
CORRELATION_ID: TypeAdapter[str] = TypeAdapter(CorrelationId)


def logs(
    correlation_id: Annotated[
        str, typer.Argument(help="The `X-Correlation-Id` of an answer, or of an event.")
    ],
    since: Annotated[
        str,
        typer.Option(help="How far to look back: `30m`, `24h`, `7d`, or a time in UTC."),
    ] = "24h",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Show the way of one command through all functions, in the order of time.

    Reads the log groups of the stack. Ends with 1 when none of them has a line about it.
    """
    wanted = valid(CORRELATION_ID, correlation_id)
    begin = moment(since)
    found = Logs.of(select(environment, outputs), begin)
    follow(found, wanted)
    if not found.found:
        raise Trouble(
            f"No log line since {begin:%Y-%m-%d %H:%M} UTC carries the correlation id {wanted}. "
            "Look further back with --since; logs are kept as long as the stack's "
            "LogRetentionDays say, and lines arrive some seconds late."
        )
    show(found.ordered(), as_json)


def moment(since: str, now: datetime | None = None) -> datetime:
    """Return the begin of a span that ends now, or the time itself. Raises `BadParameter`."""
    if span := SPAN.fullmatch(since):
        return (now or datetime.now(UTC)) - timedelta(**{UNITS[span[2]]: int(span[1])})
    try:
        named = datetime.fromisoformat(since)
    except ValueError:
        raise typer.BadParameter(
            f"{since!r} is neither a span such as 30m, 24h or 7d nor a time such as "
            "2026-01-31T14:00.",
            param_hint="--since",
        ) from None
    return named if named.tzinfo else named.replace(tzinfo=UTC)


def follow(found: Logs, correlation_id: str) -> None:
    """Search the groups for the id, then for what the lines found lead to."""
    for searches in (found.searches(correlation_id), found.further):
        wanted = searches() if callable(searches) else searches
        for _ in tracked(found.look(wanted), "Searching log groups", total=len(wanted)):
            pass


def show(lines: list[Line], as_json: bool) -> None:
    if as_json:
        json_lines(object_of(line) for line in lines)
        return
    first = lines[0]
    parts = len({line.part for line in lines})
    say(f"{first.time:%Y-%m-%d %H:%M:%S} UTC: {len(lines)} lines of {parts} parts")
    wide, broad = (max(map(len, column)) for column in zip(*map(names, lines), strict=True))
    for line in lines:
        start = "cold" if line.fields.get("cold_start") else ""
        late = f"+{line.at - first.at} ms"
        place = f"{late:>10}  {line.part:<{wide}}  {start:<4}"
        say(f"{place}  {told(line):<{broad}}  {details(line)}".rstrip())


def object_of(line: Line) -> Mapping[str, Any]:
    return {"time": line.time.isoformat(), "part": line.part, **line.fields}


def names(line: Line) -> tuple[str, str]:
    return line.part, told(line)


def told(line: Line) -> str:
    return str(line.fields.get("message") or line.fields.get("type") or "")


def details(line: Line) -> str:
    """Return the fields that differ from line to line, `name=value`."""
    level = line.fields.get("level", "INFO")
    fields = {name: value for name, value in line.fields.items() if name not in SHOWN | IDS}
    steps = fields.pop("details", {})
    fields |= {name: steps[name] for name in ("name", "error", "cause") if name in steps}
    shown = [f"{n}={text(value)}" for n, value in fields.items() if value not in ("", "-", None)]
    return " ".join([*([str(level)] if level != "INFO" else []), *shown])


def text(value: object) -> str:
    """Return a value in one line: a traceback by its last line only."""
    match value:
        case str() if "\n" in value:
            return value.strip().splitlines()[-1]
        case _:
            return str(value)
