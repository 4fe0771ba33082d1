"""The checks notice what is wrong: anomalies planted in a schedule that ended well."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from application.writing.deferral import Status
from domain.contents import contents
from kernel.projection import RowKey
from skafu.reach.quiet import quiet
from skafu.simulation.answers import NO_PROMISE
from skafu.simulation.checks import check
from skafu.simulation.clients import Sending
from skafu.simulation.deferring import Kept
from skafu.simulation.proxy import Answer
from skafu.simulation.sums import is_of_sums
from skafu.simulation.system import System
from skafu.simulation.table import Stored
from tests.support.anomalies import ended, first_noticed

pytestmark = pytest.mark.tools

SEEDS = range(85, 285)
FEW = SEEDS[:20]
PLANTED = 5
Anomaly = Callable[[System], object]


@pytest.fixture(autouse=True)
def no_logs() -> Iterator[None]:
    with quiet(50):
        yield


def noticed(anomaly: Anomaly) -> list[str]:
    """Plant the anomaly in the first schedules that allow it, and return what is noticed."""
    planted = (system for system in map(ended, SEEDS) if anomaly(system) is not None)
    return first_noticed(planted, PLANTED)


def test_without_an_anomaly_nothing_is_noticed() -> None:
    for seed in FEW:
        check(ended(seed))


def answered(system: System, *statuses: int) -> Sending | None:
    """Something that was answered so, at once."""
    answers = ((s, s.answer) for s in system.log.sendings if s.answer and not s.deferred)
    return next((s for s, answer in answers if answer.status in statuses), None)


def another_version(system: System) -> object:
    sending = answered(system, 202)
    if sending and sending.answer:
        body = {**sending.answer.body, "version": sending.answer.body["version"] + 1}
        sending.answer = replace(sending.answer, body=body)
    return sending


def refused_for_nothing(system: System) -> object:
    sending = answered(system, 202)
    if sending:
        sending.answer = Answer(409, {"type": "https://skafu.dev/problems/never-so"})
    return sending


def accepted_for_nothing(system: System) -> object:
    sending = answered(system, 404, 409, 412)
    if sending:
        body = {"version": 1, "timestamp": "2026-01-01T00:00:00.000Z"}
        sending.answer = Answer(202, body, '"1"')
    return sending


def broken_inside(system: System) -> object:
    sending = next((s for s in system.log.sendings if s.answer), None)
    if sending:
        sending.answer = Answer(500, {"type": "https://skafu.dev/problems/internal-error"})
    return sending


@pytest.mark.parametrize(
    "anomaly", [another_version, refused_for_nothing, accepted_for_nothing, broken_inside]
)
def test_an_answer_that_was_never_right_is_noticed(anomaly: Anomaly) -> None:
    assert noticed(anomaly) == ["answer"] * PLANTED


def decided(system: System) -> list[Kept] | None:
    """A ticket's history that ends with its acceptance."""
    histories = system.tickets.history.values()
    return next((h for h in histories if h and h[-1].ticket.status is Status.ACCEPTED), None)


def another_outcome(system: System) -> object:
    if history := decided(system):
        ticket = history[-1].ticket
        outcome = {**ticket.outcome, "version": ticket.outcome["version"] + 1}
        history[-1] = history[-1]._replace(ticket=replace(ticket, outcome=outcome))
    return history


def no_outcome(system: System) -> object:
    history = decided(system)
    return history and history.pop()


def two_outcomes(system: System) -> object:
    if history := decided(system):
        history += history[-1:]
    return history


@pytest.mark.parametrize(
    ("anomaly", "kind"),
    [(another_outcome, "answer"), (no_outcome, "ticket"), (two_outcomes, "ticket")],
)
def test_an_outcome_that_is_wrong_missing_or_one_too_many_is_noticed(
    anomaly: Anomaly, kind: str
) -> None:
    assert noticed(anomaly) == [kind] * PLANTED


def longest(system: System) -> Stored | None:
    """A stream of at least three commits."""
    stored = max(system.table.aggregates.values(), key=lambda s: len(s.items), default=None)
    return stored if stored and len(stored.items) > 2 else None


def lost_commit(system: System) -> object:
    if stored := longest(system):
        for column in (stored.items, stored.sequences, stored.steps):
            del column[1]
    return stored


def changed_commit(system: System) -> object:
    if stored := longest(system):
        stored.items[1] = {**stored.items[1], "timestamp": {"S": "2026-01-01T00:00:00.000Z"}}
    return stored


def commit_of_nobody(system: System) -> object:
    stored = longest(system)
    if stored:
        stored.items[-1] = {**stored.items[-1], "commandId": {"S": "nobodys"}}
    return stored


def forged_state(system: System) -> object:
    stored = longest(system)
    if stored:
        newest = stored.items[-1]
        kind = contents.aggregate[newest["aggregateId"]["S"].partition("#")[0]]
        version = {"N": str(kind.state_version)}
        stored.items[-1] = {**newest, "state": {"S": "{}"}, "stateVersion": version}
    return stored


@pytest.mark.parametrize("anomaly", [lost_commit, changed_commit, commit_of_nobody, forged_state])
def test_a_history_that_was_touched_is_noticed(anomaly: Anomaly) -> None:
    assert noticed(anomaly) == ["stream"] * PLANTED


def never_published(system: System) -> object:
    if system.bus.published:
        return system.bus.published.popitem()
    return None


def test_an_event_that_was_never_published_is_noticed() -> None:
    assert noticed(never_published) == ["publication"] * PLANTED


def any_row(system: System) -> RowKey | None:
    found = system.rows.history.items()
    return next((key for key, states in found if states and not is_of_sums(key)), None)


def changed_row(system: System) -> object:
    if key := any_row(system):
        states = system.rows.history[key]
        states[-1] = {**states[-1], "updatedAt": "2026-01-01T00:00:00.000Z"}
    return key


def row_that_went_back(system: System) -> object:
    """To an older version, or to what it is; another release may write that version again."""
    for states in system.rows.history.values():
        if states and (len(states) == 1 or states[0]["version"] < states[-1]["version"]):
            states.append(states[0])
            return states
    return None


def row_of_nothing(system: System) -> object:
    if key := any_row(system):
        row = {**system.rows.history[key][0], "id": "another"}
        system.rows.history[RowKey(key.model, "another")].append(row)
    return key


@pytest.mark.parametrize("anomaly", [changed_row, row_that_went_back, row_of_nothing])
def test_a_row_that_is_no_fold_is_noticed(anomaly: Anomaly) -> None:
    assert noticed(anomaly) == ["row"] * PLANTED


def test_answers_that_promise_nothing_are_not_judged() -> None:
    for seed in FEW:
        system = ended(seed)
        for sending in system.log.sendings:
            if sending.answer and sending.answer.status != 202:
                sending.answer = Answer(NO_PROMISE[0])
        check(system)
