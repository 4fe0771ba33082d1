"""The creation of a project, in process: what it yields, who does it, and what may go wrong."""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from application.commit import Commit
from application.failures import Failure
from application.metrics import SAGA_COMPLETION
from application.ports import Unavailable
from application.privacy.forgetting import OPERATOR
from application.sagas.beginning import undoing_name
from application.sagas.ports import BegunRun, Noted, Waiting
from application.sagas.runs import Runs
from application.sagas.sweeping import LOST, PATIENCE, RESERVE
from application.sagas.tasks import (
    ABANDON,
    ASK,
    DO,
    FAIL,
    FAILURE,
    MACHINE,
    PRINCIPAL,
    UNDO,
    Defect,
    RunKey,
    Task,
    command_id,
    sentence,
)
from application.upcasting import UnreadableEvent
from application.writing.execute import Executor
from application.writing.requests import CommandMetadata, Request
from domain.project.aggregate import project
from domain.project.values import MAX_VARIABLES
from edge.deliveries.batches import each_message
from edge.sagas.steps import SENDER
from kernel.messages import aggregate_id, event_id
from kernel.personal import ForgetSubject
from kernel.saga import StepFailed
from tests.domain.support.creating import CORRELATION, Creating, message
from tests.support.api import ADA, ADMIN, EVE

pytestmark = pytest.mark.feature("S1")

OWN = {
    "runtime": "nodejs18",
    "region": "eu-central-1",
    "features": ["search"],
    "environment": {"STAGE": "own"},
}


@pytest.fixture
def creating() -> Creating:
    return Creating()


def forget(creating: Creating, id: str) -> None:
    """Destroy the owner's key, as an operator does it: the project learns of it."""
    executor = Executor(creating.store, project, creating.clock, {}, lambda _: None)
    metadata = CommandMetadata(str(uuid.uuid4()), OPERATOR, "forgotten")
    command: Any = ForgetSubject(subject=ADA.sub)
    executor.execute(Request(aggregate_id("PROJECT", id), command, metadata))


def done(creating: Creating) -> list[str]:
    creating.deliver()
    return creating.run()


def key(creating: Creating, id: str) -> RunKey:
    """Return the newest run of a project."""
    starts = [
        one for one in creating.runs.events(project, id) if one.event.type == "ProvisioningStarted"
    ]
    found = creating.runs.begun_by(starts[-1].aggregate_id, starts[-1].sequence)
    assert found is not None
    return found


def reported(creating: Creating) -> list[Failure]:
    return creating.failures.reported


def ending(*seconds: float) -> Callable[[], float]:
    """Return what tells these seconds as the time that is left, the last ones from then on."""
    left = [*seconds]
    return lambda: left.pop(0) if len(left) > 1 else left[0]


def configured(creating: Creating, id: str) -> Any:  # noqa: ANN401 - an event
    events = [one.event for one in creating.runs.events(project, id)]
    (found,) = [event for event in events if event.type == "ProjectConfigured"]
    return found


class TestDone:
    def test_a_project_is_made_of_its_template(self, creating: Creating) -> None:
        id = creating.created(templateParameters={"leaf": "sage"})

        assert done(creating) == ["Completed"]
        ((url, files),) = creating.made().items()
        assert files == {"README.md": "# Shop, sage\n"}
        assert creating.linked(id) == url
        assert creating.state(id).provisioning.status == "COMPLETED"

    def test_services_and_settings_of_the_template_join_those_of_the_owner(
        self, creating: Creating
    ) -> None:
        creating.drafted(
            slug="rich",
            services=[
                {"serviceName": "Pages", "serviceType": "FRONTEND"},
                {"serviceName": "orders", "serviceType": "WORKER"},
            ],
            settings={
                "runtime": "python3.13",
                "features": ["search", "auth"],
                "environment": {"STAGE": "template", "LEVEL": "INFO"},
            },
        )
        own = [{"serviceName": "orders", "serviceType": "API"}]
        id = creating.created(templateId="rich", configuration=OWN, services=own)

        assert done(creating) == ["Completed"]
        configuration = configured(creating, id).configuration
        assert configuration.runtime == "nodejs24"  # AWS has retired nodejs18
        assert configuration.region == "eu-central-1"
        assert configuration.features == ("search", "auth")
        environment = configuration.environment
        assert (environment["STAGE"], environment["LEVEL"]) == ("own", "INFO")
        assert environment["SKAFU_TEMPLATE"] == "rich@1"
        names = {service.name: service.type for service in creating.state(id).services.values()}
        assert names == {"orders": "API", "Pages": "FRONTEND"}

    def test_no_variable_of_the_owner_gives_way_to_one_of_the_template(
        self, creating: Creating
    ) -> None:
        """Together they are more than a project may have, and one is in both."""
        environment = {f"VARIABLE_{n}": "template" for n in range(MAX_VARIABLES)}
        creating.drafted(slug="rich", settings={"environment": environment})
        own = {"VARIABLE_0": "own"} | {f"OWN_{n}": "own" for n in range(MAX_VARIABLES - 2)}
        configuration = {**OWN, "environment": own}
        id = creating.created(templateId="rich", configuration=configuration)

        assert done(creating) == ["Completed"]
        found = configured(creating, id).configuration.environment
        assert len(found) == MAX_VARIABLES
        assert found.items() >= own.items()

    def test_without_a_configuration_it_runs_where_all_of_this_runs(
        self, creating: Creating
    ) -> None:
        id = creating.created()

        done(creating)
        (configured,) = [
            e for e in creating.runs.events(project, id) if e.event.type == "ProjectConfigured"
        ]
        assert configured.event.configuration.region == "eu-west-1"
        assert configured.event.configuration.runtime == "python3.13"

    def test_services_have_the_ids_that_their_files_know(self, creating: Creating) -> None:
        files = [{"path": "ids", "content": "<%= services %>"}]
        services = [{"serviceName": "pot", "serviceType": "API"}]
        creating.drafted(slug="ids", files=files, services=services, parameters=[])
        id = creating.created(templateId="ids")

        done(creating)
        (made,) = creating.made().values()
        (service,) = creating.state(id).services
        assert service in made["ids"]

    def test_a_project_renamed_meanwhile_gets_the_same_files_each_time(
        self, creating: Creating
    ) -> None:
        id = creating.created()
        creating.deliver()

        def renamed(task: Task, work: Any) -> None:  # noqa: ANN401 - a function
            if (task.task, task.step) == (DO, "REPOSITORY"):
                creating.world.api.as_(ADA).patch(f"/projects/{id}", {"name": "Renamed"})
            work()

        creating.fault = renamed
        assert creating.run() == ["Completed"]
        ((_, files),) = creating.made().items()
        assert files == {"README.md": "# Shop, mint\n"}


