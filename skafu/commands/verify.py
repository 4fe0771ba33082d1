"""`skafu verify`: every row against the fold of its stream, every stream against itself."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from adapters.appsync.read_models import AppSyncReadModels, signed_session
from application.failures import reason
from application.ports import Refused, RowConflict, Unavailable
from application.publishing.feed import FeedEntry, FeedWriter, broken_feed
from application.reading.catch_up import CatchUp
from application.reading.verify import (
    FEED,
    HISTORY,
    SHARED,
    STRAY,
    UNREADABLE,
    Discrepancy,
    Verifier,
    all_discrepancies,
    stray_rows,
)
from domain.contents import contents
from handlers import wiring
from kernel.messages import AggregateId
from kernel.projection import RowKey
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, select

T = TypeVar("T")

FEED_ITSELF = AggregateId("the feed")


def verify(
    history: Annotated[
        bool, typer.Option("--history", help="Check the history only, not the rows.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Rebuild rows that differ, and complete the feed.")
    ] = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Compare every row with the fold of its stream, and check the history of each stream.

    The history is whole when each commit carries the hash of the one before, each stored state is
    the fold of the events, and no row and no feed entry shows an event that the store lacks.
    Ends with 1 when something is wrong and was not repaired.
    """
    select(environment, outputs)
    found, streams = findings(compare=not history)
    show(found, streams)
    if found and not (repair and mended(found)):
        raise typer.Exit(1)


def findings(*, compare: bool) -> tuple[list[Discrepancy], int]:
    """Return the findings, and the number of streams.

    Rows and feed are read first: they are made from the streams, so the streams are never behind.
    """
    listed = [
        (RowKey(model, row), version)
        for model in progress(models(), "Listing rows")
        for row, version in read_models().versions(model)
    ]
    pages = list(wiring.feed().pages(1))
    fed = by_stream(entry for page in pages for entry in page.entries)
    streams = sorted({aggregate for aggregate, _ in wiring.event_store().heads()} | fed.keys())
    results = {
        aggregate: verifier(aggregate, fed, compare=compare).check(aggregate)
        for aggregate in progress(streams, "Reading streams")
    }
    found = all_discrepancies(results)
    found += [Discrepancy(FEED_ITSELF, HISTORY, fault) for fault in broken_feed(pages)]
    yielded = frozenset[RowKey]().union(*(result.yields for result in results.values()))
    return [*found, *stray_rows(listed, yielded)], len(streams)


def models() -> list[str]:
    """Return the models of which projections make rows."""
    return [model for projection in contents.projections for model in projection.models]


def by_stream(entries: Iterable[FeedEntry]) -> dict[AggregateId, list[FeedEntry]]:
    fed: dict[AggregateId, list[FeedEntry]] = {}
    for entry in entries:
        fed.setdefault(entry.aggregate, []).append(entry)
    return fed


def verifier(
    aggregate: AggregateId, fed: dict[AggregateId, list[FeedEntry]], *, compare: bool
) -> Verifier:
    kind = aggregate.partition("#")[0]
    return Verifier(
        wiring.event_store(),
        read_models(),
        contents.projections_of(kind),
        contents.aggregate.get(kind),
        compare,
        fed,
        wiring.now(),
    )


def progress(items: Sequence[T], what: str) -> Iterable[T]:
    return track(items, what, console=Console(stderr=True))


def read_models() -> AppSyncReadModels:
    return _read_models(wiring.settings().graphql_url)


@cache
def _read_models(url: str) -> AppSyncReadModels:
    return AppSyncReadModels(signed_session(url), contents.read_models)


def mended(found: list[Discrepancy]) -> bool:
    """Rebuild what differs; a broken history, stray rows and shared rows stay errors."""
    beyond = [finding for finding in found if finding.where in (HISTORY, STRAY, SHARED)]
    stale = {(finding.aggregate, finding.where) for finding in found if finding not in beyond}
    mending = track(sorted(stale), "Mending", console=Console(stderr=True))
    left = [each for each in mending if not is_mended(*each)]
    typer.echo(f"repaired {len(stale) - len(left)}")
    return not (beyond or left)


def is_mended(aggregate: AggregateId, where: str) -> bool:
    """Mend it, or tell why that failed: the others are mended all the same."""
    try:
        mend(aggregate, where)
    except (Unavailable, RowConflict, Refused, *UNREADABLE) as error:
        typer.echo(f"{where} of {aggregate} was not mended: {reason(error)}", err=True)
        return False
    return True


def mend(aggregate: AggregateId, where: str) -> None:
    if where == FEED:
        FeedWriter(wiring.feed(), wiring.event_store(), wiring.now, unfeedable).reach(aggregate)
        return
    for projection in contents.projections_of(aggregate.partition("#")[0]):
        if projection.name == where:
            CatchUp(wiring.event_store(), wiring.read_models(), projection).rebuild(aggregate)


def unfeedable(aggregate: AggregateId, error: Exception) -> None:
    typer.echo(f"{aggregate} cannot be fed: {error}", err=True)


def show(found: list[Discrepancy], streams: int) -> None:
    if not found:
        typer.echo(
            f"{streams} streams: history is whole, every row that was compared equals its fold"
        )
        return
    table = Table("Stream", "Where", "What", title=f"{len(found)} findings in {streams} streams")
    for finding in found:
        table.add_row(finding.aggregate, finding.where, finding.what)
    Console().print(table)
