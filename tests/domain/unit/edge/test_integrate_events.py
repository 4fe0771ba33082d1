"""Events of other domains become commands, once each, or wait to be tried again."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from application.commit import Commit
from application.failures import Failure
from application.ports import Unavailable
from domain.contents import contents
from domain.project.aggregate import project
from domain.project.events import DeploymentCompleted, DeploymentFailed
from edge.commands import api as command_api
from edge.commands.api import Commands
from edge.deliveries.batches import each_message
from edge.deliveries.integration import Consumer
from kernel.messages import AggregateId
from tests.support.api import ADA, Api
from tests.support.fakes import Clock, DoubtfulStore, Failures
from tests.support.sealers import KeyOffice
from tests.support.template import written

pytestmark = pytest.mark.feature("C24", "I2")

SITE = "https://shop.example"
Json = dict[str, Any]
SUCCESS = {"id": 71, "state": "success"}


@dataclass
class Shop:
    """Ada's project, and a deployment of it that runs."""

    store: MemoryEventStore = field(default_factory=MemoryEventStore)
    failures: Failures = field(default_factory=Failures)
    office: KeyOffice = field(default_factory=KeyOffice)

    def __post_init__(self) -> None:
        self.api = Api(command_api.build(self.commands()), ADA)
        self.project = self.api.post("/projects", {"name": "Shop"}).body["aggregateId"]
        path = f"/projects/{self.project}/deployments"
        assert self.api.post(path, {"environment": "live"}).status == 202
        self.deployment = self.events()[-1].deployment_id

    def commands(self) -> Commands:
        sealer = self.office.sealer()
        return Commands.over(
            contents, self.store, Clock(datetime.now(UTC)), {}, lambda _: None, sealer=sealer
        )

    def commits(self) -> list[Commit]:
        return list(self.store.read(AggregateId(f"PROJECT#{self.project}")))

    def events(self) -> list[Any]:
        return [r.event for commit in self.commits() for r in commit.recorded(project.events)]

    def status(self, state: str, **said: object) -> Json:
        """Return GitHub's words for the deployment."""
        ours = {"projectId": self.project, "deploymentId": self.deployment}
        return github({"skafu": ours}, {"id": 71, "state": state, **said})

    def integrate(
        self, *events: object, commands: Commands | None = None, receives: int = 1
    ) -> list[str]:
        """The messages that are to be delivered again: `m0` is the first."""
        records = [message(event, f"m{n}", receives) for n, event in enumerate(events)]
        consumer = Consumer(commands or self.commands(), self.failures)
        answer = each_message({"Records": records}, consumer)
        return [str(failed["itemIdentifier"]) for failed in answer["batchItemFailures"]]


def github(payload: object, status: Json) -> Json:
    """Return the event as AWS's webhook for GitHub puts it on a bus; GitHub's has much more."""
    return {
        "version": "0",
        "id": "7c0ffee0-0000-4000-8000-000000000001",
        "source": "github.com",
        "detail-type": "deployment_status",
        "detail": {
            "action": "created",
            "deployment": {"id": 7, "sha": "5c1a9b2", "payload": payload},
            "deployment_status": status,
            "repository": {"full_name": "ada/shop"},
        },
    }


def message(event: object, message_id: str, receives: int) -> Json:
    body = event if isinstance(event, str) else json.dumps(event)
    attributes = {"ApproximateReceiveCount": str(receives), "SentTimestamp": "1767355200000"}
    return {"messageId": message_id, "body": body, "attributes": attributes}


@pytest.fixture
def shop() -> Shop:
    return Shop()


def reported(shop: Shop) -> list[tuple[str, str]]:
    return [(failure.what, str(failure.key["messageId"])) for failure in shop.failures.reported]


