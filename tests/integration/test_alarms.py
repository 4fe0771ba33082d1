"""Every alarm of the running stack, on AWS's metrics, fed the datum that it waits for."""

import time
from typing import Any

import pytest

from local.aws import Client
from local.stack import Stack
from tests.support.api_client import eventually

pytestmark = pytest.mark.feature("O5")

Alarm = dict[str, Any]


@pytest.fixture
def cloudwatch(running: Stack) -> Client:
    return running.aws.client("cloudwatch")


def alarms(cloudwatch: Client) -> list[Alarm]:
    pages = cloudwatch.get_paginator("describe_alarms").paginate()
    return [alarm for page in pages for alarm in page["MetricAlarms"]]


Datum = tuple[str, dict[str, Any]]
"""A namespace, and a datum in it."""


def datum(alarm: Alarm, value: float, periods_ago: int) -> Datum:
    return alarm["Namespace"], {
        "MetricName": alarm["MetricName"],
        "Dimensions": alarm["Dimensions"],
        "Value": value,
        "Timestamp": time.time() - periods_ago * alarm["Period"],
    }


def put(cloudwatch: Client, data: list[Datum]) -> None:
    for namespace in {name for name, _ in data}:
        own = [each for name, each in data if name == namespace]
        cloudwatch.put_metric_data(Namespace=namespace, MetricData=own)


def states(cloudwatch: Client) -> dict[str, str]:
    return {alarm["AlarmName"]: alarm["StateValue"] for alarm in alarms(cloudwatch)}


def bad_periods(alarm: Alarm) -> range:
    """Return how long ago the fewest periods were that turn the alarm on."""
    count = alarm["EvaluationPeriods"]
    return range(count - alarm.get("DatapointsToAlarm", count) + 1, count + 1)


def test_every_alarm_is_on_by_its_datum_and_ends_with_it(cloudwatch: Client) -> None:
    every = [a for a in alarms(cloudwatch) if a["Namespace"].startswith("AWS/")]
    names = [alarm["AlarmName"] for alarm in every]

    def all_are(state: str) -> bool:
        found = states(cloudwatch)
        return {found[name] for name in names} == {state}

    assert len(names) > 15
    assert eventually(lambda: all_are("OK"))
    # The minute must not end in between, as it would move all periods.
    assert eventually(lambda: time.time() % 60 < 45)
    bad = [
        datum(alarm, alarm["Threshold"] + 1, ago) for alarm in every for ago in bad_periods(alarm)
    ]
    put(cloudwatch, bad)
    assert eventually(lambda: all_are("ALARM"))

    put(cloudwatch, [datum(alarm, 0, 0) for alarm in every])
    assert eventually(lambda: all_are("OK"))
