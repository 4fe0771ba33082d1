"""Questions about projects are answered by the analyst, once each, or fail with a reason."""

import json
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from application.ports import Unavailable, utc_now
from application.sagas.runs import Runs
from application.writing.requests import CommandMetadata, Request
from domain.analysis.answering import answered_by
from domain.analysis.commands import AnalysisKind, MonthlyCost, Report
from domain.analysis.events import AnalysisCancelled, AnalysisCompleted, AnalysisFailed
from domain.analysis.models import ModelAnalyst
from domain.analysis.rules import RuleAnalyst
from domain.contents import contents
from domain.ports import Analyst, Subject, SubjectService, SubjectTemplate, UnusableReport
from domain.project.events import Configuration
from domain.project.values import ServiceType
from edge.commands.api import Commands, CommandStore
from edge.deliveries.batches import each_message
from edge.deliveries.reactions import TRIES, Reactor
from kernel.actor import Actor
from kernel.personal import ForgetSubject
from tests.support.api import ADA, ADMIN
from tests.support.fakes import Failures
from tests.support.hints import message
from tests.support.template import written
from tests.support.world import CURRENT, World

pytestmark = pytest.mark.feature("I8", "S4")
SERVICES: list[dict[str, Any]] = [
    {"serviceName": "orders", "serviceType": "API", "configuration": {"auth": True}},
    {"serviceName": "Mails", "serviceType": "WORKER"},
]
TEMPLATE = {
    "slug": "shop",
    "name": "Shop",
    "files": [{"path": "README.md", "content": "# <%= name %>"}],
    "services": SERVICES,
    "settings": {"runtime": "nodejs22", "features": ["cache"], "environment": {"A": "1", "B": "2"}},
}


@dataclass
class Remembering:
    """An analyst that remembers whom it was asked about, and may fail."""

    name: str = "test-1"
    asked: list[Subject] = field(default_factory=list)
    error: Exception | None = None
    during: Any = None

    def analyse(self, subject: Subject) -> Report:
        self.asked.append(subject)
        if self.during is not None:
            self.during()
        if self.error is not None:
            raise self.error
        return Report(summary="It pours.", monthly_cost=MonthlyCost(total=3), not_judged=("Taste",))


@dataclass
class Office:
    """A project of Ada's, a question about it, and the analyst."""

    analyst: Analyst = field(default_factory=Remembering)
    project: dict[str, Any] = field(default_factory=lambda: {"name": "Shop"})
    templates: tuple[dict[str, Any], ...] = ()
    failures: Failures = field(default_factory=Failures)
    receives: int = 1

    def __post_init__(self) -> None:
        self.world = World()
        for draft in self.templates:
            drafted = self.world.api.as_(ADMIN).post("/templates", draft).body["aggregateId"]
            assert self.world.api.as_(ADMIN).post(f"/templates/{drafted}/publish", {}).status == 202
        self.shop = self.sent("/projects", self.project)["aggregateId"]

    def sent(self, path: str, data: dict[str, Any] | None = None, who: Any = ADA) -> Any:  # noqa: ANN401 - JSON
        answer = self.world.api.as_(who).post(path, data or {})
        assert answer.status == 202, answer.text
        return answer.body

    def ask(self, kind: str = "ARCHITECTURE", **more: str) -> str:
        asked = self.sent("/analyses", {"projectId": self.shop, "kind": kind, **more})
        return str(asked["aggregateId"])

    def react(self, analysis: str, receives: int = 1) -> list[str]:
        known = replace(contents, reactions=(answered_by(self.analyst),))
        store = cast(CommandStore, CURRENT)
        commands = Commands.over(known, store, utc_now, CURRENT.warm, lambda _: None)
        reactor = Reactor(commands, store, Runs(known, store), self.failures)
        told = message(f"ANALYSIS#{analysis}", receives=receives)
        answer = each_message({"Records": [told]}, reactor)
        return [str(failed["itemIdentifier"]) for failed in answer["batchItemFailures"]]

    def commits(self, analysis: str) -> list[Any]:
        return list(self.world.store.read(contents.aggregate["ANALYSIS"].id(analysis)))

    def answers(self, analysis: str) -> list[Any]:
        kinds = contents.events["ANALYSIS"]
        return [one.event for c in self.commits(analysis)[1:] for one in c.recorded(kinds)]


