"""Reconciler: compares every row with its events, on a schedule or by hand, and mends."""

from contextlib import closing
from datetime import timedelta
from functools import cache, partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from adapters.dynamodb.commit_scan import DynamoDbCommitScan
from adapters.sqlite.spool import SqliteSpool
from application.publishing.feed import FeedWriter
from application.reading.mending import Mending
from application.reading.survey import Spool, Survey
from application.reading.verify import FEED
from domain.contents import contents
from edge.deliveries.reconciliation import Leavings, grace_of, reconcile
from edge.observability import logged
from handlers import wiring
from kernel.messages import AggregateId


def _survey(spool: Spool, grace: timedelta) -> Survey:
    return Survey(
        contents,
        contents.projections,
        wiring.event_store(),
        wiring.read_models(),
        wiring.read_models(),
        _scan(),
        wiring.feed(),
        spool,
        wiring.now(),
        opener=wiring.row_opener,
        grace=grace,
        words=wiring.words,
    )


def _mending(leavings: Leavings) -> Mending:
    def unfeedable(stream: AggregateId, error: Exception) -> None:
        leavings.not_mended((stream, FEED), error)

    return Mending(
        contents.projections,
        partial(wiring.catch_up, anew=True),
        lambda: FeedWriter(wiring.feed(), wiring.event_store(), wiring.now, unfeedable),
        leavings.not_mended,
    )


@cache
def _scan() -> DynamoDbCommitScan:
    return DynamoDbCommitScan(wiring.database(), wiring.settings().events_table)


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int | bool]:
    """Return what was found and done; `graceSeconds` may say how old late events are."""
    leavings, grace = Leavings(wiring.failures()), grace_of(event)
    with closing(SqliteSpool(contents.read_models)) as spool:
        return reconcile(
            _survey(spool, grace),
            _mending(leavings),
            leavings,
            wiring.metrics(),
            lambda: context.get_remaining_time_in_millis() / 1000,
        )
