"""`skafu saga`: runs of sagas and what they wait for, listed, shown, begun and undone."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter

from application.sagas.answering import fail
from application.sagas.beginning import Beginnings
from application.sagas.ports import Execution, ExecutionStatus, SagaTable, Waiting
from application.sagas.runs import Runs
from application.sagas.tasks import RunKey
from handlers import wiring
from kernel.errors import AggregateNotFound
from kernel.messages import iso_milliseconds, plain_id
from kernel.saga import ABANDONED, RUNNING
from kernel.values import Reason
from skafu.commands.help import examples
from skafu.reach.arguments import valid
from skafu.reach.streams import AggregateArgument, named
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, select
from skafu.reach.trouble import Trouble
from skafu.terminal import json_lines, record, say, table

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="List and show runs of sagas, begin lost ones, undo what nobody works on.",
    epilog=examples("saga list", "saga show {AGGREGATE}"),
)
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]


StatusOption = Annotated[
    ExecutionStatus | None,
    typer.Option("--status", help="Only executions of this status.", case_sensitive=False),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; its owner reads it.")]
FurtherReasonOption = Annotated[
    str | None,
    typer.Option("--reason", help="Why; its owner reads it, instead of why a step has failed."),
]
CANCELLED = "An operator cancelled the wait."
GIVEN_UP = "An operator gave it up."
_reasons: TypeAdapter[str] = TypeAdapter(Reason)


@dataclass(frozen=True)
class Sagas:
    """The sagas of one system."""

    runs: Runs
    beginnings: Beginnings
    table: SagaTable

    @classmethod
    def at(cls) -> "Sagas":
        runs, known = wiring.runs(), wiring.saga_table()
        return cls(runs, Beginnings(runs, wiring.executions(), known), known)

    def newest_run(self, aggregate: str) -> RunKey:
        """Return the newest run of an aggregate. Raises `Trouble` when no saga ever began."""
        _, stream = named(aggregate)
        for commit in self.runs.store.newest_first(stream, consistent=True):
            for run in reversed([*self.runs.begun(commit)]):
                return run
        raise Trouble(f"{stream}: no saga has begun for it.")

    def executions(self, run: RunKey) -> Iterator[Execution]:
        """Yield the execution of a run, and those that were to undo it."""
        own = self.beginnings.executions.find(run.saga, run.event_id)
        if own is not None:
            yield own
        for execution in islice(self.beginnings.executions.newest(run.saga), 1000):
            if execution.name.startswith(f"{run.event_id}-"):
                yield execution

    def is_worked_on(self, run: RunKey) -> bool:
        return any(execution.is_running for execution in self.executions(run))


@app.command("list", epilog=examples("saga list", "saga list --status FAILED --json"))
def list_runs(
    status: StatusOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Most executions.")] = 50,
    as_json: JsonOption = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """List executions of every saga, the newest first."""
    sagas = at(environment, outputs)
    rows = [
        {"saga": saga.name, **execution_row(execution)}
        for saga in sagas.runs.contents.sagas
        for execution in islice(sagas.beginnings.executions.newest(saga.name, status), limit)
    ]
    if as_json:
        json_lines(rows)
    elif rows:
        head = ("Saga", "Execution", "Status", "Since", "Until")
        table(head, [tuple(str(cell or "-") for cell in row.values()) for row in rows])
    else:
        say(f"No execution has the status {status}." if status else "No saga has begun.")


def execution_row(execution: Execution) -> dict[str, str | None]:
    return {
        "execution": execution.name,
        "status": execution.status,
        "since": execution.since,
        "until": execution.until,
    }


@app.command(epilog=examples("saga show {AGGREGATE}", "saga show {AGGREGATE} --json"))
def show(
    aggregate: AggregateArgument,
    as_json: JsonOption = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Show the newest run of an aggregate: its steps, its executions, and what it waits for."""
    sagas = at(environment, outputs)
    run = sagas.newest_run(aggregate)
    found = described(sagas, run)
    if as_json:
        json_lines([found])
        return
    record((name, str(value)) for name, value in found.items() if not isinstance(value, list))
    for title in ("executions", "waits"):
        if rows := found[title]:
            head = [name.capitalize() for name in rows[0]]
            table(head, [[str(cell or "-") for cell in row.values()] for row in rows])


def described(sagas: Sagas, run: RunKey) -> dict[str, Any]:
    progress = sagas.runs.progress(run)
    return {
        "saga": run.saga,
        "run": run.event_id,
        "aggregate": sagas.runs.aggregate(run),
        "attempt": run.attempt,
        "newest attempt": progress.attempt,
        "status": progress.status,
        "steps done": " ".join(progress.steps) or "none",
        "correlation id": sagas.runs.correlation_id(run),
        "executions": [execution_row(execution) for execution in sagas.executions(run)],
        "waits": [waiting_row(one) for one in sagas.table.waits() if one.run == run],
    }