def remembering(office: Office) -> Remembering:
    assert isinstance(office.analyst, Remembering)
    return office.analyst


class TestAQuestion:
    def test_is_answered_by_the_machine_analyst_for_the_same_story(self) -> None:
        office = Office()
        asked = office.ask()

        assert office.react(asked) == []
        (completed,) = office.answers(asked)
        question, answer = office.commits(asked)
        assert isinstance(completed, AnalysisCompleted)
        assert (completed.summary, completed.analyst) == ("It pours.", "test-1")
        assert completed.monthly_cost is not None
        assert completed.not_judged == ("Taste",)
        assert answer.actor == "machine:analyst::analyst"
        assert answer.on_behalf_of is None
        assert answer.correlation_id == question.correlation_id

    def test_is_answered_by_rules_where_nothing_else_is_wired(self) -> None:
        (reaction,) = contents.reactions
        office = Office(
            RuleAnalyst(),
            {"name": "Shop", "services": [{"serviceName": "orders", "serviceType": "API"}]},
        )
        asked = office.ask()
        office.react(asked)

        (completed,) = office.answers(asked)
        assert completed.analyst == "rules-1"
        assert "Anybody may call the API" in [finding.title for finding in completed.findings]
        assert reaction.machine == "analyst"

    def test_is_answered_once_however_often_it_is_delivered(self) -> None:
        office = Office()
        asked = office.ask()

        assert [office.react(asked), office.react(asked), office.react(asked, 9)] == [[], [], []]
        assert len(office.answers(asked)) == 1
        assert len(remembering(office).asked) == 1

    def test_that_was_cancelled_is_not_answered(self) -> None:
        office = Office()
        asked = office.ask()
        office.sent(f"/analyses/{asked}/cancel")

        assert office.react(asked) == []
        assert office.answers(asked) == [AnalysisCancelled()]
        assert remembering(office).asked == []

    def test_that_is_cancelled_while_the_analyst_thinks_stays_so(self) -> None:
        office = Office()
        asked = office.ask()
        remembering(office).during = lambda: office.sent(f"/analyses/{asked}/cancel")

        assert office.react(asked) == []
        assert office.answers(asked) == [AnalysisCancelled()]
        assert office.failures.reported == []

    def test_about_a_project_that_was_deleted_fails_with_that_reason(self) -> None:
        office = Office()
        asked = office.ask()
        answer = office.world.api.as_(ADA).call("DELETE", f"/projects/{office.shop}", None, {})
        assert answer.status == 202

        assert office.react(asked) == []
        assert office.answers(asked) == [AnalysisFailed(reason="The project was deleted.")]
        assert remembering(office).asked == []

    def test_about_a_project_that_is_archived_is_answered(self) -> None:
        office = Office()
        asked = office.ask()
        office.sent(f"/projects/{office.shop}/archive")
        office.react(asked)

        assert isinstance(office.answers(asked)[0], AnalysisCompleted)


@pytest.mark.feature("L10")
def test_a_question_of_somebody_who_was_forgotten_meanwhile_is_answered_all_the_same() -> None:
    """Nothing in it is personal, and whoever waits for it waits no longer."""
    office = Office()
    asked = office.ask()
    store, kind = cast(CommandStore, CURRENT), contents.aggregate["ANALYSIS"]
    executor = Commands.over(contents, store, utc_now, CURRENT.warm, lambda _: None).executors
    forget = ForgetSubject(subject=ADA.sub)
    metadata = CommandMetadata("forget", Actor("operator::operator", may_command_all=True), "c1")
    executor["ANALYSIS"].execute(Request(kind.id(asked), forget, metadata))

    assert office.react(asked) == []
    assert isinstance(office.answers(asked)[-1], AnalysisCompleted)


def test_the_rule_lets_through_what_is_answered_and_no_replay_of_it() -> None:
    """The exact source: a rebuild publishes events anew, and they have had their effect."""
    pattern = written()["ReactionRule"]["Properties"]["EventPattern"]

    assert pattern == {
        "source": ["skafu.analysis"],
        "detail-type": ["AnalysisRequested"],
        "replay-name": [{"exists": False}],
    }


