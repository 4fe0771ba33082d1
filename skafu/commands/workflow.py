"""`skafu workflow`: rebuilds and replays that run in the cloud, looked at and stopped."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import typer

from application.jobs import MOST_AT_ONCE, MOST_SEGMENTS, REBUILD
from skafu.reach.jobs import RUNNING, SUCCEEDED, Jobs, JobState
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, select
from skafu.terminal import say, table

WorkflowOption = Annotated[
    bool,
    typer.Option(
        "--workflow", help="Let Step Functions do it: for stores too large for one process."
    ),
]
SegmentsOption = Annotated[
    int,
    typer.Option(
        min=1, max=MOST_SEGMENTS, help="With --workflow: parts that the store is read in."
    ),
]
ConcurrencyOption = Annotated[
    int, typer.Option(min=1, max=MOST_AT_ONCE, help="With --workflow: parts worked on at a time.")
]
LISTED = 20
MODEL_COUNT = "rows of "


def workflow(
    name: Annotated[
        str | None, typer.Argument(help="A workflow; lists the newest by default.")
    ] = None,
    stop: Annotated[bool, typer.Option("--stop", help="Stop it; what it did stays done.")] = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Show a rebuild or a replay that runs as a workflow until it has ended, or stop it.

    Ctrl-C ends the showing, not the workflow. Ends with 1 if the workflow failed, was stopped, or
    has left what needs a person.
    """
    jobs = Jobs.of(select(environment, outputs))
    if name is None:
        listed(jobs)
        return
    if stop:
        state = jobs.find(name)
        if state.status == RUNNING:
            jobs.stop(name)
        say(f"{name} is stopped" if state.status == RUNNING else f"{name} has ended before")
        return
    followed(jobs, name)


def listed(jobs: Jobs) -> None:
    found = jobs.newest(LISTED)
    if not found:
        say("No workflow has begun: `skafu rebuild --workflow` and `skafu replay --workflow` do.")
        return
    rows = [
        (one["name"], one["status"], at(one["startDate"]), at(one.get("stopDate"))) for one in found
    ]
    table(("Workflow", "Status", "Since", "Until"), rows)


def at(time: datetime | None) -> str:
    return "-" if time is None else f"{time:%Y-%m-%d %H:%M:%S}"


def followed(jobs: Jobs, name: str) -> None:
    """Show a workflow until its end, and what it did. Ends with 1 if not all is well."""
    try:
        state = jobs.follow(name)
    except KeyboardInterrupt:
        say(
            f"{name} runs on: `skafu workflow {name}` shows it, "
            f"`skafu workflow {name} --stop` stops it.",
            error=True,
        )
        raise
    if state.status != SUCCEEDED:
        say(f"{name} {state.status.lower().replace('_', ' ')}: {state.why}", error=True)
        raise typer.Exit(1)
    told(state)


def told(state: JobState) -> None:
    """Say what a workflow has done, and what it has left."""
    counts, dry = state.counts, state.asked.get("dryRun", False)
    if state.asked["work"] == REBUILD:
        rebuilt(counts, dry)
    else:
        done = "would be replayed" if dry else f"were replayed as {state.name}"
        say(f"{counts.get('events', 0)} events of {counts.get('streams', 0)} streams {done}")
    if left := counts.get("left", 0):
        say(*state.left, error=True)
        say(f"{left} need a person; the log of StoreJobWorker names them", error=True)
        raise typer.Exit(1)


def rebuilt(counts: Mapping[str, int], dry: bool) -> None:
    differing = [key for key in sorted(counts) if key.startswith(MODEL_COUNT)]
    models = [(key.removeprefix(MODEL_COUNT), f"{counts[key]}") for key in differing]
    if models:
        table(("Model", "Rows that differ"), models, numbers=[1])
    say(
        f"{counts.get('differing', 0)} rows of {counts.get('streams', 0)} streams "
        f"({counts.get('events', 0)} events) differ"
    )
    if not dry:
        say(f"{counts.get('written', 0)} rows were written")
