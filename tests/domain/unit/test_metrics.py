"""The table of metrics: what the source documents ask for is in it, and it stays cheap."""

import pytest

from application.metrics import COMMAND, OCCASIONS, SAGA_COMPLETION
from application.series import values_of
from domain.contents import contents
from skafu.generate import metrics

WANTED = {
    "command processing latency", "event persistence rate", "aggregate version conflicts",
    "command failure rate", "query response time", "cache hit ratio", "projection update latency",
    "data staleness", "event propagation latency", "saga completion rate", "consistency lag",
    "conflict resolution rate",
}  # fmt: skip
EVERY = [metric for occasion in OCCASIONS for metric in occasion.metrics]


@pytest.mark.feature("O1", "O2", "O3")
def test_every_metric_of_the_source_documents_is_measured() -> None:
    assert {metric.wanted for metric in EVERY if metric.wanted} == WANTED


@pytest.mark.feature("S7")
def test_the_rate_of_completion_is_read_as_an_average() -> None:
    assert SAGA_COMPLETION.read_as == "average"


def test_no_name_is_that_of_two_metrics() -> None:
    names = [metric.name for metric in EVERY]

    assert len(set(names)) == len(names)


def test_the_domain_makes_at_most_a_hundred_series() -> None:
    assert 50 < metrics.count(contents) <= 100
    assert all(len(occasion.dimensions) <= 3 for occasion in OCCASIONS)


def test_every_dimension_has_known_values() -> None:
    values = values_of(contents)

    assert all(values[name] for occasion in OCCASIONS for name in occasion.dimensions)


def test_the_page_tells_of_each() -> None:
    page = metrics.page(contents)

    assert [
        metric.name for metric in EVERY if f"| `{metric.name}` | {metric.unit} |" not in page
    ] == []
    assert f"## {COMMAND.name}" in page