class TestAnAnalystThatFails:
    def test_is_asked_again_and_then_given_up(self) -> None:
        office = Office(Remembering(error=Unavailable("busy")))
        asked = office.ask()

        assert [office.react(asked, n) for n in range(1, TRIES)] == [["m0"]] * (TRIES - 1)
        assert office.answers(asked) == []
        assert office.react(asked, TRIES) == []
        assert office.answers(asked) == [AnalysisFailed(reason="The analyst did not answer.")]
        assert len(remembering(office).asked) == TRIES

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            ("I shall not.", "The analyst's answer is not a report."),
            (json.dumps({"score": 9}), "The analyst's answer is not a report."),
            (json.dumps({"summary": "x" * 2**20}), "The analyst's answer has more than 48 KB."),
            (None, "The analyst's answer is not a text."),
        ],
        ids=["prose", "another schema", "a megabyte", "nothing"],
    )
    def test_by_an_answer_that_is_no_report_says_so(self, answer: object, reason: str) -> None:
        office = Office(ModelAnalyst(Says(answer)))
        asked = office.ask()

        assert office.react(asked) == ["m0"]
        assert office.react(asked, TRIES) == []
        assert office.answers(asked) == [AnalysisFailed(reason=reason)]

    @pytest.mark.parametrize(
        ("said", "reason"),
        [
            ("", "The analyst did not answer."),
            (" \u200b\n", "The analyst did not answer."),
            ("One\0two\u202eeno", "One two\ufffdeno"),
            ("half a \ud83e", "half a ?"),
            (" long" * 1000, ("long " * 200).strip()),
        ],
        ids=["nothing", "nothing to see", "misleading", "half a character", "too long"],
    )
    def test_is_given_up_whatever_it_says_of_that(self, said: str, reason: str) -> None:
        """A reason that the command refuses would leave the question open for ever."""
        office = Office(Remembering(error=UnusableReport(said)))
        asked = office.ask()

        assert office.react(asked, TRIES) == []
        assert office.answers(asked) == [AnalysisFailed(reason=reason)]

    def test_by_a_report_that_fits_into_no_event_is_given_up(self) -> None:
        office = Office(
            ModelAnalyst(
                Says(
                    json.dumps(
                        {
                            "summary": "x",
                            "findings": [
                                {"severity": "INFO", "title": "x", "detail": "\x01" * 3900}
                                for _ in range(2)
                            ],
                        }
                    )
                )
            )
        )
        asked = office.ask()
        office.react(asked, TRIES)

        assert len(office.answers(asked)) == 1


@dataclass(frozen=True)
class Says:
    answer: object
    name: str = "a-model-1"

    def ask(self, _: Subject) -> object:
        return self.answer


