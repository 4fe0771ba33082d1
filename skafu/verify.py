"""`skafu verify`: every row against the fold of its stream; `--repair` mends what differs."""

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from application.catch_up import CatchUp
from application.verify import Finding
from application.verify import verify as findings_of
from domain.messages import AggregateId
from handlers import wiring
from projections.projects import projects
from projections.services import services
from skafu.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, select

PROJECTIONS = (projects, services)


def verify(
    repair: Annotated[
        bool, typer.Option("--repair", help="Fold what differs from the start, and write it.")
    ] = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Compare every read-model row with the fold of its stream, and check each stream's chain."""
    select(environment, outputs)
    store, rows = wiring.event_store(), wiring.read_models()
    streams = sorted(aggregate for aggregate, _ in store.heads())
    found: list[Finding] = []
    for aggregate in track(streams, "Comparing", console=Console(stderr=True)):
        found += findings_of(store, rows, PROJECTIONS, aggregate)
    show(found, len(streams))
    if found and not (repair and mended(found)):
        raise typer.Exit(1)


def mended(found: list[Finding]) -> bool:
    """Rebuild what differs; a broken history is beyond repair and stays an error."""
    stale = {(finding.aggregate, finding.where) for finding in found}
    for aggregate, where in track(sorted(stale), "Mending", console=Console(stderr=True)):
        mend(aggregate, where)
    typer.echo(f"mended the rows of {len(stale)} streams and projections")
    return not any(finding.where == "history" for finding in found)


def mend(aggregate: AggregateId, where: str) -> None:
    for projection in PROJECTIONS:
        if projection.name == where:
            CatchUp(wiring.event_store(), wiring.read_models(), projection).rebuild(aggregate)


def show(found: list[Finding], streams: int) -> None:
    if not found:
        typer.echo(f"{streams} streams: every row equals the fold of its stream")
        return
    table = Table("Stream", "Where", "What", title=f"{len(found)} findings in {streams} streams")
    for finding in found:
        table.add_row(finding.aggregate, finding.where, finding.what)
    Console().print(table)
