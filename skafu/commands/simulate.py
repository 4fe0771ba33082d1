"""`skafu simulate`: schedules of faults around the real handlers, and what they found."""

import logging
import os
from typing import Annotated

import typer

from skafu.reach.quiet import quiet
from skafu.simulation.campaign import WHOLE, Finding, Tally, campaign, simulate_one
from skafu.simulation.faults import Fault
from skafu.simulation.guards import WITHOUT, Guard
from skafu.simulation.system import Parts
from skafu.terminal import named_column, progress, say, table

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
            say(f"seed {one}")
            total.add(simulate_one(one, parts, trace=say))
    return total


def untraced(seed: int, schedules: int, jobs: int, parts: Parts) -> Tally:
    total = Tally()
    rates = named_column("{task.fields[rate]}")
    with progress("Schedules", schedules, rates, rate="") as bar:
        (task,) = bar.task_ids
        for tally in campaign(seed, schedules, jobs, parts):
            total.add(tally)
            elapsed = bar.tasks[task].elapsed or 0.0
            rate = f"{total.schedules / elapsed:,.0f}/s" if elapsed else ""
            bar.update(task, completed=total.schedules, rate=rate)
    return total


def account(finding: Finding, options: str) -> tuple[str, str]:
    replay = f"skafu simulate --seed {finding.seed} --schedules 1 --trace{options}"
    return finding.what, f"  seed {finding.seed}; replay: {replay}"


def report(total: Tally, options: str = "") -> None:
    for title, counts in (
        ("fault", {fault.value: total.faults[fault] for fault in Fault}),
        ("command accepted", {name: total.accepted[name] for name in sorted(total.accepted)}),
        ("accepted", {way: total.ways[way] for way in sorted(total.ways)}),
        ("answer", {str(status): total.answers[status] for status in sorted(total.answers)}),
    ):
        table((title, "times"), [(name, f"{n:,}") for name, n in counts.items()], numbers={1})
    say(
        f"{total.schedules:,} schedules, {total.commits:,} commits, {total.steps:,} steps, "
        f"{total.faults.total():,} faults: {len(total.findings)} divergences"
    )
    for finding in total.findings[:SHOWN]:
        say(*account(finding, options))
