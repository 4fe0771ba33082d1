"""Metric rows through AppSync: a list by source, and the mutations of every read model."""

from collections.abc import Iterator
from dataclasses import replace

from adapters.appsync.read_models import AppSyncReadModels
from adapters.appsync.session import GraphQLSession
from application.metric_rows import MODEL, MetricRow
from application.ports import StoredRow
from kernel.contents import ReadModels
from kernel.projection import RowKey

PAGE = 1000
LIST = "LIST_METRICS_BY_SOURCE"


class AppSyncMetricRows:
    """Rows of the model `Metric`, which every domain has."""

    def __init__(self, session: GraphQLSession, schema: ReadModels) -> None:
        rows = {**schema.rows, MODEL: MetricRow}
        self._rows = AppSyncReadModels(session, replace(schema, rows=rows))
        self._list = schema.documents[LIST]

    def since(self, source: str, timestamp: str) -> Iterator[tuple[str, StoredRow]]:
        asked = {"source": source, "timestamp": {"ge": timestamp}, "limit": PAGE}
        for page in self._rows.listed(MODEL, self._list, asked):
            yield from ((key.id, row) for key, row in page)

    def create(self, row: MetricRow) -> None:
        self._rows.create(RowKey(MODEL, row.id), row)

    def update(self, row: MetricRow, replaces: StoredRow) -> None:
        self._rows.update(RowKey(MODEL, row.id), row, replaces)
