"""Events of other domains become commands, once each, or wait to be tried again."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from application.commit import Commit
from application.failures import Failure
from application.ports import Unavailable
from edge.commands import api as command_api
from edge.commands.api import Commands
from edge.deliveries.batches import each_message
from edge.deliveries.integration import Consumer, strictly
from edge.http.refusals import InvalidRequest
from tests.support.api import ADA, Api, Person
from tests.support.fakes import Clock, DoubtfulStore, Failures
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.events import TeapotInspected
from tests.support.kitchen.teapot import teapot
from tests.support.sealers import KeyOffice

pytestmark = pytest.mark.feature("C24", "I2")

NOBODYS = "0198f2a0-0000-7000-8000-00000000dead"
Json = dict[str, Any]


@dataclass
class Kitchen:
    """Ada's teapot, of which an inspector tells."""

    store: MemoryEventStore = field(default_factory=MemoryEventStore)
    failures: Failures = field(default_factory=Failures)
    office: KeyOffice = field(default_factory=KeyOffice)
    person: Person = ADA

    def __post_init__(self) -> None:
        api = Api(command_api.build(self.commands()), self.person)
        self.teapot = api.post("/teapots", {"name": "Teapot"}).body["aggregateId"]

    def commands(self, store: Any = None) -> Commands:  # noqa: ANN401 - a store
        sealer = self.office.sealer()
        return Commands.over(
            kitchen,
            store or self.store,
            Clock(datetime.now(UTC)),
            {},
            lambda _: None,
            sealer=sealer,
        )

    def commits(self) -> list[Commit]:
        return list(self.store.read(teapot.id(self.teapot)))

    def findings(self) -> list[str]:
        recorded = [r.event for commit in self.commits() for r in commit.recorded(teapot.events)]
        return [event.finding for event in recorded if isinstance(event, TeapotInspected)]

    def told(self, finding: object = "It leaks.", number: object = 7, **changed: object) -> Json:
        detail = {"teapotId": self.teapot, "finding": finding, "number": number}
        return {
            "version": "0",
            "id": "7c0ffee0-0000-4000-8000-000000000001",
            "source": "inspector.example",
            "detail-type": "inspected",
            "detail": detail | changed,
        }

    def integrate(
        self, *events: object, commands: Commands | None = None, receives: int = 1
    ) -> list[str]:
        """Return the messages that are to be delivered again: `m0` is the first."""
        records = [message(event, f"m{n}", receives) for n, event in enumerate(events)]
        consumer = Consumer(commands or self.commands(), self.failures)
        answer = each_message({"Records": records}, consumer)
        return [str(failed["itemIdentifier"]) for failed in answer["batchItemFailures"]]


def message(event: object, message_id: str, receives: int) -> Json:
    body = event if isinstance(event, str) else json.dumps(event)
    attributes = {"ApproximateReceiveCount": str(receives), "SentTimestamp": "1767355200000"}
    return {"messageId": message_id, "body": body, "attributes": attributes}


@pytest.fixture
def house() -> Kitchen:
    return Kitchen()


class TestWhatIsTranslated:
    def test_is_recorded_for_the_owner_by_the_domain_that_told_of_it(self, house: Kitchen) -> None:
        assert house.integrate(house.told()) == []

        commit = house.commits()[-1]
        assert house.findings() == ["It leaks."]
        assert commit.actor == "machine:event:inspector.example::inspector.example"
        assert commit.on_behalf_of == f"{ADA.sub}::{ADA.username}"
        assert commit.command_id == "inspector.example:inspected:7"
        assert commit.correlation_id == "7c0ffee0-0000-4000-8000-000000000001"

    @pytest.mark.parametrize("name", ["Zoë", "名前", "a:b"])
    def test_is_recorded_for_an_owner_with_a_name_in_any_script(self, name: str) -> None:
        house = Kitchen(person=Person("zoe-sub", name))

        assert house.integrate(house.told()) == []
        assert house.findings() == ["It leaks."]
        assert house.commits()[-1].on_behalf_of == f"zoe-sub::{name}"

    def test_is_recorded_once_however_often_that_is_told(self, house: Kitchen) -> None:
        told = house.told()
        house.integrate(told, told)
        house.integrate(told | {"id": "7c0ffee0-0000-4000-8000-000000000002"})

        assert house.findings() == ["It leaks."]
        assert house.failures.reported == []

    def test_is_nothing_when_it_means_nothing(self, house: Kitchen) -> None:
        assert house.integrate(house.told(finding=None)) == []
        assert (house.findings(), house.failures.reported) == ([], [])

    @pytest.mark.parametrize("held", [math.nan, math.inf, 2**53, 1e-200, "\ud800", {"": 1}])
    def test_is_refused_when_no_request_could_hold_it(self, held: Any) -> None:  # noqa: ANN401 - JSON
        command: Json = {"type": "inspect-teapot", "data": {"finding": "It leaks."}}
        assert strictly(command) == command

        with pytest.raises(InvalidRequest):
            strictly({**command, "data": {"finding": held}})

    @pytest.mark.parametrize("told", ["\ud800", 2**60, [[[]]] * 40, {"": 1}])
    def test_is_recorded_whatever_else_the_other_domain_tells(
        self, house: Kitchen, told: object
    ) -> None:
        assert house.integrate(house.told(more=told)) == []
        assert house.findings() == ["It leaks."]
        assert house.failures.reported == []


