"""`skafu saga`: what it says of runs, and what it does to them."""

import pytest
from typer.testing import CliRunner

from application.sagas.ports import Noted
from application.sagas.tasks import ASK, DO, RunKey, Task
from domain.project.aggregate import project
from skafu.cli import app
from skafu.commands import saga
from skafu.commands.saga import Sagas
from tests.domain.support.creating import CORRELATION, Creating

pytestmark = pytest.mark.feature("S6")


@pytest.fixture
def creating(monkeypatch: pytest.MonkeyPatch) -> Creating:
    """A system at which the command looks."""
    creating = Creating()
    sagas = Sagas(creating.runs, creating.beginnings, creating.table)
    monkeypatch.setattr(saga, "at", lambda *_: sagas)
    return creating


def said(command: str, id: str, *words: str) -> str:
    done = CliRunner().invoke(app, ["saga", command, f"projects/{id}", *words])
    return f"{done.exit_code} {done.output}"


def run_of(creating: Creating, id: str) -> RunKey:
    (start,) = [
        one for one in creating.runs.events(project, id) if one.event.type == "ProvisioningStarted"
    ]
    found = creating.runs.begun_by(start.aggregate_id, start.sequence)
    assert found is not None
    return found


def test_resume_begins_a_run_whose_start_was_lost(creating: Creating) -> None:
    id = creating.created()

    assert said("resume", id).startswith("0 begun: ")
    assert creating.run() == ["Completed"]


def test_resume_says_that_a_run_goes_on_already(creating: Creating) -> None:
    """Step Functions answers the same start of the same execution as it did the first time."""
    id = creating.created()
    creating.deliver()

    assert said("resume", id) == f"0 goes on already: {run_of(creating, id).event_id}\n"
    assert len(creating.executions.waiting) == 1


def test_resume_does_not_begin_a_run_anew_that_is_being_undone(creating: Creating) -> None:
    id = creating.created()
    said("compensate", id)

    assert said("resume", id).startswith("0 goes on already: ")
    assert creating.run() == ["Undone"]


def test_resume_says_what_to_do_about_an_execution_that_has_ended(creating: Creating) -> None:
    id = creating.created()
    creating.executions.ended[run_of(creating, id).event_id] = "ABORTED"

    code, _, text = said("resume", id).partition(" ")
    assert (code, "has an execution already" in text) == ("1", True)


def test_the_reason_of_an_operator_is_why_a_wait_ends(creating: Creating) -> None:
    id = creating.created()
    run = run_of(creating, id)
    creating.steps(Task(run, DO, "TEMPLATE"))
    creating.steps(Task(run, ASK, "ANALYSIS", "token"))

    assert said("cancel", id, "--reason", "It is late.").startswith("0 cancelled: ANALYSIS")
    assert creating.table.noted(run) == Noted("ANALYSIS", "It is late.")
    assert creating.executions.answers["token"] == {"Error": "StepFailed", "Cause": "step-failed"}
    assert said("cancel", id).startswith("1 ")


@pytest.mark.parametrize(
    ("words", "reason"),
    [([], "There is no room."), (["--reason", "It is late."], "It is late.")],
    ids=["no reason", "another"],
)
def test_the_owner_of_a_run_whose_step_has_failed_reads_why(
    creating: Creating, words: list[str], reason: str
) -> None:
    """The step that failed is named in any case; an operator may say it in other words."""
    id = creating.created()
    creating.table.note(run_of(creating, id), "REPOSITORY", "There is no room.")

    assert said("compensate", id, *words).startswith("0 is undone: ")
    assert creating.run() == ["Undone"]
    failed = creating.trail(id)[-1].stored_events()[-1]["data"]
    assert (failed["reason"], failed["step"]) == (reason, "REPOSITORY")


def test_the_owner_of_a_run_that_an_operator_gave_up_reads_that(creating: Creating) -> None:
    id = creating.created()
    said("compensate", id)

    assert creating.run() == ["Undone"]
    failed = creating.trail(id)[-1].stored_events()[-1]["data"]
    assert failed["reason"] == "An operator gave it up."


def test_show_tells_the_correlation_id_of_the_run(creating: Creating) -> None:
    assert CORRELATION in said("show", creating.created())
