"""Wrong past states, rebuilt rows and reports of events are noticed."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from application.failures import Failure
from skafu.reach.quiet import quiet
from skafu.simulation.proxy import Answer
from skafu.simulation.queries import Asked
from skafu.simulation.system import System
from tests.support.anomalies import ended, first_noticed

pytestmark = pytest.mark.tools

SEEDS = range(300, 600)
PLANTED = 3
Anomaly = Callable[[System], object]


@pytest.fixture(autouse=True)
def no_logs() -> Iterator[None]:
    with quiet(50):
        yield


def noticed(anomaly: Anomaly, times: int = PLANTED) -> list[str]:
    """Plant the anomaly in the first schedules that allow it, and return what is noticed."""
    planted = (system for system in map(ended, SEEDS) if anomaly(system))
    return first_noticed(planted, times)


def shown(system: System) -> Asked | None:
    """A past state that was shown to somebody."""
    return next((one for one in system.queries.asked if one.answer.status == 200), None)


def another_state(system: System) -> object:
    if asked := shown(system):
        data = {**asked.answer.body["data"], "owner": "nobody"}
        asked.answer = replace(asked.answer, body={**asked.answer.body, "data": data})
    return asked


def later_version(system: System) -> object:
    if asked := shown(system):
        meta = {**asked.answer.body["meta"], "version": asked.question.version + 1}
        asked.answer = replace(asked.answer, body={**asked.answer.body, "meta": meta})
    return asked


def hidden(system: System) -> object:
    if asked := shown(system):
        asked.answer = Answer(404, {"type": "https://skafu.dev/problems/aggregate-not-found"})
    return asked


@pytest.mark.parametrize("anomaly", [another_state, later_version, hidden])
def test_a_past_state_that_was_never_so_is_noticed(anomaly: Anomaly) -> None:
    assert noticed(anomaly) == ["query"] * PLANTED


def left_as_it_was(system: System) -> object:
    """Take back a row that was rebuilt, as if there were none yet."""
    for n, rebuilt in enumerate(system.projectors.rebuilt):
        head = rebuilt.projection.head(rebuilt.aggregate)
        if rebuilt.commits and head in rebuilt.versions:
            system.projectors.rebuilt[n] = rebuilt._replace(versions={**rebuilt.versions, head: 0})
            return rebuilt
    return None


def test_rows_that_were_not_rebuilt_are_noticed() -> None:
    assert noticed(left_as_it_was) == ["row"] * PLANTED


def refused_for_nothing(system: System) -> object:
    reports = system.integration.refusals.reported
    key = next(iter(system.integration.sendings), None)
    if key is None or system.operator:
        return None
    reports[key].append(Failure("EventNotIntegrated", "integration", "SubjectIsForgotten"))
    return key


def lost_report(system: System) -> object:
    """Lose the reports of what could never be recorded."""
    reported = system.integration.refusals.reported
    never = [key for key, failures in reported.items() if failures and all(map(is_never, failures))]
    for key in never:
        del reported[key]
    return never


def is_never(failure: Failure) -> bool:
    return failure.why.startswith(("Forbidden", "InvalidRequest"))


def test_a_report_of_an_event_that_is_wrong_is_noticed() -> None:
    assert noticed(refused_for_nothing) == ["event"] * PLANTED


def test_a_report_of_an_event_that_is_lost_is_noticed() -> None:
    assert noticed(lost_report, 1) == ["event"]
