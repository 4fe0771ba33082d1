"""StoreJobWorker: one step of a rebuild or a replay of the whole store (`statemachines/`)."""

from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from adapters.dynamodb.commit_scan import DynamoDbSegment
from adapters.dynamodb.leases import DynamoDbLeases
from application.jobs import REPLAY, Job
from application.patience import patiently
from application.publishing.republish import Publication
from application.publishing.segment_replay import SegmentReplay
from application.reading.segment_rebuild import RowCheck, SegmentRebuild
from domain.contents import contents
from edge.jobs import Part, StoreJobs
from edge.observability import logged
from handlers import wiring
from kernel.messages import AggregateId
from kernel.projection import Projection

Renew = Callable[[], None]


class _Parts:
    """The parts of jobs, on this system."""

    def segment(self, job: Job, number: int, going_on: Renew) -> Part:
        settled = wiring.settings()
        segment = DynamoDbSegment(wiring.database(), settled.events_table, number, job.segments)
        return replay(job, segment) if job.work == REPLAY else rebuild(job, segment, going_on)

    def rows(self, job: Job, model: str, going_on: Renew) -> Part:
        projection = next(one for one in contents.projections if model in one.written)
        return RowCheck(projection, model, wiring.read_models(), wiring.event_store(), going_on)


def rebuild(job: Job, segment: DynamoDbSegment, going_on: Renew) -> SegmentRebuild:
    return SegmentRebuild(
        tuple(one for one in contents.projections if one.name in job.projections),
        segment,
        wiring.event_store(),
        wiring.read_models(),
        None if job.dry_run else bring_up,
        going_on,
        wiring.row_opener,
        wiring.words,
    )


def bring_up(projection: Projection, stream: AggregateId) -> int:
    rows = wiring.catch_up(projection, anew=True)
    return patiently(lambda: rows.rebuild(stream))


def replay(job: Job, segment: DynamoDbSegment) -> SegmentReplay:
    publication = None if job.dry_run else Publication(wiring.event_bus(), job.share)
    store = wiring.event_store()
    return SegmentReplay(segment, store, job.selection, job.name, job.to, publication)


@cache
def _jobs() -> StoreJobs:
    leases = DynamoDbLeases(wiring.database(), wiring.settings().commands_table)
    return StoreJobs(contents, _Parts(), leases, wiring.now)


@logged
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Do the step `{step, job, …}`; an error says by its class if it may be tried again."""
    return _jobs()(event, lambda: context.get_remaining_time_in_millis() / 1000)
