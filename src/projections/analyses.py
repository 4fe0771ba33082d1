"""The Analysis read model: a row for each analysis of a project."""

from dataclasses import replace
from typing import get_args

from domain.analysis import events
from domain.analysis.aggregate import analysis as analysis_aggregate
from domain.analysis.events import AnalysisEvent
from kernel.messages import Recorded, plain_id
from kernel.projection import Projection, Row, RowKey, RowMissing, begun, user_id
from kernel.query import Detail, Index, Within
from projections.generated import documents
from projections.generated.rows import AnalysisRow, AnalysisStatus
from projections.projects import PROJECT_DETAIL

Ended = events.AnalysisCompleted | events.AnalysisFailed | events.AnalysisCancelled


def touches(_: Row | None, recorded: Recorded[AnalysisEvent]) -> tuple[RowKey, ...]:
    shown = isinstance(recorded.event, AnalysisEvent)
    return (RowKey("Analysis", plain_id(recorded.aggregate_id)),) if shown else ()


def project(_: RowKey, row: AnalysisRow | None, recorded: Recorded[AnalysisEvent]) -> AnalysisRow:
    event = recorded.event
    if isinstance(event, events.AnalysisRequested):
        return requested(event, recorded)
    if row is None:
        raise RowMissing(f"{recorded.aggregate_id} {recorded.sequence}: {event.type}")
    return ended(row, event)


def requested(event: events.AnalysisRequested, recorded: Recorded[AnalysisEvent]) -> AnalysisRow:
    return AnalysisRow(
        id=plain_id(recorded.aggregate_id),
        project_id=event.project_id,
        kind=event.kind,
        question=event.question,
        status=AnalysisStatus.REQUESTED,
        user_id=user_id(event.owner),
        owner=event.owner,
        **begun(recorded),
    )


def ended(row: AnalysisRow, event: Ended) -> AnalysisRow:
    match event:
        case events.AnalysisCompleted(monthly_cost=cost):
            return replace(
                row,
                status=AnalysisStatus.COMPLETED,
                summary=event.summary,
                findings=[finding.model_dump(mode="json") for finding in event.findings],
                analyst=event.analyst,
                monthly_cost=None if cost is None else cost.model_dump(mode="json"),
                not_judged=event.not_judged,
            )
        case events.AnalysisFailed(reason=reason):
            return replace(row, status=AnalysisStatus.FAILED, reason=reason)
        case events.AnalysisCancelled():
            return replace(row, status=AnalysisStatus.CANCELLED)


analyses = Projection(
    name="analyses",
    version=2,
    aggregate=analysis_aggregate,
    models=("Analysis",),
    touches=touches,
    project=project,
    relevant=get_args(AnalysisEvent),
)
ANALYSIS_LIST = Within(
    "list_analyses",
    "/projects/<id>/analyses",
    PROJECT_DETAIL,
    Index(documents.ANALYSES_BY_PROJECT, "projectId"),
    newest_first=True,
)
ANALYSIS_DETAIL = Detail(
    "get_analysis",
    "/analyses/<id>",
    analysis_aggregate.aggregate_type,
    documents.GET_ANALYSIS,
)
