"""Alarms and the dashboard of template.yaml, from the table in src/application/metrics.py."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from application.metrics import OCCASIONS, Alarm, Metric
from application.series import pairs, values_of
from kernel.contents import Contents
from skafu.generate.pieces import DASHBOARD, MEASURED, RARELY

WIDTH, HEIGHT = 8, 6  # of a widget, in units of which a row has 24
STATISTICS = {"average": "Average", "sum": "Sum", "maximum": "Maximum"}
Series = dict[str, str]
"""The dimensions of one series, with their values."""


def part(contents: Contents, max_lags: Mapping[str, int]) -> str:
    """Return the resources that watch metrics; projections may lag so many seconds."""
    alarms = [
        (name, alarm, metric, series)
        for metric, found in every(contents)
        if (alarm := metric.alarm) is not None
        for series in found
        for name in [alarm_name(alarm, series)]
    ]
    resources = [
        MEASURED.substitute(
            name=name,
            description=alarm.meaning,
            metric=metric.name,
            dimensions=dimensions(series),
            statistic=alarm.statistic,
            above=f"{threshold(alarm, series, max_lags):.10g}",
            rarely=RARELY if alarm.rarely else "",
        )
        for name, alarm, metric, series in alarms
    ]
    return "".join(resources) + dashboard(contents, [name for name, *_ in alarms])


def every(contents: Contents) -> Iterator[tuple[Metric, list[Series]]]:
    """Yield each metric with the series that it can have."""
    for occasion in OCCASIONS:
        for metric in occasion.metrics:
            yield metric, [dict(found) for found in pairs(occasion, values_of(contents))]


def alarm_name(alarm: Alarm, series: Series) -> str:
    """Return the logical id: `ProjectCommandFailuresAlarm` for the series of PROJECT."""
    words = (word for value in series.values() for word in re.split("[^A-Za-z0-9]+", value))
    return "".join((*(word[:1].upper() + word[1:].lower() for word in words), alarm.name))


def threshold(alarm: Alarm, series: Series, max_lags: Mapping[str, int]) -> float:
    return max_lags[series["Projection"]] * 1000 if alarm.above is None else alarm.above


def dimensions(series: Series) -> str:
    return ", ".join(f"{{ Name: {name}, Value: {value} }}" for name, value in series.items())


def dashboard(contents: Contents, alarms: list[str]) -> str:
    widgets = [one(metric, found) for metric, found in every(contents) if found]
    placed = [
        {
            **widget,
            "x": n * WIDTH % 24,
            "y": HEIGHT * (n * WIDTH // 24),
            "width": WIDTH,
            "height": HEIGHT,
        }
        for n, widget in enumerate([alarm_states(alarms), *widgets])
    ]
    lines = ",\n".join(f"          {json.dumps(widget)}" for widget in placed)
    return DASHBOARD.substitute(widgets=lines)


def alarm_states(alarms: list[str]) -> dict[str, Any]:
    arns = [f"${{{name}.Arn}}" for name in alarms]
    return {"type": "alarm", "properties": {"title": "Alarms", "alarms": arns}}


def one(metric: Metric, found: list[Series]) -> dict[str, Any]:
    """Return the graph of a metric: a line for each of its series."""
    first = metric.statistic
    lines = [
        ["skafu-${Environment}", metric.name, *(word for pair in series.items() for word in pair)]
        for series in found
    ]
    return {
        "type": "metric",
        "properties": {
            "title": f"{metric.name} ({first})",
            "region": "${AWS::Region}",
            "stat": STATISTICS.get(first, first),
            "period": 60,
            "metrics": lines,
        },
    }