class TestAudit:
    @pytest.mark.feature("S3")
    def test_every_step_is_a_command_of_the_saga_on_behalf_of_the_owner(
        self, creating: Creating
    ) -> None:
        id = creating.created()
        done(creating)

        created, *steps = creating.trail(id)
        begun = event_id(created.aggregate_id, created.last_sequence)
        named = [commit.stored_events()[-1]["data"].get("step") for commit in steps]
        assert named == ["TEMPLATE", "ANALYSIS", "REPOSITORY", "CONFIGURATION", None]
        for commit, step in zip(steps, [*named[:-1], "COMPLETION"], strict=True):
            assert commit.actor == PRINCIPAL == SENDER.owner
            assert commit.on_behalf_of == "ada-sub::ada"
            assert commit.correlation_id == created.correlation_id
            assert commit.command_id == str(uuid.uuid5(uuid.UUID(begun), step))
        (asked, _) = creating.store.read(aggregate_id("ANALYSIS", self.analysis(steps)))
        assert asked.correlation_id == created.correlation_id
        assert (asked.actor, asked.on_behalf_of) == (PRINCIPAL, "ada-sub::ada")

    @staticmethod
    def analysis(steps: list[Any]) -> str:
        return str(steps[1].stored_events()[-1]["data"]["analysisId"])

    @pytest.mark.feature("S2")
    def test_what_is_undone_is_undone_on_behalf_of_nobody(self, creating: Creating) -> None:
        creating.archives.reason = "There is no room."
        id = creating.created()

        assert done(creating) == ["Undone"]
        _, _, _, *undone = creating.trail(id)
        assert [commit.stored_events()[-1]["eventType"] for commit in undone] == [
            "ProvisioningAbandoned",
            "ProvisioningStepUndone",
            "ProvisioningStepUndone",
            "ProvisioningFailed",
        ]
        assert {(commit.actor, commit.on_behalf_of) for commit in undone} == {(PRINCIPAL, None)}
        assert undone[-1].stored_events()[-1]["data"] == {
            "attempt": 1,
            "reason": "There is no room.",
            "step": "REPOSITORY",
        }

    def test_the_sender_is_a_machine(self) -> None:
        assert (SENDER.is_machine, SENDER.username) == (True, MACHINE)


