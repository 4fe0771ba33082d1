"""States of alarms, from the points of their own series: periods, datapoints and missing data.

Periods begin at whole multiples of their length, as on AWS. The current one counts as soon as it
has a point, so an alarm begins at once; it ends when its periods are over, although nothing comes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Point = dict[str, Any]
Alarm = Mapping[str, Any]
Statistic = Callable[[list[Point]], float | None]
"""The value of the points of one period, as the alarm's statistic has it."""
BREACHES: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}
ALARM, OK, UNKNOWN = "ALARM", "OK", "INSUFFICIENT_DATA"


@dataclass(frozen=True)
class Judged:
    state: str
    reason: str


def judge(alarm: Alarm, points: Sequence[Point], statistic: Statistic, now: float) -> Judged:
    """Return the state that the alarm has now."""
    values = [statistic(found) for found in periods(alarm, points, now)]
    compare, threshold = BREACHES[alarm["ComparisonOperator"]], float(alarm.get("Threshold", 0))
    breaches = [None if value is None else compare(value, threshold) for value in values]
    wanted = int(alarm.get("DatapointsToAlarm") or len(values))
    state = state_of(breaches, wanted, alarm.get("TreatMissingData") or "missing")
    state = state or alarm["StateValue"]
    return Judged(state, f"{sum(b is True for b in breaches)} of {len(values)} periods: {values}")


def state_of(breaches: Sequence[bool | None], wanted: int, missing: str) -> str | None:
    """Return the state by the newest periods, of which those without data are None.

    None: the state stays as it is.
    """
    if missing in ("breaching", "notBreaching"):
        filled = [missing == "breaching" if found is None else found for found in breaches]
        return ALARM if sum(filled) >= wanted else OK
    known = [found for found in breaches if found is not None]
    if not known:
        return None if missing == "ignore" else UNKNOWN
    if sum(known) >= wanted:
        return ALARM
    if all(known):  # those that are missing decide
        return None if missing == "ignore" else ALARM
    return OK


def periods(alarm: Alarm, points: Sequence[Point], now: float) -> list[list[Point]]:
    """Return the points of each of the alarm's newest periods, the newest first."""
    length, count = int(alarm.get("Period") or 60), int(alarm.get("EvaluationPeriods") or 1)
    current = int(now // length)
    found: dict[int, list[Point]] = {}
    for point in points:
        found.setdefault(int(point["Timestamp"] // length), []).append(point)
    newest = current if current in found else current - 1
    return [found.get(period, []) for period in range(newest, newest - count, -1)]


def range_of(alarm: Alarm) -> float:
    """Return how many seconds back points can matter."""
    length, count = int(alarm.get("Period") or 60), int(alarm.get("EvaluationPeriods") or 1)
    return float(length * (count + 1))
