"""The figures of metrics, by GetMetricData: it is paid by the series, not by the minute."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from adapters.aws_errors import unavailable
from application.metric_rows import Point, statistics
from application.ports import NotAllowed, Unavailable
from application.series import Series

PERIOD = 60  # seconds
QUERIES = 500  # of one request
Query = tuple[Series, str]
"""A series and the name of a statistic."""
Minutes = dict[datetime, dict[str, float]]
"""The statistics of each minute by their names."""


class CloudWatchFigures:
    """Reads the series of one namespace."""

    def __init__(self, client: Any, namespace: str) -> None:  # noqa: ANN401 - boto3's own
        self._client = client
        self._namespace = namespace

    def read(self, series: Sequence[Series], start: datetime, end: datetime) -> Iterator[Point]:
        asked = [(one, name) for one in series for name in statistics(one.metric)]
        found: dict[Series, Minutes] = {one: {} for one in series}
        for first in range(0, len(asked), QUERIES):
            self._add(asked[first : first + QUERIES], start, end, found)
        for one, minutes in found.items():
            for minute, values in minutes.items():
                if values.keys() == set(statistics(one.metric)):
                    yield Point(one, minute, values)

    def _add(
        self,
        asked: Sequence[Query],
        start: datetime,
        end: datetime,
        found: Mapping[Series, Minutes],
    ) -> None:
        """Add what there is for the queries, page by page."""
        queries = [self._query(n, *query) for n, query in enumerate(asked)]
        for result in self._results(queries, start, end):
            one, name = asked[int(result["Id"].removeprefix("q"))]
            for minute, value in zip(result["Timestamps"], result["Values"], strict=True):
                found[one].setdefault(minute, {})[name] = value

    def _query(self, number: int, series: Series, statistic: str) -> dict[str, Any]:
        metric = {
            "Namespace": self._namespace,
            "MetricName": series.metric.name,
            "Dimensions": [{"Name": name, "Value": value} for name, value in series.dimensions],
        }
        return {
            "Id": f"q{number}",
            "MetricStat": {"Metric": metric, "Period": PERIOD, "Stat": statistic},
        }

    def _results(
        self, queries: Sequence[dict[str, Any]], start: datetime, end: datetime
    ) -> Iterator[dict[str, Any]]:
        token: dict[str, str] = {}
        while True:
            page = self._page(MetricDataQueries=queries, StartTime=start, EndTime=end, **token)
            for result in page["MetricDataResults"]:
                check(result)
                yield result
            if not page.get("NextToken"):
                return
            token = {"NextToken": page["NextToken"]}

    def _page(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        try:
            return dict(self._client.get_metric_data(**request))
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error


def check(result: Mapping[str, Any]) -> None:
    """Raises for a query that was not answered; one that goes on, on the next page, was."""
    match result["StatusCode"]:
        case "Complete" | "PartialData":
            return
        case "Forbidden":
            raise NotAllowed("CloudWatch does not show the metrics")
        case status:
            raise Unavailable(f"CloudWatch: {status}")