def rewritten(house: Kitchen, name: str, text: str) -> str:
    """Return an event with this text in the place of a field's value."""
    told = house.told()
    return json.dumps(told | {"detail": told["detail"] | {name: "HERE"}}).replace('"HERE"', text)


BAD: dict[str, Callable[[Kitchen], object]] = {
    "no JSON": lambda _: "tea",
    "no object": lambda _: "[]",
    "nothing": lambda _: {},
    "no detail": lambda house: {k: v for k, v in house.told().items() if k != "detail"},
    "a detail that is a text": lambda house: house.told() | {"detail": "tea"},
    "a detail without its parts": lambda house: house.told() | {"detail": {}},
    "an id that is none": lambda house: house.told(teapotId="1"),
    "an aggregate that is not there": lambda house: house.told(teapotId=NOBODYS),
    "data that the command does not take": lambda house: house.told(finding=""),
    "a field that is given twice": lambda house: rewritten(house, "number", '7, "number": 8'),
    "a domain that nobody translates": lambda house: house.told() | {"source": "acme"},
    "a kind that nobody translates": lambda house: house.told() | {"detail-type": "push"},
}


# What is not recorded yet may be when the message is delivered again.
NOT_YET = {"an id that is none", "an aggregate that is not there"}
REFUSED = {name: bad for name, bad in BAD.items() if name not in NOT_YET}


@pytest.mark.feature("C20", "P9", "S5")
class TestWhatFails:
    @pytest.mark.parametrize("how", BAD)
    def test_is_reported_and_holds_up_no_other(self, house: Kitchen, how: str) -> None:
        again = ["m0"] if how in NOT_YET else []

        assert house.integrate(BAD[how](house), house.told()) == again
        reported = [(f.what, f.key["messageId"]) for f in house.failures.reported]
        assert reported == [("EventNotIntegrated", "m0")]
        assert house.findings() == ["It leaks."]

    def test_is_reported_once(self, house: Kitchen) -> None:
        assert house.integrate(house.told(teapotId=NOBODYS), receives=2) == ["m0"]
        assert house.failures.reported == []

    def test_is_reported_with_what_its_sender_knows_it_by(self, house: Kitchen) -> None:
        told = house.told(finding="")
        house.integrate(told)

        (failure,) = house.failures.reported
        assert failure.key == {"messageId": "m0", "eventId": told["id"], "source": told["source"]}

    def test_is_not_reported_when_it_may_pass(self, house: Kitchen) -> None:
        commands = house.commands(DoubtfulStore(house.store, lambda: "lost"))

        assert house.integrate(house.told(), commands=commands) == ["m0"]
        assert house.failures.reported == []
        assert house.integrate(house.told()) == []
        assert house.findings() == ["It leaks."]

    @pytest.mark.parametrize("receives", [1, 2])
    @pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
    def test_is_kept_alone_when_it_cannot_be_reported(
        self, house: Kitchen, bad: Callable[[Kitchen], object], receives: int
    ) -> None:
        consumer = Consumer(house.commands(), Down())
        records = [message(bad(house), "m0", receives), message(house.told(), "m1", receives)]

        answer = each_message({"Records": records}, consumer)

        assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
        assert house.findings() == ["It leaks."]

    @pytest.mark.parametrize("held", [7, None, ["x"], {"x": 1}], ids=str)
    @pytest.mark.parametrize("name", ["id", "source", "detail-type", "detail"])
    def test_is_no_event_if_a_part_is_of_another_kind(
        self, house: Kitchen, name: str, held: object
    ) -> None:
        if name == "detail" and isinstance(held, dict):
            held = "tea"

        assert house.integrate(house.told() | {name: held}) == []
        (failure,) = house.failures.reported
        assert failure.why == "InvalidRequest: The message holds no event."

    def test_is_tried_again_when_the_fault_is_ours(
        self, house: Kitchen, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object, **__: object) -> None:
            raise RuntimeError

        commands = house.commands()
        monkeypatch.setattr(house.store, "append", broken)

        assert house.integrate(house.told(), commands=commands) == ["m0"]
        assert [failure.what for failure in house.failures.reported] == ["EventNotIntegrated"]


class Down:
    def report(self, failure: Failure) -> None:
        raise Unavailable(failure.what)


@pytest.mark.feature("L10", "W11")
def test_for_a_person_who_was_forgotten_nothing_is_done(house: Kitchen) -> None:
    house.office.process().forget(ADA.sub)

    assert house.integrate(house.told()) == []
    assert house.findings() == []
    assert "SubjectIsForgotten" in house.failures.reported[0].why
