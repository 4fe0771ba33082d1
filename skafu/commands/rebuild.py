"""`skafu rebuild`: the rows of projections, folded anew in place while events arrive."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import uuid4

import typer

from adapters.dynamodb.commit_scan import DynamoDbCommitScan
from adapters.dynamodb.leases import DynamoDbLeases
from application.jobs import CONCURRENCY, REBUILD, SEGMENTS, holder_of, lease_of
from application.patience import patiently
from application.reading.leases import Holder, LeaseHeld, Leases, holding
from application.reading.mending import Place, remaining
from application.reading.rebuild import Differences, Rebuild
from domain.contents import contents
from handlers import wiring
from kernel.messages import AggregateId
from kernel.projection import Projection
from skafu.commands.workflow import (
    ConcurrencyOption,
    SegmentsOption,
    WorkflowOption,
    followed,
)
from skafu.metering.rebuilding import reading_cost, writing_cost
from skafu.reach.jobs import Jobs, name_of
from skafu.reach.surveys import surveying
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, select_with_words
from skafu.reach.trouble import Trouble
from skafu.terminal import say, table

SHOWN = 20  # streams that failed


def rebuild(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Projections or read models; all by default.", show_default=False),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count the rows that differ; write nothing.")
    ] = False,
    workflow: WorkflowOption = False,
    segments: SegmentsOption = SEGMENTS,
    concurrency: ConcurrencyOption = CONCURRENCY,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Fold the rows of projections anew, and write those that differ, while events arrive.

    Rows stay in their place: no reader sees an empty list or a version that goes back. Begin a
    rebuild again that was broken off: what it has written is not written again. A new projection
    is filled the same way. Afterwards every row is compared once more.

    With `--workflow`, a state machine does it in parts, and finds rows that no stream yields; the
    command shows how far it is, and Ctrl-C leaves it running (`skafu workflow`).
    """
    projections = named(names or [])
    target = select_with_words(environment, outputs)
    if workflow:
        begin(Jobs.of(target), projections, dry_run, segments, concurrency)
        return
    with leased(projections, dry_run) as going_on:
        with surveying(projections) as survey:
            work = Rebuild(survey, going_on)
            show(work.compare())
            if not dry_run:
                work.write(bring_up)
                say(f"{work.done.written} rows were written")
        left = still_wrong(projections) if work.done.written else set()
    unreached(work.done.failed)
    say(*(f"{stream} {name}: rows still differ" for stream, name in sorted(left)), error=True)
    if work.done.failed or left:
        raise typer.Exit(1)


def begin(
    jobs: Jobs,
    projections: tuple[Projection, ...],
    dry_run: bool,
    segments: int,
    concurrency: int,
) -> None:
    """Begin the workflow and follow it. It goes on with the leases that are taken here."""
    name = name_of(REBUILD, wiring.now())
    names = [projection.name for projection in projections]
    asked = {"work": REBUILD, "projections": names, "dryRun": dry_run}
    works = [] if dry_run else [*map(lease_of, names)]
    holder = Holder(leases(), wiring.now, holder_of(name), wiring.now(), works)
    try:
        holder.renew()
        jobs.start(name, {**asked, "segments": segments, "concurrency": concurrency})
    except BaseException as error:
        holder.end()
        if isinstance(error, LeaseHeld):
            raise Trouble(f"{error}.") from error
        raise
    followed(jobs, name)


def named(names: list[str]) -> tuple[Projection, ...]:
    """Return the projections of these names, or with these models. Raises `BadParameter`."""
    known = {projection.name: projection for projection in contents.projections}
    known |= {model: one for one in contents.projections for model in one.written}
    for name in names:
        if name not in known:
            raise typer.BadParameter(f"{name!r} must be one of {', '.join(known)}.")
    chosen = {known[name].name for name in names} or {one.name for one in contents.projections}
    return tuple(one for one in contents.projections if one.name in chosen)


@contextmanager
def leased(projections: tuple[Projection, ...], dry_run: bool) -> Iterator[Callable[[], None]]:
    """Hold the projections' leases while the block runs. Raises `Trouble` if others hold one."""
    if dry_run:
        yield lambda: None
        return
    works = [lease_of(projection.name) for projection in projections]
    try:
        with holding(leases(), wiring.now, holder(), works) as held:
            yield held.renew
    except LeaseHeld as error:
        raise Trouble(f"{error}.") from error


def leases() -> Leases:
    return DynamoDbLeases(wiring.aws_client("dynamodb"), wiring.settings().commands_table)


def holder() -> str:
    return f"{socket.gethostname()}, process {os.getpid()} ({uuid4().hex[:8]})"


def still_wrong(projections: tuple[Projection, ...]) -> set[Place]:
    """Compare every row once more; what is only on its way has a while to come."""
    names = {projection.name for projection in projections}
    with surveying(projections) as survey:
        found = survey.findings()
        return remaining({(f.aggregate, f.where) for f in found if f.where in names}, survey)


def bring_up(projection: Projection, stream: AggregateId) -> int:
    rows = wiring.catch_up(projection, anew=True)
    return patiently(lambda: rows.rebuild(stream))


def show(found: Differences) -> None:
    if found.rows:
        kinds = sorted((*kind, f"{count}") for kind, count in found.kinds.items())
        table(("Model", "Difference", "Rows"), kinds, numbers=[2])
    say(f"{found.rows} rows of {found.streams} streams differ; {cost(found)}")


def cost(found: Differences) -> str:
    size = DynamoDbCommitScan(wiring.aws_client("dynamodb"), wiring.settings().events_table).size()
    read, written = reading_cost(size[1]), writing_cost(found)
    return f"reading them cost about ${read:.4f}, writing costs ${written:.4f}"


def unreached(failed: list[tuple[AggregateId, str]]) -> None:
    say(*(f"{stream}: {why}" for stream, why in failed[:SHOWN]), error=True)
    if len(failed) > SHOWN:
        say(f"and {len(failed) - SHOWN} other streams", error=True)
