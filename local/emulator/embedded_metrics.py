"""Metrics that functions print: CloudWatch takes them out of lines in the embedded metric format.

The format is that of "Specification: Embedded metric format" in the user guide of CloudWatch. A
line that does not have it is an ordinary line.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

MALFORMED = (ValueError, KeyError, TypeError, AttributeError)
MARK = '"_aws"'


@dataclass(frozen=True)
class Datum:
    """The values of one series, from one line; `at` is in epoch seconds."""

    namespace: str
    name: str
    dimensions: dict[str, str]
    unit: str
    values: list[float]
    at: float


def data(log: str) -> Iterator[Datum]:
    """Yield the data of every line that has some."""
    for line in log.splitlines():
        if MARK in line:
            yield from of_line(line)


def of_line(line: str) -> list[Datum]:
    try:
        fields = json.loads(line)
        at = float(fields["_aws"]["Timestamp"]) / 1000
        directives = fields["_aws"]["CloudWatchMetrics"]
        return [datum for each in directives for datum in of_directive(each, fields, at)]
    except MALFORMED:
        return []


def of_directive(directive: Mapping[str, Any], fields: Mapping[str, Any], at: float) -> list[Datum]:
    return [
        Datum(
            directive["Namespace"],
            metric["Name"],
            {name: str(fields[name]) for name in names},
            metric.get("Unit", "None"),
            numbers(fields[metric["Name"]]),
            at,
        )
        for names in directive["Dimensions"]
        for metric in directive["Metrics"]
    ]


def numbers(value: object) -> list[float]:
    """Raises `TypeError` for what is neither a number nor a list of numbers."""
    values: list[Any] = value if isinstance(value, list) else [value]
    if not all(isinstance(one, Real) for one in values):
        raise TypeError("a metric's value is no number")
    return [float(one) for one in values]
