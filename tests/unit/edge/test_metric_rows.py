"""A run of the writer of metric rows, as the log and the list of failures show it."""

import pytest

from application.failures import Severity
from application.metric_rows import Left, MetricWriter, Written
from application.ports import Refused, Unavailable
from edge.metric_rows import write_rows
from tests.support.fakes import Failures

pytestmark = pytest.mark.feature("R6")


class Writer(MetricWriter):
    """Ends as it is told."""

    def __init__(self, end: Written | Exception) -> None:
        self.end = end

    def __call__(self, left: Left) -> Written:
        if isinstance(self.end, Exception):
            raise self.end
        return self.end


def run(end: Written | Exception) -> Failures:
    failures = Failures()
    write_rows(Writer(end), failures, lambda: 50.0)
    return failures


def test_a_run_that_failed_fails_so_that_its_alarm_hears_of_it() -> None:
    with pytest.raises(Unavailable):
        run(Unavailable("Throttling"))


def test_what_waits_for_the_next_run_is_no_failure() -> None:
    assert run(Written(created=1, waiting=3)).reported == []


def test_rows_that_are_refused_are_one_failure() -> None:
    """Whatever refuses one for good refuses all of them: hundreds of failures would say no more."""
    refused = [("a-row", Refused("no")), ("another", Refused("no"))]
    (failure,) = run(Written(refused=refused)).reported

    assert (failure.what, failure.where) == ("MetricRowRefused", "metric-rows")
    assert failure.key == {"id": "a-row", "rows": 2}
    assert (failure.severity, failure.retryable) == (Severity.ERROR, False)