class TestUndone:
    pytestmark = pytest.mark.feature("S2")

    def test_an_owner_who_is_forgotten_midway_ends_the_run(self, creating: Creating) -> None:
        id = creating.created()
        creating.deliver()

        def forgotten(task: Task, work: Any) -> None:  # noqa: ANN401 - a function
            if (task.task, task.step) == (ASK, "ANALYSIS"):
                forget(creating, id)
            work()

        creating.fault = forgotten
        assert creating.run() == ["Undone"]
        assert creating.state(id).provisioning.status == "FAILED"
        assert not any(creating.orphans().values())

    def test_a_worker_killed_between_the_archive_and_its_command_leaves_none(
        self, creating: Creating
    ) -> None:
        id = creating.created()
        creating.deliver()

        def died(task: Task, work: Any) -> None:  # noqa: ANN401 - a function
            if (task.task, task.step) == (DO, "REPOSITORY"):
                run = creating.runs.opened(task.run, creating.steps.offered)
                run.tools.repository(run)
                assert creating.made()
                raise StepFailed("It died.")
            work()

        creating.fault = died
        assert creating.run() == ["Undone"]
        assert creating.made() == {}
        assert creating.state(id).provisioning.status == "FAILED"

    def test_an_archive_made_after_the_run_was_undone_is_removed(self, creating: Creating) -> None:
        """Its worker was taken for dead, and goes on while the run is undone."""
        id = creating.created()
        run = key(creating, id)
        creating.steps(Task(run, DO, "TEMPLATE"))
        creating.steps(Task(run, ASK, "ANALYSIS", "token"))
        creating.deliver()
        creating.steps(Task(run, DO, "ANALYSIS"))
        put = creating.archives.put

        def late(key: str, content: bytes) -> str:
            creating.steps(Task(run, ABANDON, "REPOSITORY", failure=FAILURE))
            for step in ("REPOSITORY", "ANALYSIS", "TEMPLATE"):
                creating.steps(Task(run, UNDO, step))
            creating.steps(Task(run, FAIL))
            return put(key, content)

        creating.archives.put = late  # type: ignore[method-assign] # a worker that is slow
        with pytest.raises(StepFailed):
            creating.steps(Task(run, DO, "REPOSITORY"))

        assert creating.names(id)[-1] == "ProvisioningFailed"
        assert creating.archives.kept == {}

    def test_what_the_project_had_before_comes_back(self, creating: Creating) -> None:
        own = {"runtime": "nodejs22", "region": "eu-central-1", "environment": {"A": "1"}}
        id = creating.created(templateId=None, configuration=own)
        api = creating.world.api.as_(ADA)
        repository = {"provider": "GITHUB", "url": "https://github.com/ada/shop"}
        assert api.call("PUT", f"/projects/{id}/template", {"templateId": "tea"}, {}).status == 202
        assert api.call("PUT", f"/projects/{id}/repository", repository, {}).status == 202
        before = creating.state(id)
        creating.drafted(slug="second", services=[{"serviceName": "pot", "serviceType": "API"}])
        started = api.post(f"/projects/{id}/provisioning", {"templateId": "second"})
        assert started.status == 202, started.text
        creating.deliver()

        def fails(task: Task, work: Any) -> None:  # noqa: ANN401 - a function
            if (task.task, task.step) == (DO, "COMPLETION"):
                between = creating.state(id)
                assert between.template != before.template
                assert between.repository != before.repository
                assert between.configuration != before.configuration
                assert between.services
                raise StepFailed("No.")
            work()

        creating.fault = fails
        assert creating.run() == ["Undone"]
        after = creating.state(id)
        assert after.template == before.template
        assert after.repository == before.repository
        assert after.configuration == before.configuration
        assert after.services == before.services == {}

    @pytest.mark.parametrize("end", ["fail", "cancel"])
    def test_an_analysis_that_fails_or_is_cancelled_ends_the_run(
        self, creating: Creating, end: str
    ) -> None:
        id = creating.created()
        said = {
            "fail": "The analysis has failed; it says why itself.",
            "cancel": "The analysis was cancelled.",
        }

        def ended(analysis: str) -> None:
            data = {"reason": "No water."} if end == "fail" else {}
            creating.machine(f"{end}-analysis", analysis, **data)

        creating.analyst = ended
        assert done(creating) == ["Undone"]
        failed = creating.trail(id)[-1].stored_events()[-1]
        assert failed["data"] == {"attempt": 1, "reason": said[end], "step": "ANALYSIS"}

    def test_an_analysis_that_nobody_answers_is_withdrawn(self, creating: Creating) -> None:
        creating.analyst = None
        id = creating.created()

        assert done(creating) == ["Undone"]
        analyses = [a for a, _ in creating.store.heads() if a.startswith("ANALYSIS#")]
        (_, withdrawn) = creating.store.read(analyses[0])
        assert withdrawn.stored_events()[0]["eventType"] == "AnalysisFailed"
        assert not any(creating.orphans().values())
        assert creating.state(id).provisioning.status == "FAILED"

    def test_a_template_deprecated_meanwhile_ends_the_run_with_the_reason(
        self, creating: Creating
    ) -> None:
        id = creating.created()
        template = creating.world.known["template"]
        creating.machine("deprecate-template", template, reason="Old.")

        assert done(creating) == ["Undone"]
        failed = creating.trail(id)[-1].stored_events()[-1]
        assert failed["data"]["reason"] == "There is no published template 'tea'."

    def test_parameters_that_the_template_no_longer_takes_end_the_run(
        self, creating: Creating
    ) -> None:
        id = creating.created(templateParameters={"leaf": "sage"})
        template = creating.world.known["template"]
        files = [{"path": "README.md", "content": "# Tea\n"}]
        creating.machine("revise-template", template, parameters=[], files=files)
        creating.machine("publish-template", template)

        assert done(creating) == ["Undone"]
        failed = creating.trail(id)[-1].stored_events()[-1]
        assert failed["data"]["reason"].startswith("`templateParameters.leaf`: ")

    @pytest.mark.feature("L10")
    def test_no_log_has_the_reason_which_may_quote_values(
        self, creating: Creating, caplog: pytest.LogCaptureFixture
    ) -> None:
        creating.archives.reason = "There is no room for samovars."
        id = creating.created()
        assert done(creating) == ["Undone"]

        reason = creating.trail(id)[-1].stored_events()[-1]["data"]["reason"]
        lines = [str(vars(line)) for line in caplog.records]
        assert reason == "There is no room for samovars."
        assert any("failed for good" in line for line in lines)
        assert not any("samovar" in line for line in lines)

    def test_the_owner_may_try_again(self, creating: Creating) -> None:
        creating.archives.reason = "There is no room."
        id = creating.created()
        assert done(creating) == ["Undone"]

        creating.archives.reason = None
        assert creating.world.api.as_(ADA).post(f"/projects/{id}/provisioning", {}).status == 202
        assert done(creating) == ["Completed"]
        assert creating.state(id).provisioning.attempt == 2
        assert not any(creating.orphans().values())

    def test_a_late_word_of_the_first_attempt_changes_nothing_of_the_second(
        self, creating: Creating
    ) -> None:
        creating.archives.reason = "There is no room."
        id = creating.created()
        done(creating)
        first = key(creating, id)
        creating.archives.reason = None
        creating.world.api.as_(ADA).post(f"/projects/{id}/provisioning", {})
        done(creating)
        trail = creating.names(id)

        for task in (Task(first, UNDO, "REPOSITORY"), Task(first, ABANDON, "REPOSITORY")):
            creating.steps(task)
        with pytest.raises(StepFailed):
            creating.steps(Task(first, DO, "CONFIGURATION"))
        assert creating.names(id) == trail
        assert len(creating.made()) == 1


