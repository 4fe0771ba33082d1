"""`skafu trace`: one command as a tree of spans, with times and units."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from application.tracing import ERROR, READ_UNITS, WRITE_UNITS
from skafu.metering.prices import PRICES
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, local_outputs
from skafu.reach.trouble import Trouble
from skafu.terminal import json_lines, say

SHOWN = ("error", "rows", "repeated")
"""Attributes that the tree shows; `--json` has all."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A span as the local stack recorded it. Times are epoch nanoseconds."""

    fields: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.fields["span"])

    @property
    def parent(self) -> str | None:
        found: str | None = self.fields["parent"]
        return found

    @property
    def start(self) -> int:
        return int(self.fields["start"])

    @property
    def milliseconds(self) -> float:
        return (int(self.fields["end"]) - self.start) / 1e6

    def attribute(self, name: str) -> Any:  # noqa: ANN401 - JSON
        return self.fields["attributes"].get(name)


Tree = Sequence[tuple[int, Recorded]]
"""Spans in the order of a tree, each with its depth."""


def trace(
    command_id: Annotated[
        str, typer.Argument(help="The `commandId` of an answer: the `Idempotency-Key`.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a span.")] = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Draw what one command has caused, in all functions, as a tree with times and units.

    Reads what the local stack records. On AWS, traces are in X-Ray. Ends with 1 when there is none.
    """
    if environment != "local":
        raise Trouble(
            "Traces of an environment in AWS are in X-Ray, under the id that log lines name: "
            "`skafu logs <correlation id> --json`, `xray_trace_id`. docs/tracing.md says more."
        )
    found = of_command(read(Path(local_outputs(outputs).get("spans", ""))), command_id)
    if not found:
        raise Trouble(
            f"No span of the command {command_id} is recorded. Spans are kept while the stack runs."
        )
    show(found, as_json)


def read(file: Path) -> list[Recorded]:
    """Return the spans of a file; a line that is being written is left out."""
    if not file.is_file():
        return []
    return [Recorded(fields) for fields in map(parsed, file.read_text().splitlines()) if fields]


def parsed(line: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return found


def of_command(spans: Sequence[Recorded], command_id: str) -> list[Recorded]:
    """Return the spans of the traces in which the command is, in the order of time."""
    traces = {s.fields["trace"] for s in spans if s.attribute("command_id") == command_id}
    return sorted((s for s in spans if s.fields["trace"] in traces), key=lambda s: s.start)


def tree(spans: Sequence[Recorded]) -> Tree:
    """Put each span below its parent; one whose parent was not recorded here is a root."""
    known = {span.id for span in spans}
    below: dict[str | None, list[Recorded]] = {}
    for span in spans:
        below.setdefault(span.parent if span.parent in known else None, []).append(span)

    def walk(parent: str | None, depth: int) -> Iterator[tuple[int, Recorded]]:
        for span in below.get(parent, []):
            yield depth, span
            yield from walk(span.id, depth + 1)

    return [*walk(None, 0)]


def show(spans: Sequence[Recorded], as_json: bool) -> None:
    if as_json:
        json_lines(span.fields for span in spans)
        return
    begin, drawn = spans[0].start, tree(spans)
    wide = max(2 * depth + len(span.fields["name"]) for depth, span in drawn)
    for depth, span in drawn:
        name = f"{'  ' * depth}{span.fields['name']}"
        late = f"+{(span.start - begin) / 1e6:.0f} ms"
        took = f"{span.milliseconds:.1f} ms"
        say(
            f"{late:>10}  {name:<{wide}}  {took:>10}  {function_of(span)}  {details(span)}".rstrip()
        )
    say(total(spans))


def function_of(span: Recorded) -> str:
    return str(span.fields["function"])


def details(span: Recorded) -> str:
    units = [
        f"{span.attribute(name):g} {word}"
        for name, word in ((READ_UNITS, "RCU"), (WRITE_UNITS, "WCU"))
        if span.attribute(name)
    ]
    shown = [f"{n}={span.attribute(n)}" for n in SHOWN if span.attribute(n) is not None]
    return " ".join([*units, *shown])


def total(spans: Sequence[Recorded]) -> str:
    """Sum up the time, and the units of the first span in each process: it counts those below."""
    first = [span for span in spans if span.fields["remote"]]
    read_units, write_units = (
        sum(span.attribute(name) or 0 for span in first) for name in (READ_UNITS, WRITE_UNITS)
    )
    dollars = read_units * PRICES.dynamodb_read_units + write_units * PRICES.dynamodb_write_units
    end = max(int(span.fields["end"]) for span in spans)
    whole = (end - spans[0].start) / 1e6
    failed = sum(span.attribute(ERROR) is not None for span in spans)
    return (
        f"{len(spans)} spans in {whole:.0f} ms, {failed} failed; DynamoDB: {read_units:g} read and "
        f"{write_units:g} write units, {dollars:.2f} dollars per million. "
        "`skafu cost` counts the rest."
    )
