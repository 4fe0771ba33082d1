"""The emulator's alarms, and the metrics that it takes from log lines."""

import json
from collections.abc import Sequence
from statistics import mean
from typing import Any

import pytest

from application import metrics as table
from application.metrics import Measured
from application.series import series_of
from domain.contents import contents
from edge.observability import write_metrics
from local.emulator import embedded_metrics
from local.emulator.alarms import judge
from skafu.generate import monitoring
from tests.support import template

NOW = 1_000_030.0  # in the middle of the period that begins at 1 000 020
MINUTE = 60.0


def alarm(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any property
    """Return an alarm that is on by two of three minutes above ten."""
    return {
        "StateValue": "OK",
        "Period": 60,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "Threshold": 10.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "missing",
        **changes,
    }


def average(points: list[dict[str, Any]]) -> float | None:
    return mean(point["Value"] for point in points) if points else None


def points(minutes: Sequence[float | None], now: float = NOW) -> list[dict[str, Any]]:
    """One point for each minute, the newest last; none where it is missing."""
    newest_first = enumerate(reversed(minutes))
    return [
        {"Timestamp": now - MINUTE * age, "Value": value}
        for age, value in newest_first
        if value is not None
    ]


def state(minutes: Sequence[float | None], now: float = NOW, **changes: Any) -> str:  # noqa: ANN401 - any property
    return judge(alarm(**changes), points(minutes), average, now).state


class TestAnAlarm:
    @pytest.mark.parametrize(
        ("minutes", "expected"),
        [
            ([20, 20, 20], "ALARM"),
            ([20, 1, 20], "ALARM"),
            ([1, 1, 20], "OK"),
            ([20, 20, 1, 1], "OK"),
            ([10, 10, 10], "OK"),
        ],
    )
    def test_is_on_by_so_many_datapoints(self, minutes: list[float], expected: str) -> None:
        assert state(minutes) == expected

    @pytest.mark.parametrize(
        ("missing", "one_breach", "nothing", "breach_and_good"),
        [
            ("missing", "ALARM", "INSUFFICIENT_DATA", "OK"),
            ("ignore", "before", "before", "OK"),
            ("notBreaching", "OK", "OK", "OK"),
            ("breaching", "ALARM", "ALARM", "ALARM"),
        ],
    )
    def test_takes_missing_data_as_it_says(
        self, missing: str, one_breach: str, nothing: str, breach_and_good: str
    ) -> None:
        treated: dict[str, Any] = {"TreatMissingData": missing, "StateValue": "before"}

        assert state([None, None, 20], **treated) == one_breach
        assert state([None, None, None], **treated) == nothing
        assert state([None, 1, 20], **treated) == breach_and_good

    def test_ends_with_its_periods_although_nothing_comes(self) -> None:
        settings: dict[str, Any] = {
            "EvaluationPeriods": 1, "DatapointsToAlarm": None, "TreatMissingData": "notBreaching",
        }  # fmt: skip

        assert state([20], now=NOW, **settings) == "ALARM"
        assert state([20], now=NOW + 60, **settings) == "ALARM"  # the period is just over
        assert state([20], now=NOW + 120, **settings) == "OK"

    def test_counts_what_a_period_holds_as_a_whole(self) -> None:
        both = [{"Timestamp": NOW, "Value": 30.0}, {"Timestamp": NOW - 5, "Value": 0.0}]
        one = alarm(EvaluationPeriods=1, DatapointsToAlarm=1)

        assert judge(one, both, average, NOW).state == "ALARM"
        assert judge(one | {"Threshold": 20.0}, both, average, NOW).state == "OK"

    @pytest.mark.parametrize(
        ("operator", "on"),
        [
            ("GreaterThanThreshold", False),
            ("GreaterThanOrEqualToThreshold", True),
            ("LessThanThreshold", False),
            ("LessThanOrEqualToThreshold", True),
        ],
    )
    def test_compares_as_it_says(self, operator: str, on: bool) -> None:
        expected = "ALARM" if on else "OK"

        assert state([10, 10, 10], ComparisonOperator=operator) == expected


class TestALine:
    def line(self, **changes: Any) -> str:  # noqa: ANN401 - any field
        directive = {
            "Namespace": "tea",
            "Dimensions": [["Kind"], []],
            "Metrics": [{"Name": "Poured", "Unit": "Count"}],
        }
        aws = {"Timestamp": 1_000_000, "CloudWatchMetrics": [directive]}
        return json.dumps({"_aws": aws, "Kind": "green", "Poured": [1, 2.5], **changes})

    def test_yields_each_metric_under_each_set_of_dimensions(self) -> None:
        first, second = embedded_metrics.data(f"START\n{self.line()}\nEND")

        assert (first.namespace, first.name, first.unit, first.at) == (
            "tea",
            "Poured",
            "Count",
            1000,
        )
        assert (first.values, first.dimensions) == ([1, 2.5], {"Kind": "green"})
        assert second.dimensions == {}

    @pytest.mark.parametrize(
        "line",
        [
            'no JSON "_aws"',
            '{"_aws": 1}',
            '{"_aws": {"Timestamp": "now", "CloudWatchMetrics": []}}',
            '{"_aws": {"Timestamp": 1, "CloudWatchMetrics": [{"Namespace": "x"}]}}',
            '["_aws"]',
        ],
    )
    def test_of_another_form_is_an_ordinary_line(self, line: str) -> None:
        assert list(embedded_metrics.data(line)) == []

    @pytest.mark.parametrize("value", ["3", None, [1, "2"], {"a": 1}])
    def test_with_what_is_no_number_is_an_ordinary_line(self, value: object) -> None:
        assert list(embedded_metrics.data(self.line(Poured=value))) == []

    def test_without_the_value_of_a_dimension_is_an_ordinary_line(self) -> None:
        aws = json.loads(self.line())
        del aws["Kind"]

        assert list(embedded_metrics.data(json.dumps(aws))) == []


FAULTS = {
    table.COMMAND_FAILURES: (1, 0),
    table.QUERY_FAILURES: (1, 0),
    table.PUBLISH_LATENCY: (90_000, 20),
    table.CONSISTENCY_LAG: (301_000, 20),
    table.ROWS_LEFT: (1, 0),
    table.RECONCILER_UNFINISHED: (1, 0),
}
"""What each metric with an alarm is worth in the fault of any series, and without it."""
OWN = [
    (monitoring.alarm_name(own, found), series.occasion, series.metric, found)
    for series in series_of(contents)
    if (own := series.metric.alarm)
    for found in [dict(series.dimensions)]
]


@pytest.mark.feature("O1", "O2", "O3")
@pytest.mark.parametrize(("name", "occasion", "metric", "series"), OWN, ids=[one[0] for one in OWN])
def test_every_alarm_on_our_own_metrics_is_on_in_its_fault_and_ends_with_it(
    name: str,
    occasion: table.Occasion,
    metric: table.Metric,
    series: dict[str, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The template's alarm meets what a handler writes; no other series reaches it."""
    written = template.written()[name]["Properties"]

    def points_of(value: float, **others: str) -> list[dict[str, Any]]:
        write_metrics(Measured(occasion, {metric: value}, {**series, **others}))
        found = [
            datum
            for datum in embedded_metrics.data(capsys.readouterr().out)
            if datum.name == written["MetricName"] and datum.dimensions == dimensions
        ]
        return [
            {"Timestamp": NOW - MINUTE * age, "Value": value}
            for datum in found
            for value in datum.values
            for age in range(3)
        ]

    dimensions = {each["Name"]: each["Value"] for each in written["Dimensions"]}
    fault, good = FAULTS[metric]
    begun = {**written, "StateValue": "OK"}
    assert judge(begun, points_of(fault), average, NOW).state == "ALARM"
    assert judge(begun, points_of(good), average, NOW).state == "OK"
    over = NOW + 2 * written["Period"] * written["EvaluationPeriods"]
    assert judge(begun, points_of(fault), average, over).state == "OK"
    assert not any(points_of(fault, **{key: "another"}) for key in series)