class TestBeginning:
    @pytest.mark.feature("S6")
    def test_a_start_that_is_delivered_five_times_begins_one_execution(
        self, creating: Creating
    ) -> None:
        id = creating.created()
        creating.deliver(times=5)

        assert list(creating.executions.waiting) == [key(creating, id).event_id]
        creating.run()
        trail = creating.names(id)
        creating.read.clear()
        creating.deliver()
        assert creating.executions.waiting == {}
        assert creating.names(id) == trail

    def test_an_event_of_an_attempt_that_is_over_begins_nothing(self, creating: Creating) -> None:
        creating.archives.reason = "There is no room."
        creating.created()
        done(creating)
        creating.executions.ended.clear()  # 90 days later the name is free again
        creating.read.clear()

        creating.deliver()
        assert creating.executions.waiting == {}

    def test_the_input_says_nothing_of_people(self, creating: Creating) -> None:
        creating.created()
        creating.deliver()

        (given,) = creating.executions.waiting.values()
        assert given.keys() == {"run"}
        assert given["run"].keys() == {"saga", "id", "attempt", "eventId", "sequence"}

    def test_a_message_without_an_event_is_reported(self, creating: Creating) -> None:
        creating.listener(message({"detail": {"aggregateId": 7}}))

        (failure,) = creating.failures.reported
        assert failure.what == "HintNotRead"