@app.command(epilog=examples("saga resume {AGGREGATE}", "saga resume {AGGREGATE} -e prod"))
def resume(
    aggregate: AggregateArgument,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Begin the newest run of an aggregate if its start was lost; the sweep does so by itself."""
    sagas = at(environment, outputs)
    run = sagas.newest_run(aggregate)
    require(sagas, run, RUNNING)
    # Step Functions answers the start of an execution that goes on as if it had begun it.
    if sagas.is_worked_on(run):
        say(f"goes on already: {run.event_id}")
        return
    if not sagas.beginnings.begin(run):
        raise Trouble(
            f"{run.event_id} has an execution already: `skafu saga show` says what became of it, "
            "`skafu saga compensate` undoes it when nobody works on it."
        )
    say(f"begun: {run.event_id}")


@app.command(epilog=examples("saga compensate {AGGREGATE}", "saga compensate {AGGREGATE} -e prod"))
def compensate(
    aggregate: AggregateArgument,
    reason: FurtherReasonOption = None,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Abandon and undo the newest run of an aggregate, if none of its executions goes on."""
    said = GIVEN_UP if reason is None else valid(_reasons, reason)
    sagas = at(environment, outputs)
    run = sagas.newest_run(aggregate)
    require(sagas, run, RUNNING, ABANDONED)
    if sagas.is_worked_on(run):
        raise Trouble(f"{run.event_id} is worked on; stop its execution first, or wait.")
    now, prevails = datetime.now(UTC), reason is not None
    if not sagas.beginnings.undo(run, said, now, by_hand=True, prevails=prevails):
        raise Trouble(f"{run.event_id}: an execution that undoes it has just begun.")
    say(f"is undone: {run.event_id}")


def require(sagas: Sagas, run: RunKey, *statuses: str) -> None:
    """Raise `Trouble` unless the run is the newest attempt, and in one of the statuses."""
    try:
        progress = sagas.runs.progress(run)
    except AggregateNotFound as error:
        raise Trouble(str(error)) from None
    if progress.attempt != run.attempt or progress.status not in statuses:
        raise Trouble(f"{run.event_id} has ended: {progress.status}. There is nothing to do.")


@app.command(epilog=examples("saga deadlines", "saga deadlines --json -e prod"))
def deadlines(
    as_json: JsonOption = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """List the steps that wait for an answer, and until when."""
    sagas = at(environment, outputs)
    rows = sorted(map(waiting_row, sagas.table.waits()), key=lambda row: row["deadline"])
    if as_json:
        json_lines(rows)
    elif rows:
        head = ("Deadline", "Passed", "Saga", "Step", "Aggregate", "Waits for")
        table(head, [[str(cell) for cell in row.values()] for row in rows])
    else:
        say("No step waits.")


def waiting_row(waiting: Waiting) -> dict[str, str]:
    """Return what a step waits for; its token is nobody's business."""
    passed = waiting.deadline < iso_milliseconds(datetime.now(UTC))
    return {
        "deadline": waiting.deadline,
        "passed": "yes" if passed else "no",
        "saga": waiting.run.saga,
        "step": waiting.step,
        "aggregate": waiting.run.id,
        "waits for": waiting.asked,
    }


@app.command(epilog=examples("saga cancel {AGGREGATE}", "saga cancel {AGGREGATE} -e prod"))
def cancel(
    aggregate: AggregateArgument,
    reason: ReasonOption = CANCELLED,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """End the waits of an aggregate's newest run before their deadline: the run is undone."""
    reason = valid(_reasons, reason)
    sagas = at(environment, outputs)
    run = sagas.newest_run(aggregate)
    found = [waiting for waiting in sagas.table.waits() if waiting.run == run]
    if not found:
        raise Trouble(f"{run.event_id} waits for nothing.")
    for waiting in found:
        fail(sagas.table, sagas.beginnings.executions, waiting, reason)
        say(f"cancelled: {waiting.step}, which waited for {plain_id(waiting.asked)}")


def at(environment: str, outputs: Path) -> Sagas:
    """Point the wiring at the sagas of an environment."""
    target = select(environment, outputs)
    found = target.stack_outputs()
    os.environ |= {"SAGA_TABLE": found["SagaTable"], "SAGA_MACHINES": found["SagaMachines"]}
    wiring.settings.cache_clear()
    return Sagas.at()