class TestADeploymentThatHasEnded:
    def test_with_success_is_completed_with_its_address(self, shop: Shop) -> None:
        assert shop.integrate(shop.status("success", environment_url=SITE)) == []
        assert shop.events()[-1] == DeploymentCompleted(
            deployment_id=shop.deployment, environment="live", url=SITE
        )

    @pytest.mark.parametrize("address", ["", None, "http://plain.example", "https://a b"])
    def test_is_completed_whatever_its_address_is(self, shop: Shop, address: str | None) -> None:
        shop.integrate(shop.status("success", environment_url=address))

        assert isinstance(shop.events()[-1], DeploymentCompleted)
        assert shop.events()[-1].url is None

    @pytest.mark.parametrize("state", ["failure", "error"])
    def test_without_success_has_failed_with_what_github_said(self, shop: Shop, state: str) -> None:
        shop.integrate(shop.status(state, description=" no space left "))

        assert isinstance(shop.events()[-1], DeploymentFailed)
        assert shop.events()[-1].reason == f"GitHub: {state}: no space left"

    @pytest.mark.parametrize(
        ("said", "kept"),
        [
            ("x" * 5000, "x" * 983),
            ("a\0b", "a\ufffdb"),
            ("\x9b2J\u202eb", "\ufffd2J\ufffdb"),
            ("\ud800b", "?b"),
        ],
        ids=["long", "NUL", "misleading", "half a character"],
    )
    def test_has_failed_whatever_github_said(self, shop: Shop, said: str, kept: str) -> None:
        assert shop.integrate(shop.status("failure", description=said)) == []

        assert shop.failures.reported == []
        assert shop.events()[-1].reason == f"GitHub: failure: {kept}"

    def test_is_recorded_for_its_owner_by_the_domain_that_told_of_it(self, shop: Shop) -> None:
        shop.integrate(shop.status("success"))
        commit = shop.commits()[-1]

        assert commit.actor == "machine:event:github.com::github.com"
        assert commit.on_behalf_of == f"{ADA.sub}::{ADA.username}"
        assert commit.command_id == "github.com:deployment_status:71"
        assert commit.correlation_id == "7c0ffee0-0000-4000-8000-000000000001"

    def test_is_recorded_once_however_often_that_is_told(self, shop: Shop) -> None:
        told = shop.status("success")
        shop.integrate(told, told)
        shop.integrate(told | {"id": "7c0ffee0-0000-4000-8000-000000000002"})

        assert [type(event).__name__ for event in shop.events()].count("DeploymentCompleted") == 1
        assert shop.failures.reported == []

    def test_may_have_its_payload_as_json_in_a_string(self, shop: Shop) -> None:
        told = shop.status("success")
        deployment = told["detail"]["deployment"]
        deployment["payload"] = json.dumps(deployment["payload"])

        assert shop.integrate(told) == []
        assert isinstance(shop.events()[-1], DeploymentCompleted)

    @pytest.mark.parametrize(("first", "then"), [("success", "failure"), ("error", "success")])
    def test_cannot_end_in_another_way_and_is_reported_once(
        self, shop: Shop, first: str, then: str
    ) -> None:
        shop.integrate(shop.status(first))
        before = shop.events()

        assert shop.integrate(shop.status(then) | {"id": "later"}) == []
        assert shop.integrate(shop.status(then, id=72)) == []
        assert shop.events() == before
        *_, last = shop.failures.reported
        assert last.why.startswith("DeploymentHasEnded")


class TestWhatMeansNothingHere:
    @pytest.mark.parametrize("state", ["queued", "pending", "in_progress", "inactive"])
    def test_a_deployment_that_has_not_ended(self, shop: Shop, state: str) -> None:
        before = len(shop.commits())

        assert shop.integrate(shop.status(state)) == []
        assert (len(shop.commits()), shop.failures.reported) == (before, [])

    @pytest.mark.parametrize(
        "payload", [None, "", "{}", "tea", "[]", "[" * 100_000, {}, [], 7, {"web_url": SITE}]
    )
    def test_a_deployment_that_is_not_ours(self, shop: Shop, payload: object) -> None:
        told = github(payload, SUCCESS)

        assert shop.integrate(told) == []
        assert shop.failures.reported == []


