"""`skafu verify`: every row against the fold of its stream, every stream against itself."""

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Annotated, TypeAlias, TypeVar

import typer

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
    Verified,
    Verifier,
    all_discrepancies,
    stray_rows,
)
from domain.contents import contents
from edge.deliveries.at_once import AT_ONCE
from handlers import wiring
from kernel.messages import AggregateId
from kernel.projection import RowKey
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, select
from skafu.terminal import say, table, tracked

T = TypeVar("T")
Place: TypeAlias = tuple[AggregateId, str]
"""A stream and what is wrong about it: a projection, or the feed."""
BEYOND_REPAIR = (Refused, RowConflict, Unavailable, *UNREADABLE)
SETTLING_SECONDS, PAUSE = 10.0, 0.5

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
    if found and not (repair and mended(found, compare=not history)):
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
    results = dict(zip(streams, checked(streams, fed, compare=compare), strict=True))
    found = all_discrepancies(results)
    found += [Discrepancy(FEED_ITSELF, HISTORY, fault) for fault in broken_feed(pages)]
    yielded = frozenset[RowKey]().union(*(result.yields for result in results.values()))
    return [*found, *stray_rows(listed, yielded)], len(streams)


def checked(
    streams: Sequence[AggregateId], fed: dict[AggregateId, list[FeedEntry]], *, compare: bool
) -> list[Verified]:
    """Check the streams, several at once: nearly all the time is spent waiting for answers."""

    def check(aggregate: AggregateId) -> Verified:
        return verifier(aggregate, fed, compare=compare).check(aggregate)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(tracked(threads.map(check, streams), "Reading streams", len(streams)))


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
    return tracked(items, what)


def read_models() -> AppSyncReadModels:
    return _read_models(wiring.settings().graphql_url)


@cache
def _read_models(url: str) -> AppSyncReadModels:
    return AppSyncReadModels(signed_session(url), contents.read_models)


def mended(found: list[Discrepancy], *, compare: bool) -> bool:
    """Rebuild what differs; a broken history, stray rows and shared rows stay errors."""
    beyond = [finding for finding in found if finding.where in (HISTORY, STRAY, SHARED)]
    stale = {(finding.aggregate, finding.where) for finding in found if finding not in beyond}
    for aggregate, where in progress(sorted(stale), "Mending"):
        repair_one(aggregate, where)
    left = remaining(stale, compare=compare)
    say(f"repaired {len(stale - left)}")
    say(*(f"not repaired: {stream} {where}" for stream, where in sorted(left)), error=True)
    return not (beyond or left)


def repair_one(aggregate: AggregateId, where: str) -> None:
    """Repair what can be; the check afterwards reports what could not."""
    try:
        mend(aggregate, where)
    except BEYOND_REPAIR as error:
        say(f"{aggregate} {where}: {reason(error)}", error=True)


def remaining(stale: set[Place], *, compare: bool) -> set[Place]:
    """Check the repaired streams again; rows are read eventually consistent, so for a while."""
    end = time.monotonic() + SETTLING_SECONDS
    left = stale
    while left := still_stale(left, compare=compare):
        if time.monotonic() > end:
            break
        time.sleep(PAUSE)
    return left


def still_stale(stale: set[Place], *, compare: bool) -> set[Place]:
    if not stale:
        return set()
    fed = by_stream(entry for page in wiring.feed().pages(1) for entry in page.entries)
    results = {
        aggregate: verifier(aggregate, fed, compare=compare).check(aggregate)
        for aggregate in sorted({aggregate for aggregate, _ in stale})
    }
    found = {(one.aggregate, one.where) for one in all_discrepancies(results)}
    return {place for place in stale if place in found}


def mend(aggregate: AggregateId, where: str) -> None:
    if where == FEED:
        FeedWriter(wiring.feed(), wiring.event_store(), wiring.now, unfeedable).reach(aggregate)
        return
    for projection in contents.projections_of(aggregate.partition("#")[0]):
        if projection.name == where:
            opener = wiring.row_opener(projection)
            rows = CatchUp(wiring.event_store(), wiring.read_models(), projection, opener=opener)
            rows.rebuild(aggregate)


def unfeedable(aggregate: AggregateId, error: Exception) -> None:
    say(f"{aggregate} cannot be fed: {error}", error=True)


def show(found: list[Discrepancy], streams: int) -> None:
    if not found:
        say(f"{streams} streams: history is whole, every row that was compared equals its fold")
        return
    table(
        ("Stream", "Where", "What"),
        [(finding.aggregate, finding.where, finding.what) for finding in found],
        title=f"{len(found)} findings in {streams} streams",
    )
