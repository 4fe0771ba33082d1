"""`skafu simulate`: schedules of faults around the real handlers, and what they found."""

import logging
import os
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from skafu.reach.quiet import quiet
from skafu.simulation.campaign import WHOLE, Finding, Tally, campaign, simulate_one
from skafu.simulation.faults import Fault
from skafu.simulation.guards import WITHOUT, Guard
from skafu.simulation.system import Parts

SHOWN = 10  # findings

Schedules = Annotated[int, typer.Option(min=1, help="How many schedules to run.")]
Seed = Annotated[int, typer.Option(min=0, help="The first seed; each schedule takes the next one.")]
PROCESSORS = os.cpu_count() or 1
Jobs = Annotated[int, typer.Option(min=1, help="Processors to use.")]
TraceOption = Annotated[bool, typer.Option("--trace", help="Print every step.")]

Without = Annotated[
    Guard | None, typer.Option(help="Leave one guard out, and see the checks notice it.")
]


def simulate(
    schedules: Schedules = 1000,
    seed: Seed = 0,
    jobs: Jobs = PROCESSORS,
    trace: TraceOption = False,
    without: Without = None,
) -> None:
    """Run the real handlers over a faulty AWS in memory, and check everything that was promised.

    Ends with 1 when a promise was broken; the output says how to replay that schedule.
    """
    parts = WITHOUT[without] if without else WHOLE
    run = traced(seed, schedules, parts) if trace else untraced(seed, schedules, jobs, parts)
    report(run, f" --without {without}" if without else "")
    raise typer.Exit(int(bool(run.findings)))


def traced(seed: int, schedules: int, parts: Parts) -> Tally:
    total = Tally()
    with quiet(logging.ERROR):
        for one in range(seed, seed + schedules):
            typer.echo(f"seed {one}")
            total.add(simulate_one(one, parts, trace=typer.echo))
    return total


def untraced(seed: int, schedules: int, jobs: int, parts: Parts) -> Tally:
    total = Tally()
    with progress() as bar:
        task = bar.add_task("Schedules", total=schedules, rate="")
        for tally in campaign(seed, schedules, jobs, parts):
            total.add(tally)
            elapsed = bar.tasks[task].elapsed or 0.0
            rate = f"{total.schedules / elapsed:,.0f}/s" if elapsed else ""
            bar.update(task, completed=total.schedules, rate=rate)
    return total


def progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )


def account(finding: Finding, options: str) -> str:
    replay = f"skafu simulate --seed {finding.seed} --schedules 1 --trace{options}"
    return f"{finding.what}\n  seed {finding.seed}; replay: {replay}"


def report(total: Tally, options: str = "") -> None:
    console = Console()
    for title, counts in (
        ("fault", {fault.value: total.faults[fault] for fault in Fault}),
        ("command accepted", {name: total.accepted[name] for name in sorted(total.accepted)}),
        ("accepted", {way: total.ways[way] for way in sorted(total.ways)}),
        ("answer", {str(status): total.answers[status] for status in sorted(total.answers)}),
    ):
        table = Table(title, "times")
        table.columns[1].justify = "right"
        for name, times in counts.items():
            table.add_row(name, f"{times:,}")
        console.print(table)
    typer.echo(
        f"{total.schedules:,} schedules, {total.commits:,} commits, {total.steps:,} steps, "
        f"{total.faults.total():,} faults: {len(total.findings)} divergences"
    )
    for finding in total.findings[:SHOWN]:
        typer.echo(account(finding, options))
