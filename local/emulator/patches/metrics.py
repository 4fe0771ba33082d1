"""CloudWatch: metrics in log lines are extracted; alarms are judged by their own series, in time.

Stock MiniStack leaves such lines alone. Its alarms fire on any series of the metric's name, of
whatever dimensions, know neither datapoints nor missing data, and are judged only when data
arrive: one of which nothing is heard any more stays as it was.
"""

import logging
import threading
import time
from collections.abc import Sequence
from typing import Any

from local.emulator import alarms
from local.emulator.embedded_metrics import Datum, data
from local.emulator.patching import Function, expect, replace
from local.emulator.upstream import cloudwatch, responses

JUDGE_SECONDS = 1.0
KEPT_POINTS = 10_000  # of each series
_judging = threading.Lock()


def extract(log: str) -> None:
    """Store what the lines of a function measure; alarms notice it within a second."""
    for datum in data(log):
        store(datum)


def store(datum: Datum) -> None:
    cloudwatch._store_datum(
        datum.namespace, datum.name, datum.dimensions, datum.at, datum.unit,
        None, datum.values, None, None,
    )  # fmt: skip
    key = datum.namespace, datum.name, cloudwatch._dims_key(datum.dimensions)
    bucket = cloudwatch._metric_bucket(key)
    if len(bucket) > KEPT_POINTS:
        del bucket[: -KEPT_POINTS * 3 // 4]


def evaluate(alarm: dict[str, Any]) -> None:
    """Bring an alarm to its present state, and tell whom a change concerns."""
    if not alarm.get("MetricName") or alarm.get("ComparisonOperator") not in alarms.BREACHES:
        return
    with _judging:
        now = time.time()
        judged = alarms.judge(alarm, points_of(alarm, now), statistic_of(alarm), now)
        before = alarm["StateValue"]
        if judged.state == before:
            return
        alarm["StateValue"], alarm["StateReason"] = judged.state, judged.reason
        alarm["StateUpdatedTimestamp"] = int(now)
    cloudwatch._record_history(alarm["AlarmName"], before, judged.state, judged.reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, judged.state, judged.reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def points_of(alarm: dict[str, Any], now: float) -> list[alarms.Point]:
    """Return the points of the alarm's series that can matter now."""
    dimensions = cloudwatch._dims_from_list(alarm.get("Dimensions") or [])
    key = alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions)
    since = now - alarms.range_of(alarm)
    stored: Sequence[alarms.Point] = list(cloudwatch._metrics.get(key) or ())
    return [point for point in stored if point["Timestamp"] >= since]


def statistic_of(alarm: dict[str, Any]) -> alarms.Statistic:
    name = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"

    def value(points: list[alarms.Point]) -> float | None:
        stats = cloudwatch._calc_stats(points)
        return cloudwatch._stat_value(stats, name, points) if stats else None

    return value


def judge_for_ever() -> None:
    """Judge all alarms again and again: silence changes their states, too."""
    while True:
        time.sleep(JUDGE_SECONDS)
        for account, region in {(key[0], key[1]) for key in list(cloudwatch._alarms._data)}:
            try:
                with responses.request_scope(account, region):
                    cloudwatch._evaluate_all_alarms()
            except Exception:  # the next second is another chance
                logging.getLogger("skafu").exception("alarms were not judged")


def of_own_series(_: Function) -> Function:
    return evaluate


def apply() -> None:
    replace(cloudwatch, "_evaluate_alarm", "a0b0acd3d432", of_own_series)
    for name, digest in {
        "_store_datum": "e0194e701d56",
        "_calc_stats": "889e1bfc89dc",
        "_stat_value": "cfaad9598233",
        "_evaluate_all_alarms": "f83f88e57f1c",
        "_dispatch_alarm_actions": "fcf47c0d1e6e",
    }.items():
        expect(cloudwatch, name, digest)
    threading.Thread(target=judge_for_ever, daemon=True, name="skafu-alarms").start()
