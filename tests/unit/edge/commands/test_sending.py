"""What belongs to a command is found and sealed, and its sender checked, before it is executed."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from application.ports import Account
from application.privacy.client import unpacked
from application.privacy.subject_keys import SubjectIsForgotten
from application.writing.identity import nth_inner_id
from application.writing.requests import Accepted
from edge.caller import Caller, named_machine
from edge.commands.controls import Controls
from edge.commands.sending import Commands, about, check_sender, found_person, perform, request_of
from edge.commands.sent import SentCommand, metadata_of
from edge.http.refusals import NoSuchUser
from kernel.operation import Body, Context
from kernel.ownership import Person
from tests.support.fakes import Clock
from tests.support.kitchen.contents import kitchen
from tests.support.sealers import KeyOffice

pytestmark = pytest.mark.feature("C20", "I1", "L10")

ID = "0198f2a0-0000-7000-8000-00000000000a"
ANN, EVE = "ann-sub::ann", "eve-sub::eve"
CLIENT = {"sourceIp": "203.0.113.7"}
CALLER = Caller(
    "ann-sub", "ann", frozenset(), "", name="Ann", email="ann@example.org", client=CLIENT
)
MACHINE = named_machine("1:role/ci", "ci")
CHANGE = kitchen.operation["change-teapot"]


class Pool:
    def user_name(self, sub: str) -> str | None:
        return "ann" if sub == "ann-sub" else None

    def account(self, sub: str) -> Account | None:
        return Account("ann", "Ann", None) if sub == "ann-sub" else None


class Shown(Body):
    """Data that become whatever they are given to become a command."""

    def command(self, context: Context) -> Context:
        return context


@pytest.fixture
def office() -> KeyOffice:
    return KeyOffice()


@pytest.fixture
def commands(office: KeyOffice) -> Commands:
    store, clock = MemoryEventStore(), Clock()
    over = Commands.over(kitchen, store, clock, {}, lambda _: None, office.sealer())
    return replace(over, people=Pool())


def sent(body: Body, **ids: str) -> SentCommand:
    metadata = metadata_of(CALLER, CHANGE, Controls(command_id="key-1"), None)
    return SentCommand(CALLER, CHANGE, body, ID, metadata, ids, ("data",))


class TestMachines:
    def test_act_for_users_of_the_pool(self, commands: Commands) -> None:
        check_sender(commands, replace(MACHINE, on_behalf_of=ANN))
        for stranger in (EVE, "ann-sub::anna"):
            with pytest.raises(NoSuchUser, match="`onBehalfOf` names no user") as refused:
                check_sender(commands, replace(MACHINE, on_behalf_of=stranger))
            assert refused.value.path == ("onBehalfOf",)

    def test_do_not_act_for_the_forgotten(self, commands: Commands, office: KeyOffice) -> None:
        office.process().forget("ann-sub")

        with pytest.raises(SubjectIsForgotten):
            check_sender(commands, replace(MACHINE, on_behalf_of=ANN))

    def test_act_for_anybody_where_there_is_no_pool(self, commands: Commands) -> None:
        check_sender(
            replace(commands, people=None, sealer=None), replace(MACHINE, on_behalf_of=EVE)
        )

    def test_need_to_name_nobody(self, commands: Commands) -> None:
        check_sender(commands, MACHINE)


class TestFound:
    def test_is_what_the_pool_says_under_their_own_key(
        self, commands: Commands, office: KeyOffice
    ) -> None:
        person = found_person(commands, ("data",), ANN)

        assert person.name is not None
        assert office.sealer().open("ann-sub", person.name) == "Ann"
        assert (person.owner, person.email) == (ANN, None)

    @pytest.mark.parametrize("owner", [EVE, "ann-sub::anna"])
    def test_is_nobody_whom_the_pool_does_not_know(self, commands: Commands, owner: str) -> None:
        with pytest.raises(NoSuchUser, match="`owner` names no user") as refused:
            found_person(commands, ("data",), owner)
        assert refused.value.path == ("data", "owner")

    @pytest.mark.parametrize("pool", [None, Pool()])
    def test_is_nobody_who_was_forgotten(
        self, commands: Commands, office: KeyOffice, pool: Pool | None
    ) -> None:
        office.process().forget("ann-sub")

        with pytest.raises(SubjectIsForgotten):
            found_person(replace(commands, people=pool), (), ANN)

    def test_is_the_owner_alone_where_there_is_no_pool(self, commands: Commands) -> None:
        assert found_person(replace(commands, people=None, sealer=None), (), EVE) == Person(EVE)


def found(owner: str) -> Person:
    return Person(owner)


def test_a_body_is_given_all_that_belongs_to_it(office: KeyOffice) -> None:
    command, sealer, looked_up = sent(Shown(), part_id="part-1"), office.sealer(), object()
    request = request_of(command, looked_up, sealer, found)
    context: Any = request.command
    secret = context.sealed("secret")

    assert (context.actor, context.look_ups) == (command.metadata.actor, looked_up)
    assert (context.name, context.email, context.person) == ("Ann", "ann@example.org", found)
    assert context.ids == {"part_id": "part-1"}
    assert context.new_id(1) == nth_inner_id(command.aggregate_id, ANN, "key-1", 1)
    assert sealer.open("ann-sub", secret) == "secret"
    assert request.metadata.client is not None
    assert unpacked(sealer.open_octets("ann-sub", request.metadata.client) or b"") == CLIENT


def test_a_log_line_marks_only_what_was_repeated() -> None:
    command = sent(Shown())
    accepted = Accepted("key-1", command.aggregate_id, 3, "2026-01-02T12:00:00.000Z")
    fields = {
        "command": "change-teapot",
        "command_id": "key-1",
        "aggregate_id": ID,
        "version": 3,
    }

    assert about(command, accepted) == fields
    assert about(command, replace(accepted, repeated=True)) == fields | {"repeated": True}


def test_an_accepted_command_is_logged_without_its_data(
    commands: Commands, caplog: pytest.LogCaptureFixture
) -> None:
    making = kitchen.operation["make-teapot"]
    metadata = metadata_of(CALLER, making, Controls(command_id="key-1"), None)
    body = making.body.model_validate({"name": "Samovar"})
    accepted = perform(commands, SentCommand(CALLER, making, body, ID, metadata))
    (line,) = (record for record in caplog.records if record.message == "accepted")

    assert (accepted.version, vars(line)["command"]) == (1, "make-teapot")
    assert "Samovar" not in str(vars(line))


def test_a_command_for_somebody_unknown_is_not_executed(commands: Commands) -> None:
    who = replace(MACHINE, on_behalf_of=EVE)

    with pytest.raises(NoSuchUser):
        perform(commands, replace(sent(Shown()), who=who))
