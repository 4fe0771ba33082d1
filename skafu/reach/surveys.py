"""Surveys of the system that a command works on."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache

from adapters.appsync.read_models import AppSyncReadModels, signed_session
from adapters.dynamodb.commit_scan import DynamoDbCommitScan
from adapters.sqlite.spool import SqliteSpool
from application.reading.survey import COMMITS, FED, ROWS, STREAMS, Survey
from domain.contents import contents
from handlers import wiring
from kernel.projection import Projection
from skafu.terminal import progress

TASKS = {
    ROWS: "Rows listed",
    COMMITS: "Commits read",
    FED: "Pages of the feed read",
    STREAMS: "Streams looked at again",
}
Seen = Callable[[str, int], None]


@contextmanager
def surveying(
    projections: tuple[Projection, ...] = contents.projections, *, compare: bool = True
) -> Iterator[Survey]:
    """Open a survey of the selected system, with bars for what it has seen."""
    scan = DynamoDbCommitScan(wiring.aws_client("dynamodb"), wiring.settings().events_table)
    with shown(scan.size()[0]) as seen, closing(SqliteSpool(contents.read_models)) as spool:
        yield Survey(
            contents,
            projections,
            wiring.event_store(),
            read_models(),
            read_models(),
            scan,
            wiring.feed(),
            spool,
            wiring.now(),
            compare,
            seen,
            opener=wiring.row_opener,
            words=wiring.words,
        )


@contextmanager
def shown(commits: int) -> Iterator[Seen]:
    """Show a bar for each kind of thing that is looked at; the commits have a known end."""
    with progress(TASKS[ROWS], None, remaining=True) as bar:
        (rows,) = bar.task_ids
        tasks = {ROWS: rows, COMMITS: bar.add_task(TASKS[COMMITS], total=commits or None)}
        tasks |= {kind: bar.add_task(TASKS[kind], total=None) for kind in (FED, STREAMS)}
        yield lambda kind, count: bar.advance(tasks[kind], count)


def read_models() -> AppSyncReadModels:
    return _read_models(wiring.settings().graphql_url)


@cache
def _read_models(url: str) -> AppSyncReadModels:
    return AppSyncReadModels(signed_session(url), contents.read_models)