BAD: dict[str, Callable[[Shop], object]] = {
    "no JSON": lambda shop: "tea",
    "no object": lambda shop: "[]",
    "nothing": lambda shop: {},
    "no detail": lambda shop: {k: v for k, v in shop.status("success").items() if k != "detail"},
    "a detail that is a text": lambda shop: shop.status("success") | {"detail": "tea"},
    "no status": lambda shop: github({"skafu": {}}, {}),
    "an id that is none": lambda shop: github(
        {"skafu": {"projectId": "1", "deploymentId": "2"}}, SUCCESS
    ),
    "a domain that nobody translates": lambda shop: shop.status("success") | {"source": "acme"},
    "a kind that nobody translates": lambda shop: shop.status("success") | {"detail-type": "push"},
    "a deployment that we do not know": lambda shop: github(
        {"skafu": {"projectId": shop.project, "deploymentId": shop.project}},
        SUCCESS,
    ),
    "a project that is not there": lambda shop: github(
        {"skafu": {"projectId": shop.deployment, "deploymentId": shop.deployment}},
        SUCCESS,
    ),
}


# What is not recorded yet may be when the message is delivered again.
NOT_YET = {"a deployment that we do not know", "a project that is not there"}
REFUSED = {name: bad for name, bad in BAD.items() if name not in NOT_YET}


@pytest.mark.feature("C20", "P9", "S5")
class TestWhatFails:
    @pytest.mark.parametrize("how", BAD)
    def test_is_reported_and_holds_up_no_other(self, shop: Shop, how: str) -> None:
        before = len(shop.commits())
        again = ["m0"] if how in NOT_YET else []

        assert shop.integrate(BAD[how](shop), shop.status("success")) == again
        assert reported(shop) == [("EventNotIntegrated", "m0")]
        assert len(shop.commits()) == before + 1

    def test_is_reported_in_words_without_what_was_sent(self, shop: Shop) -> None:
        shop.integrate(github({"skafu": {"projectId": "ann@x", "deploymentId": 7}}, SUCCESS))
        shop.integrate(shop.status("success", id=10**200))
        ours, command = (failure.why for failure in shop.failures.reported)

        assert ours.startswith("InvalidRequest: projectId: Must be a UUID, such as ")
        assert command.startswith("InvalidRequest: commandId: Must be 1 to 128 characters")

    def test_is_reported_once(self, shop: Shop) -> None:
        unknown = BAD["a deployment that we do not know"](shop)

        assert shop.integrate(unknown, receives=2) == ["m0"]
        assert shop.failures.reported == []

    def test_is_not_reported_when_it_may_pass(self, shop: Shop) -> None:
        doubtful = DoubtfulStore(shop.store, lambda: "lost")
        commands = Commands.over(contents, doubtful, Clock(datetime.now(UTC)), {}, lambda _: None)  # type: ignore[arg-type] # claims nothing

        assert shop.integrate(shop.status("success"), commands=commands) == ["m0"]
        assert shop.failures.reported == []
        assert shop.integrate(shop.status("success")) == []
        assert isinstance(shop.events()[-1], DeploymentCompleted)

    def test_is_kept_when_it_cannot_be_reported(self, shop: Shop) -> None:
        consumer = Consumer(shop.commands(), Down())

        answer = each_message({"Records": [message("tea", "m0", 1)]}, consumer)
        assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}


class Down:
    def report(self, failure: Failure) -> None:
        raise Unavailable(failure.what)


@pytest.mark.feature("L10", "W11")
def test_for_a_person_who_was_forgotten_nothing_is_done(shop: Shop) -> None:
    shop.office.process().forget(ADA.sub)
    before = len(shop.commits())

    assert shop.integrate(shop.status("success")) == []
    assert len(shop.commits()) == before
    assert "SubjectIsForgotten" in shop.failures.reported[0].why


def test_the_rule_lets_through_what_is_translated_and_no_replay_of_it() -> None:
    pattern = written()["IntegrationRule"]["Properties"]["EventPattern"]
    kinds = {(s, kind) for s in pattern["source"] for kind in pattern["detail-type"]}

    assert kinds == set(contents.translations)
    assert pattern["replay-name"] == [{"exists": False}]
