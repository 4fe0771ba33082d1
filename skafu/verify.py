"""`skafu verify`: every row against the fold of its stream, every stream against itself."""

from functools import cache
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from adapters.appsync_read_models import AppSyncReadModels, signed_session
from application.catch_up import CatchUp
from application.verify import HISTORY, STRAY, Finding, Verified, Verifier, strays
from domain.messages import AggregateId
from handlers import wiring
from handlers.history_routes import DECIDERS
from projections.projection import Projection, RowKey
from projections.projects import projects
from projections.services import services
from skafu.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, select

PROJECTIONS: dict[str, tuple[Projection, ...]] = {"PROJECT": (projects, services)}
"""By aggregate type."""
MODELS = ("Project", "Service", "ServiceCheckpoint")
"""What these projections yield."""


def verify(
    history: Annotated[
        bool, typer.Option("--history", help="Only whether history is whole; rows may be late.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Fold what differs from the start, and write it.")
    ] = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Compare every read-model row with the fold of its stream, and prove each stream's chain.

    History is whole when each commit carries its predecessor's hash, each stored state is what the
    events yield, and no row has seen an event that the store does not have.
    """
    select(environment, outputs)
    found, streams = findings(compare=not history)
    show(found, streams)
    if found and not (repair and mended(found)):
        raise typer.Exit(1)


def findings(*, compare: bool) -> tuple[list[Finding], int]:
    """All that is wrong, and how many streams there are. Rows are listed first: their streams
    are older than they are.
    """
    listed = [
        (RowKey(model, row), version)
        for model in track(MODELS, "Listing rows", console=Console(stderr=True))
        for row, version in read_models().versions(model)
    ]
    streams = sorted(aggregate for aggregate, _ in wiring.event_store().heads())
    results = [
        checked(aggregate, compare=compare)
        for aggregate in track(streams, "Reading streams", console=Console(stderr=True))
    ]
    found = [finding for result in results for finding in result.findings]
    yielded = frozenset[RowKey]().union(*(result.yields for result in results))
    return [*found, *strays(listed, yielded)], len(streams)


def checked(aggregate: AggregateId, *, compare: bool) -> Verified:
    kind = aggregate.partition("#")[0]
    own, decider = PROJECTIONS.get(kind, ()), DECIDERS.get(kind)
    verifier = Verifier(wiring.event_store(), read_models(), own, decider, compare)
    return verifier.check(aggregate)


@cache
def read_models() -> AppSyncReadModels:
    return AppSyncReadModels(signed_session(wiring.settings().graphql_url))


def mended(found: list[Finding]) -> bool:
    """Rebuild what differs; a broken history and strays are beyond repair and stay errors."""
    beyond = [finding for finding in found if finding.where in (HISTORY, STRAY)]
    stale = {(finding.aggregate, finding.where) for finding in found if finding not in beyond}
    for aggregate, where in track(sorted(stale), "Mending", console=Console(stderr=True)):
        mend(aggregate, where)
    typer.echo(f"mended the rows of {len(stale)} streams and projections")
    return not beyond


def mend(aggregate: AggregateId, where: str) -> None:
    for projection in PROJECTIONS[aggregate.partition("#")[0]]:
        if projection.name == where:
            CatchUp(wiring.event_store(), wiring.read_models(), projection).rebuild(aggregate)


def show(found: list[Finding], streams: int) -> None:
    if not found:
        typer.echo(f"{streams} streams: history is whole, every row that was compared is its fold")
        return
    table = Table("Stream", "Where", "What", title=f"{len(found)} findings in {streams} streams")
    for finding in found:
        table.add_row(finding.aggregate, finding.where, finding.what)
    Console().print(table)