class TestWhatTheAnalystIsTold:
    def told(self, office: Office, kind: str = "COST", **more: str) -> Subject:
        office.react(office.ask(kind, **more))
        return remembering(office).asked[-1]

    def test_is_the_project_as_it_is_now(self) -> None:
        configuration = {"runtime": "python3.13", "region": "eu-west-1", "features": ["auth"]}
        office = Office(
            project={
                "name": "Shop",
                "description": "Sells tea.",
                "configuration": configuration,
                "services": [
                    {"serviceName": "orders", "serviceType": "API"},
                    {"serviceName": "mails", "serviceType": "WORKER"},
                ],
            }
        )
        mails = self.services(office)["mails"]
        path = f"/projects/{office.shop}/services/{mails}"
        for method, where, data in (
            ("PATCH", f"/projects/{office.shop}", {"name": "Tea", "description": None}),
            ("PATCH", path, {"serviceName": "letters", "configuration": {"memory": 256}}),
            ("PUT", f"/projects/{office.shop}/configuration", configuration | {"features": []}),
        ):
            answer = office.world.api.as_(ADA).call(method, where, data, {})
            assert answer.status == 202, answer.text

        subject = self.told(office, question="How much?")
        assert (subject.kind, subject.question) == (AnalysisKind.COST, "How much?")
        assert (subject.name, subject.description) == ("Tea", None)
        assert subject.configuration is not None
        assert subject.configuration.features == ()
        assert subject.services == (
            SubjectService("orders", ServiceType.API),
            SubjectService("letters", ServiceType.WORKER, {"memory": 256}),
        )
        assert (subject.template, subject.parameters) == (None, {})

    def services(self, office: Office) -> dict[str, str]:
        commits = office.world.store.read(contents.aggregate["PROJECT"].id(office.shop))
        stored = [event["data"] for commit in commits for event in commit.stored_events()]
        return {data["serviceName"]: data["serviceId"] for data in stored if "serviceId" in data}

    def test_a_service_that_was_removed_is_not_part_of_it(self) -> None:
        office = Office(
            project={"name": "Shop", "services": [{"serviceName": "a", "serviceType": "API"}]}
        )
        path = f"/projects/{office.shop}/services/{self.services(office)['a']}"
        office.world.api.as_(ADA).call("DELETE", path, None, {})

        assert self.told(office).services == ()

    def test_what_the_template_will_add_is_part_of_it(self) -> None:
        project = {
            "name": "Tea",
            "templateId": "shop",
            "services": [{"serviceName": "mails", "serviceType": "API"}],
        }
        office = Office(project=project, templates=(TEMPLATE,))
        step = {"attempt": 1, "templateId": "shop"}
        office.sent(f"/projects/{office.shop}/provisioning/template", step, ADMIN)

        subject = self.told(office)
        assert subject.template == SubjectTemplate("shop", "Shop", 1)
        assert subject.services == (
            SubjectService("mails", ServiceType.API),
            SubjectService("orders", ServiceType.API, {"auth": True}),
        )
        assert subject.configuration is not None
        assert subject.configuration.runtime == "nodejs22"
        assert subject.configuration.features == ("cache",)

    def test_what_the_project_says_itself_takes_precedence(self) -> None:
        configuration = {
            "runtime": "python3.13",
            "region": "eu-west-1",
            "features": ["auth"],
            "environment": {"A": "own"},
        }
        project = {"name": "Tea", "templateId": "shop", "configuration": configuration}
        office = Office(project=project, templates=(TEMPLATE,))
        step = {"attempt": 1, "templateId": "shop"}
        office.sent(f"/projects/{office.shop}/provisioning/template", step, ADMIN)

        found = self.told(office).configuration
        assert found is not None
        assert (found.runtime, found.region) == ("python3.13", "eu-west-1")
        assert found.features == ("auth", "cache")
        assert found.environment == {"A": "own", "B": "2"}

    def test_what_its_owner_has_changed_since_it_was_provisioned_stays_so(self) -> None:
        """No attempt follows, so its template adds nothing any more."""
        office = Office(project={"name": "Tea", "templateId": "shop"}, templates=(TEMPLATE,))
        provisioned(office)
        orders, mails = (self.services(office)[name] for name in ("orders", "Mails"))
        api, shop = office.world.api.as_(ADA), f"/projects/{office.shop}"
        plain = {"runtime": "python3.13", "region": "eu-west-1"}
        for method, path, data in (
            ("PATCH", f"{shop}/services/{orders}", {"serviceName": "sales"}),
            ("DELETE", f"{shop}/services/{mails}", None),
            ("PUT", f"{shop}/configuration", plain),
        ):
            assert api.call(method, path, data, {}).status == 202

        subject = self.told(office)

        assert [service.name for service in subject.services] == ["sales"]
        assert subject.configuration == Configuration(**plain)
        assert subject.template == SubjectTemplate("shop", "Shop", 1)


def provisioned(office: Office) -> None:
    """Provision the project of the office, as the saga does."""
    named = ("serviceName", "serviceType")
    services = [{name: service[name] for name in named} for service in SERVICES]
    configuration = {"runtime": "nodejs22", "region": "eu-west-1", "features": ["cache"]}
    for step, data in (
        ("template", {"templateId": "shop"}),
        ("analysis", {"analysisId": "0198f2a0-0000-7000-8000-00000000000a"}),
        ("repository", {"provider": "ARCHIVE", "url": "s3://archives/shop.zip"}),
        ("configuration", {"configuration": configuration, "services": services}),
        ("complete", {}),
    ):
        path = f"/projects/{office.shop}/provisioning/{step}"
        office.sent(path, {"attempt": 1, **data}, ADMIN)
