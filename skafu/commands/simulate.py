"""`skafu simulate`: schedules of faults around the real handlers, and what they found."""

import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer

from skafu.reach.quiet import quiet
from skafu.rehearsal.deployed import ROOT, git
from skafu.simulation import ledger
from skafu.simulation.campaign import WHOLE, Finding, Hunt, Kind, Tally, campaign, simulate_one
from skafu.simulation.faults import Fault
from skafu.simulation.guards import WITHOUT, Guard, all_noticed
from skafu.simulation.system import Parts
from skafu.terminal import named_column, progress, say, table

SHOWN = 10  # findings
LEDGER = "benchmarks/results/simulated.json"
PATIENCE = 50_000  # schedules until a guard that is left out is noticed

Schedules = Annotated[
    int | None,
    typer.Option(min=1, help=f"How many schedules to run: 1000, or up to {PATIENCE} for a guard."),
]
KindOption = Annotated[
    Kind | None,
    typer.Option(
        help="Whole schedules, narrow ones of the read side alone, one to nine of both, or whole "
        "ones in which a person is forgotten, or sagas run."
    ),
]
GuardsOption = Annotated[
    bool,
    typer.Option("--guards", help="Leave out each guard in turn; print how soon it is noticed."),
]
Seed = Annotated[int, typer.Option(min=0, help="The first seed; each schedule takes the next one.")]
PROCESSORS = os.cpu_count() or 1
Jobs = Annotated[int, typer.Option(min=1, help="Processors to use.")]
TraceOption = Annotated[bool, typer.Option("--trace", help="Print every step.")]

RecordOption = Annotated[
    bool,
    typer.Option(
        "--record", help=f"Add the run to {LEDGER}, and print how many there were so far."
    ),
]
Without = Annotated[
    Guard | None, typer.Option(help="Leave one guard out, and see the checks notice it.")
]


@dataclass(frozen=True)
class Choice:
    """The schedules to run."""

    seed: int
    schedules: int
    parts: Parts
    kind: Kind


def simulate(
    schedules: Schedules = None,
    seed: Seed = 0,
    jobs: Jobs = PROCESSORS,
    trace: TraceOption = False,
    without: Without = None,
    kind: KindOption = None,
    guards: GuardsOption = False,
    record: RecordOption = False,
) -> None:
    """Run the real handlers over a faulty AWS in memory, and check everything that was promised.

    Ends with 1 when a promise was broken; the output says how to replay that schedule.
    """
    if record and (guards or trace or without):
        raise typer.BadParameter("--record is for runs of all that there is, without other options")
    if guards:
        raise typer.Exit(int(not hunted(seed, schedules or PATIENCE, jobs, kind)))
    parts = WITHOUT[without] if without else WHOLE
    chosen = Choice(seed, schedules or 1000, parts, kind or Kind.MIXED)
    run = traced(chosen) if trace else untraced(chosen, jobs)
    report(run, f" --without {without}" if without else "")
    if record:
        recorded(chosen, run)
    raise typer.Exit(int(bool(run.findings)))


def recorded(chosen: Choice, total: Tally) -> None:
    """Add a run to those before it, and print what they are together."""
    commit = git("rev-parse", "--short", "HEAD").decode().strip()
    day = datetime.now(UTC).date().isoformat()
    counts = total.schedules, len(total.findings)
    runs = ledger.add(ROOT / LEDGER, ledger.Run(chosen.kind, chosen.seed, *counts, commit, day))
    divergences = sum(run.divergences for run in runs)
    say(f"{ledger.distinct(runs):,} schedules so far, {divergences} divergences ({LEDGER})")


def hunted(seed: int, schedules: int, jobs: int, kind: Kind | None) -> bool:
    """Print how soon each guard that is left out is noticed; tell whether all were."""
    hunts = list(all_noticed(seed, schedules, jobs, kind))
    titles = "guard left out", "schedules", "CPU seconds", "what was noticed"
    table(titles, [hunt_row(guard, hunt) for guard, hunt in hunts], numbers={1, 2})
    found = [hunt for _, hunt in hunts if hunt.finding]
    seconds = sum(hunt.seconds for hunt in found)
    say(f"{len(found)} of {len(hunts)} guards were noticed, after {seconds:.1f} s of CPU time")
    return len(found) == len(hunts)


def hunt_row(guard: Guard, hunt: Hunt) -> tuple[str, str, str, str]:
    finding = hunt.finding
    what = f"{finding.kind}: {finding.schedule} schedule" if finding else "nothing"
    return guard.value, f"{hunt.schedules:,}", f"{hunt.seconds:.2f}", what


def traced(chosen: Choice) -> Tally:
    total = Tally()
    with quiet(logging.ERROR):
        for one in range(chosen.seed, chosen.seed + chosen.schedules):
            say(f"seed {one}")
            total.add(simulate_one(one, chosen.parts, say, chosen.kind))
    return total


def untraced(chosen: Choice, jobs: int) -> Tally:
    total = Tally()
    rates = named_column("{task.fields[rate]}")
    with progress("Schedules", chosen.schedules, rates, rate="") as bar:
        (task,) = bar.task_ids
        for tally in campaign(chosen.seed, chosen.schedules, jobs, chosen.parts, chosen.kind):
            total.add(tally)
            elapsed = bar.tasks[task].elapsed or 0.0
            rate = f"{total.schedules / elapsed:,.0f}/s" if elapsed else ""
            bar.update(task, completed=total.schedules, rate=rate)
    return total


def account(finding: Finding, options: str) -> tuple[str, str]:
    kind = f"--kind {finding.schedule}"
    replay = f"skafu simulate --seed {finding.seed} --schedules 1 --trace {kind}{options}"
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
        f"{total.schedules:,} schedules ({total.whole:,} whole), {total.commits:,} commits, "
        f"{total.steps:,} steps, {total.faults.total():,} faults: {len(total.findings)} divergences"
    )
    if total.seconds:
        say(f"{total.schedules / total.seconds:,.0f} schedules a second of CPU time")
    for finding in total.findings[:SHOWN]:
        say(*account(finding, options))