@pytest.mark.feature("L10", "S1")
class TestWhatAnExecutionKeeps:
    """Nobody can erase it, for 90 days."""

    def test_are_ids_and_codes_whatever_fails(self, creating: Creating) -> None:
        creating.archives.reason = "There is no room for Ada."
        id = creating.created()

        assert done(creating) == ["Undone"]
        began, failed = creating.executions.kept
        assert began.startswith(key(creating, id).event_id)
        assert failed == "StepFailed: step-failed"
        assert not any(CORRELATION in text for text in creating.executions.kept)
        reason = creating.trail(id)[-1].stored_events()[-1]["data"]["reason"]
        assert reason == "There is no room for Ada."

    @pytest.mark.parametrize(
        ("raised", "kept"),
        [
            (Unavailable("Ada was throttled"), (Unavailable, "unavailable")),
            (KeyError("Ada"), (Defect, "key-error")),
            (StepFailed("Ada has no room."), (StepFailed, "step-failed")),
        ],
        ids=["what may pass", "a defect", "a refusal"],
    )
    def test_of_an_error_is_its_class_and_a_code(
        self,
        creating: Creating,
        monkeypatch: pytest.MonkeyPatch,
        raised: Exception,
        kept: tuple[type[Exception], str],
    ) -> None:
        id = creating.created()
        run = key(creating, id)

        def broken(*_: object) -> Any:  # noqa: ANN401 - nothing
            raise raised

        monkeypatch.setattr(Runs, "opened", broken)
        with pytest.raises(Exception) as found:  # noqa: PT011 - compared below
            creating.steps(Task(run, DO, "TEMPLATE"))
        assert (found.type, str(found.value)) == kept
        streams = [one.key["aggregateId"] for one in reported(creating)]
        assert streams == [aggregate_id("PROJECT", id)] * (kept[0] is Defect)
        assert found.value.__suppress_context__

    def test_of_the_words_of_an_operator_is_nothing(self, creating: Creating) -> None:
        id = creating.created()
        run = key(creating, id)

        assert creating.beginnings.undo(run, "Ada asked for it.", creating.clock())
        assert creating.run() == ["Undone"]
        assert not any("Ada" in text for text in creating.executions.kept)
        reason = creating.trail(id)[-1].stored_events()[-1]["data"]["reason"]
        assert reason == "Ada asked for it."

    def test_a_reason_that_cannot_be_noted_lets_the_step_be_tried_again(
        self, creating: Creating, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        creating.archives.reason = "There is no room."
        id = creating.created()
        creating.deliver()
        note, busy = type(creating.table).note, [True]

        def throttled(*given: Any) -> None:  # noqa: ANN401 - passed on
            if busy and busy.pop():
                raise Unavailable("busy")
            note(*given)

        monkeypatch.setattr(type(creating.table), "note", throttled)
        assert creating.run() == ["Undone"]
        reason = creating.trail(id)[-1].stored_events()[-1]["data"]["reason"]
        assert reason == "There is no room."
        assert [text.partition(":")[0] for text in creating.executions.kept[1:]] == [
            "Unavailable",
            "StepFailed",
        ]

    def test_the_reason_of_an_ended_run_is_forgotten_with_it(self, creating: Creating) -> None:
        creating.archives.reason = "There is no room."
        id = creating.created()
        streams = [aggregate for aggregate, _ in creating.store.heads()]
        done(creating)
        creating.writer.write(c for stream in streams for c in creating.store.read(stream))
        run = key(creating, id)
        assert creating.table.noted(run) == Noted("REPOSITORY", "There is no room.")

        creating.clock.now += PATIENCE + timedelta(seconds=1)
        assert creating.sweep().ended == 1
        assert creating.table.noted(run) is None


class TestAnswers:
    pytestmark = pytest.mark.feature("S6")

    def test_an_analysis_that_has_ended_before_the_token_is_kept_lets_the_step_go_on(
        self, creating: Creating
    ) -> None:
        id = creating.created()
        creating.deliver()
        run = key(creating, id)
        creating.steps(Task(run, DO, "TEMPLATE"))
        creating.steps(Task(run, ASK, "ANALYSIS", "first"))
        (waiting,) = creating.table.waits()
        creating.complete(waiting.asked.partition("#")[2])
        creating.table.forget(waiting)

        creating.steps(Task(run, ASK, "ANALYSIS", "second"))
        assert creating.executions.answers == {"second": None}
        assert [*creating.table.waits()] == []

    def test_the_deadline_and_the_step_are_kept_with_the_token(self, creating: Creating) -> None:
        id = creating.created()
        creating.deliver()
        run = key(creating, id)
        creating.steps(Task(run, DO, "TEMPLATE"))
        creating.steps(Task(run, ASK, "ANALYSIS", "token"))

        (waiting,) = creating.table.waits()
        assert (waiting.step, waiting.token, waiting.run) == ("ANALYSIS", "token", run)
        assert "token" not in repr(waiting).replace("'token'", "")
        until = creating.clock() + timedelta(minutes=10)
        assert waiting.deadline.startswith(until.strftime("%Y-%m-%dT%H:%M"))

    def test_a_try_that_was_given_up_does_not_take_the_place_of_the_next(
        self, creating: Creating, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its function still runs: it keeps its token after the next try has kept its own."""
        id = creating.created()
        creating.deliver()
        run = key(creating, id)
        creating.steps(Task(run, DO, "TEMPLATE"))
        opened, slow = creating.runs.opened, [True]

        def slowly(*given: Any) -> Any:  # noqa: ANN401 - passed on
            if slow and slow.pop():
                creating.clock.now += timedelta(seconds=2)
                creating.steps(Task(run, ASK, "ANALYSIS", "second"))
                creating.clock.now += timedelta(seconds=2)
            return opened(*given)

        monkeypatch.setattr(type(creating.runs), "opened", lambda _, *given: slowly(*given))
        creating.steps(Task(run, ASK, "ANALYSIS", "first"))

        (waiting,) = creating.table.waits()
        assert waiting.token == "second"

    def test_an_analysis_that_a_person_asked_for_is_answered_to_nobody(
        self, creating: Creating
    ) -> None:
        id = creating.created()
        done(creating)
        answers = dict(creating.executions.answers)
        asked = {"projectId": id, "kind": "COST"}
        assert creating.world.api.as_(ADA).post("/analyses", asked).status == 202

        creating.deliver()
        assert creating.executions.answers == answers

    def test_somebody_elses_analysis_answers_nothing_and_is_left_alone(
        self, creating: Creating
    ) -> None:
        """Its id can be worked out from the project's, and be taken first."""
        id = creating.created()
        eve = creating.world.api.as_(EVE)
        hers = eve.post("/projects", {"name": "Hers"}).body["aggregateId"]
        taken = str(uuid.uuid5(uuid.UUID(key(creating, id).event_id), "analysis"))
        asked = {"aggregateId": taken, "data": {"projectId": hers, "kind": "COST"}}
        answer = eve.post("/commands/request-analysis", asked)
        assert answer.status == 202, answer.text
        creating.analyst = None

        assert done(creating) == ["Undone"]
        reason = creating.trail(id)[-1].stored_events()[-1]["data"]["reason"]
        assert reason == "The analysis does not exist."  # for the owner of this project
        assert len([*creating.store.read(aggregate_id("ANALYSIS", taken))]) == 1
        assert [*creating.table.waits()] == []

    def test_an_analysis_taken_by_the_ids_of_question_and_command_answers_nothing(
        self, creating: Creating
    ) -> None:
        """Both ids can be worked out: only the sender tells whose question it is."""
        id = creating.created()
        run = key(creating, id)
        eve = creating.world.api.as_(EVE)
        hers = eve.post("/projects", {"name": "Hers"}).body["aggregateId"]
        taken = str(uuid.uuid5(uuid.UUID(run.event_id), "analysis"))
        asked = {
            "aggregateId": taken,
            "commandId": command_id(run, "ask ANALYSIS"),
            "data": {"projectId": hers, "kind": "COST"},
        }
        answer = eve.post("/commands/request-analysis", asked)
        assert answer.status == 202, answer.text
        creating.table.wait(
            Waiting(aggregate_id("ANALYSIS", taken), run, "ANALYSIS", "2999", "token")
        )

        assert done(creating) == ["Undone"]
        assert creating.executions.answers == {}
        assert [*creating.table.waits()] == []

    def test_a_question_of_a_run_that_has_ended_is_not_asked(self, creating: Creating) -> None:
        creating.archives.reason = "There is no room."
        id = creating.created()
        done(creating)

        with pytest.raises(StepFailed):
            creating.steps(Task(key(creating, id), ASK, "ANALYSIS", "late"))
        assert [*creating.table.waits()] == []


class TestSweep:
    pytestmark = pytest.mark.feature("S6")

    def fed(self, creating: Creating) -> None:
        streams = [aggregate for aggregate, _ in creating.store.heads()]
        creating.writer.write(c for stream in streams for c in creating.store.read(stream))

    def test_a_start_that_was_lost_is_found(self, creating: Creating) -> None:
        id = creating.created()
        self.fed(creating)

        assert creating.sweep().begun == 0
        creating.clock.now += PATIENCE + timedelta(seconds=1)
        assert creating.sweep().begun == 1
        assert creating.run() == ["Completed"]
        assert creating.sweep().ended == 1
        assert [*creating.table.begun()] == []
        assert creating.state(id).provisioning.status == "COMPLETED"

    def test_a_run_whose_execution_has_ended_is_undone(self, creating: Creating) -> None:
        id = creating.created()
        self.fed(creating)
        creating.deliver()
        creating.steps(Task(key(creating, id), DO, "TEMPLATE"))
        ((name, _),) = creating.executions.waiting.items()
        del creating.executions.waiting[name]
        creating.executions.ended[name] = "ABORTED"

        creating.clock.now += PATIENCE + timedelta(seconds=1)
        assert creating.sweep().undone == 1
        assert creating.sweep().undone == 0  # one is enough
        assert creating.run() == ["Undone"]
        assert creating.state(id).provisioning.status == "FAILED"
        failed = creating.trail(id)[-1].stored_events()[-1]
        assert failed["data"]["reason"] == "The work on it came to an end before it was done."

    def test_a_run_whose_step_has_failed_is_undone_for_that_reason(
        self, creating: Creating
    ) -> None:
        """Its execution noted the failure, and could not abandon the attempt."""
        creating.archives.reason = "There is no room."

        def unable(task: Task, work: Callable[[], None]) -> None:
            if task.task == ABANDON:
                raise Unavailable("throttled")
            work()

        creating.fault = unable
        id = creating.created()
        creating.deliver()
        self.fed(creating)
        assert creating.run() == ["Not undone"]

        creating.fault = lambda _, work: work()
        creating.clock.now += PATIENCE + timedelta(seconds=1)
        assert creating.sweep().undone == 1
        assert creating.run() == ["Undone"]
        assert self.failure(creating, id) == ("There is no room.", "REPOSITORY")

    def test_what_an_operator_undoes_is_not_undone_a_second_time(self, creating: Creating) -> None:
        id = creating.created()
        self.fed(creating)
        run = key(creating, id)
        creating.executions.ended[run.event_id] = "ABORTED"
        creating.clock.now += PATIENCE + timedelta(seconds=1)

        assert creating.beginnings.undo(run, "It is late.", creating.clock(), by_hand=True)
        assert creating.sweep().undone == 0
        creating.clock.now += timedelta(hours=1)
        assert creating.sweep().undone == 0
        assert creating.table.noted(run) == Noted(None, "It is late.")

    def test_an_operator_may_undo_again_what_could_not_be_undone(self, creating: Creating) -> None:
        run = key(creating, creating.created())
        for number in (1, 2, 3):
            assert creating.beginnings.undo(run, "Late.", creating.clock(), by_hand=True)
            ((name, _),) = creating.executions.waiting.items()
            assert name.endswith(f"-{number}")
            del creating.executions.waiting[name]
            creating.executions.ended[name] = "FAILED"

    def test_what_begins_nothing_notes_nothing(self, creating: Creating) -> None:
        run, now = key(creating, creating.created()), creating.clock()
        creating.executions.ended[undoing_name(run, now)] = "FAILED"

        assert not creating.beginnings.undo(run, LOST, now)
        assert creating.table.noted(run) is None

    def failure(self, creating: Creating, id: str) -> tuple[str, str | None]:
        """Return why the attempt has failed, and at which step."""
        failed = creating.trail(id)[-1].stored_events()[-1]
        assert failed["eventType"] == "ProvisioningFailed"
        return failed["data"]["reason"], failed["data"].get("step")

    def test_an_answer_that_was_lost_is_found(self, creating: Creating) -> None:
        id = creating.created()
        creating.deliver()
        run = key(creating, id)
        creating.steps(Task(run, DO, "TEMPLATE"))
        creating.steps(Task(run, ASK, "ANALYSIS", "token"))
        assert creating.sweep().answered == 0
        (waiting,) = creating.table.waits()
        creating.complete(waiting.asked.partition("#")[2])

        assert creating.sweep().answered == 1
        assert creating.executions.answers == {"token": None}
        assert creating.sweep().answered == 0

    def test_a_step_of_a_run_that_has_ended_waits_no_more(self, creating: Creating) -> None:
        id = creating.created()
        assert done(creating) == ["Completed"]
        run = key(creating, id)
        asked = aggregate_id("ANALYSIS", str(uuid.uuid4()))
        creating.table.wait(Waiting(asked, run, "ANALYSIS", "2026", "token"))

        creating.sweep()
        assert [*creating.table.waits()] == []

    def test_a_run_that_goes_on_is_left_alone(self, creating: Creating) -> None:
        creating.created()
        self.fed(creating)
        creating.deliver()

        creating.clock.now += PATIENCE + timedelta(seconds=1)
        swept = creating.sweep()
        assert (swept.begun, swept.undone, swept.ended) == (0, 0, 0)

    def test_the_clock_sweeps_by_a_message(self, creating: Creating) -> None:
        creating.created()
        self.fed(creating)
        creating.clock.now += PATIENCE + timedelta(seconds=1)

        creating.listener(message({"source": "aws.events", "detail": {}}))
        creating.listener(message({"source": "aws.events", "detail": {}}))
        assert len(creating.executions.waiting) == 1

    def test_a_run_that_cannot_be_read_holds_no_other_up_and_is_reported(
        self, creating: Creating
    ) -> None:
        id = creating.created()
        unknown = replace(key(creating, id), saga="of-another-release", event_id=str(uuid.uuid4()))
        creating.table.add(BegunRun(unknown, "2026"))
        asked = aggregate_id("ANALYSIS", str(uuid.uuid4()))
        creating.table.wait(Waiting(asked, unknown, "ANALYSIS", "2026", "token"))
        self.fed(creating)
        creating.clock.now += PATIENCE + timedelta(seconds=1)

        creating.listener(message({"source": "aws.events", "detail": {}}))
        assert len(creating.executions.waiting) == 1
        assert {one.what for one in creating.failures.reported} == {"RunNotSwept"}
        found = [(one.key["aggregateId"], one.key["eventSequence"]) for one in reported(creating)]
        assert found == [(id, unknown.sequence)] * 2

    def test_a_run_that_cannot_be_read_is_reported_and_logged_by_its_event(
        self, creating: Creating, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        run = key(creating, creating.created())
        creating.table.add(BegunRun(run, "2026"))

        def broken(*_: object) -> None:
            raise KeyError("attempt")

        monkeypatch.setattr(Runs, "progress", broken)
        creating.listener(message({"source": "aws.events", "detail": {}}))

        stream = aggregate_id("PROJECT", run.id)
        (failure,) = reported(creating)
        assert (failure.where, failure.key["aggregateId"]) == ("sagas", stream)
        assert failure.key["eventSequence"] == run.sequence
        (line,) = (one for one in caplog.records if one.message == "not swept")
        assert (vars(line)["aggregate_id"], vars(line)["sequence"]) == (stream, run.sequence)

    def test_an_entry_of_the_feed_that_cannot_be_read_is_passed_by(
        self, creating: Creating, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        creating.created()
        self.fed(creating)

        def unreadable(_: object, commit: Commit) -> Iterator[RunKey]:
            raise UnreadableEvent(commit.aggregate_id)

        monkeypatch.setattr(Runs, "begun", unreadable)
        assert [type(one.error) for one in creating.sweep().failures] == [UnreadableEvent]
        assert creating.sweep().failures == ()

    def test_a_sweep_without_time_goes_on_the_next_time_where_it_stopped(
        self, creating: Creating
    ) -> None:
        """Each looks at one entry of the feed and at one run, and none is left out for ever."""
        ids = [creating.created() for _ in range(3)]
        self.fed(creating)
        creating.clock.now += PATIENCE + timedelta(seconds=1)

        swept = [creating.sweep(lambda: RESERVE - 1) for _ in range(8)]
        assert all(one.stopped for one in swept)
        assert max(one.found for one in swept) == max(one.begun for one in swept) == 1
        assert {*creating.executions.waiting} == {key(creating, id).event_id for id in ids}

    def test_a_sweep_stops_in_time_and_notes_its_place(self, creating: Creating) -> None:
        creating.created()
        creating.created()
        self.fed(creating)
        creating.sweep()
        creating.clock.now += PATIENCE + timedelta(seconds=1)

        # There is time for the feed, and for one of the two runs.
        assert creating.sweep(ending(20.0, 4.0)).begun == 1
        first = {*creating.executions.waiting}
        assert creating.table.place().after == f"work {min(first)}"
        swept = creating.sweep()
        assert (swept.begun, swept.stopped) == (1, False)
        assert creating.table.place().after == ""

    def test_a_sweep_takes_half_of_its_time_for_the_feed(self, creating: Creating) -> None:
        """A long feed does not keep known runs waiting."""
        for _ in range(3):
            creating.created()
        self.fed(creating)

        # 20 seconds; half of what it may use of them has passed after the third entry, a project.
        assert creating.sweep(ending(20.0, 19.0, 19.0, 12.0)).found == 2
        assert creating.sweep().found == 1

    def test_a_sweep_by_the_clock_ends_before_its_function_does(self, creating: Creating) -> None:
        creating.created()
        creating.created()
        self.fed(creating)
        creating.clock.now += PATIENCE + timedelta(seconds=1)
        body = json.dumps({"source": "aws.events", "detail": {}})
        event = {"Records": [{**message({}).raw_event, "body": body}]}
        context = SimpleNamespace(get_remaining_time_in_millis=lambda: 1000)

        for begun in (1, 2):
            each_message(event, creating.listener, cast(Any, context))
            each_message(event, creating.listener, cast(Any, context))
            assert len(creating.executions.waiting) == begun

    def test_a_sweep_that_fails_is_reported_and_delivered_again(
        self, creating: Creating, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(_: object) -> int:
            raise KeyError("page")

        monkeypatch.setattr(type(creating.table), "place", broken)
        with pytest.raises(KeyError):
            creating.listener(message({"source": "aws.events", "detail": {}}))
        assert [one.what for one in creating.failures.reported] == ["SweepFailed"]

    def test_a_sweep_for_which_a_service_is_down_is_delivered_again(
        self, creating: Creating, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def down(_: object) -> int:
            raise Unavailable("throttled")

        monkeypatch.setattr(type(creating.table), "place", down)
        with pytest.raises(Unavailable):
            creating.listener(message({"source": "aws.events", "detail": {}}))
        assert creating.failures.reported == []


@pytest.mark.feature("S6")
class TestWhilePaused:
    @pytest.fixture
    def creating(self) -> Creating:
        """A run that waits for the analyst, when an operator pauses sagas."""
        creating = Creating()
        creating.created()
        return creating

    def test_a_step_that_waits_is_answered_and_its_run_goes_on(self, creating: Creating) -> None:
        (id,) = creating.projects()
        creating.deliver()
        creating.pause()

        assert creating.run() == ["Completed"]
        assert creating.state(id).provisioning.status == "COMPLETED"

    def test_a_lost_answer_is_found_by_the_sweep(self, creating: Creating) -> None:
        (id,) = creating.projects()
        creating.deliver()
        run = key(creating, id)
        creating.steps(Task(run, DO, "TEMPLATE"))
        creating.steps(Task(run, ASK, "ANALYSIS", "token"))
        (waiting,) = creating.table.waits()
        creating.complete(waiting.asked.partition("#")[2])
        creating.pause()

        assert creating.sweep().answered == 1
        assert creating.executions.answers == {"token": None}

    def test_no_run_begins_until_it_is_over(self, creating: Creating) -> None:
        creating.pause()
        creating.deliver()
        self.fed(creating)
        creating.clock.now += PATIENCE + timedelta(seconds=1)
        assert (creating.sweep().begun, creating.executions.waiting) == (0, {})

        creating.pause(False)
        assert creating.sweep().begun == 1
        assert creating.run() == ["Completed"]

    def test_a_run_whose_execution_was_lost_is_left_as_it_is(self, creating: Creating) -> None:
        (id,) = creating.projects()
        creating.deliver()
        self.fed(creating)
        (name,) = creating.executions.waiting
        del creating.executions.waiting[name]
        creating.executions.ended[name] = "ABORTED"
        creating.pause()

        creating.clock.now += PATIENCE + timedelta(seconds=1)
        assert (creating.sweep().undone, creating.executions.waiting) == (0, {})
        assert creating.state(id).provisioning.status == "RUNNING"

    def fed(self, creating: Creating) -> None:
        streams = [aggregate for aggregate, _ in creating.store.heads()]
        creating.writer.write(c for stream in streams for c in creating.store.read(stream))


@pytest.mark.parametrize(
    ("reason", "recorded"),
    [
        ("", "A step could not be carried out."),
        (" \u200b\n", "A step could not be carried out."),
        ("One\0two\u202eeno", "One two\ufffdeno"),
        ("half a \ud83e", "half a ?"),
        (" long" * 1000, ("long " * 200).strip()),
    ],
)
def test_an_attempt_is_abandoned_whatever_the_reason_is(
    creating: Creating, reason: str, recorded: str
) -> None:
    """A reason that no command takes must not keep the attempt from being undone."""
    id = creating.created()
    run = key(creating, id)

    creating.table.note(run, None, sentence(reason))
    creating.steps(Task(run, ABANDON, failure=FAILURE))
    assert creating.trail(id)[-1].stored_events()[-1]["data"]["reason"] == recorded


def test_an_archive_of_a_completed_run_is_kept_when_its_last_word_was_lost(
    creating: Creating,
) -> None:
    """The last step is recorded, and all its tries look as if they had failed."""
    id = creating.created()
    creating.deliver()

    def lost(task: Task, work: Any) -> None:  # noqa: ANN401 - a function
        work()
        if (task.task, task.step) == (DO, "COMPLETION"):
            raise StepFailed("Nobody heard it.")

    creating.fault = lost
    assert creating.run() == ["Undone"]
    assert creating.state(id).provisioning.status == "COMPLETED"
    assert len(creating.made()) == 1


def test_a_run_of_nobody_is_not_for_people(creating: Creating) -> None:
    id = creating.created()
    path = f"/projects/{id}/provisioning/template"
    body = {"attempt": 1, "templateId": "tea"}

    assert creating.world.api.as_(ADA).call("POST", path, body, {}).status == 403
    assert creating.world.api.as_(ADMIN).call("POST", path, body, {}).status == 202


@pytest.mark.feature("S7", "O3")
def test_the_average_of_a_metric_is_the_rate_of_completion(creating: Creating) -> None:
    for reason in (None, "There is no room.", None):
        creating.archives.reason = reason
        creating.created()
        done(creating)

    assert [dict(one.values) for one in creating.measured] == [
        {SAGA_COMPLETION: completed} for completed in (1, 0, 1)
    ]
    assert {one.dimensions["Saga"] for one in creating.measured} == {"project-creation"}
