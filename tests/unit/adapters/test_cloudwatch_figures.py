"""Figures by GetMetricData: what is asked, page by page, and which answers are none."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from adapters.cloudwatch.figures import QUERIES, CloudWatchFigures
from application.metric_rows import MINUTE, Point
from application.metrics import COMMAND, COMMAND_FAILURES, COMMAND_LATENCY, EVENTS_STORED
from application.ports import NotAllowed, Unavailable
from application.series import Series
from skafu.simulation.dynamodb import client_error
from tests.support.fakes import NOW

pytestmark = pytest.mark.feature("R6")

TEA = (("Aggregate", "TEA"),)
STORED = Series(EVENTS_STORED, COMMAND, TEA)
LATENCY = Series(COMMAND_LATENCY, COMMAND, TEA)
FAILURES = Series(COMMAND_FAILURES, COMMAND, TEA)
HOUR = NOW - timedelta(hours=1)


class Client:
    """Gives the pages in turn, and keeps what it was asked."""

    def __init__(self, *pages: dict[str, Any] | Exception) -> None:
        self.pages = list(pages)
        self.asked: list[dict[str, Any]] = []

    def get_metric_data(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own
        self.asked.append(request)
        page = self.pages.pop(0)
        if isinstance(page, Exception):
            raise page
        return page


def result(number: int, *values: float, status: str = "Complete", first: int = 0) -> dict[str, Any]:
    """Return the values of minutes that follow each other."""
    times = [HOUR + (first + n) * MINUTE for n in range(len(values))]
    return {"Id": f"q{number}", "Timestamps": times, "Values": values, "StatusCode": status}


def page(*results: dict[str, Any], token: str | None = None) -> dict[str, Any]:
    return {"MetricDataResults": list(results)} | ({} if token is None else {"NextToken": token})


def read(client: Client, *series: Series) -> list[Point]:
    return list(CloudWatchFigures(client, "skafu-tea").read(series, HOUR, NOW))


def test_each_series_is_asked_for_with_the_statistics_of_its_row() -> None:
    client = Client(page())
    read(client, STORED, LATENCY, FAILURES)

    (asked,) = client.asked
    assert (asked["StartTime"], asked["EndTime"]) == (HOUR, NOW)
    metric = {
        "Namespace": "skafu-tea",
        "MetricName": "EventsStored",
        "Dimensions": [{"Name": "Aggregate", "Value": "TEA"}],
    }
    stat = {"Metric": metric, "Period": 60, "Stat": "Sum"}
    assert asked["MetricDataQueries"][0] == {"Id": "q0", "MetricStat": stat}
    named = [query["MetricStat"] for query in asked["MetricDataQueries"]]
    assert [(one["Metric"]["MetricName"], one["Stat"]) for one in named] == [
        ("EventsStored", "Sum"),
        ("CommandLatency", "p99"),
        ("CommandFailures", "Sum"),
        ("CommandFailures", "SampleCount"),
    ]


def test_no_expression_is_sent() -> None:
    client = Client(page())
    read(client, STORED, LATENCY, FAILURES)

    assert not any("Expression" in query for query in client.asked[0]["MetricDataQueries"])


def test_the_statistics_of_a_minute_are_one_point() -> None:
    client = Client(page(result(0, 1, 0), result(1, 4, 5)))

    assert read(client, FAILURES) == [
        Point(FAILURES, HOUR, {"Sum": 1, "SampleCount": 4}),
        Point(FAILURES, HOUR + MINUTE, {"Sum": 0, "SampleCount": 5}),
    ]


def test_a_minute_of_which_only_a_part_is_known_is_none() -> None:
    """Figures may come between the two statistics of one answer."""
    client = Client(page(result(0, 1, 2), result(1, 4)))

    assert [point.minute for point in read(client, FAILURES)] == [HOUR]


def test_pages_are_read_to_the_end() -> None:
    first = page(result(0, 1, status="PartialData"), token="more")
    client = Client(first, page(result(0, 2, first=1)))

    assert [point.values["Sum"] for point in read(client, STORED)] == [1, 2]
    assert [asked.get("NextToken") for asked in client.asked] == [None, "more"]


def test_more_series_than_one_request_takes_are_dealt_out() -> None:
    many = [Series(EVENTS_STORED, COMMAND, (("Aggregate", str(n)),)) for n in range(QUERIES + 1)]
    client = Client(page(result(0, 1)), page(result(0, 2)))

    points = read(client, *many)
    assert lengths(client.asked) == [QUERIES, 1]
    assert {point.series: point.values["Sum"] for point in points} == {many[0]: 1, many[-1]: 2}


def lengths(asked: Sequence[dict[str, Any]]) -> list[int]:
    return [len(request["MetricDataQueries"]) for request in asked]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (page(result(0, status="InternalError")), Unavailable),
        (page(result(0, status="Forbidden")), NotAllowed),
        (client_error("GetMetricData", "Throttling"), Unavailable),
        (EndpointConnectionError(endpoint_url="x"), Unavailable),
    ],
)
def test_what_is_no_answer_is_an_error(
    answer: dict[str, Any] | Exception, error: type[Exception]
) -> None:
    """A minute must not be taken for one in which nothing happened."""
    with pytest.raises(error):
        read(Client(answer), STORED)
