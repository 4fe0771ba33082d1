"""The command API's record of the person who commands: sealed, and nothing else."""

from typing import Any

import pytest

from application.privacy.client import unpacked
from application.privacy.sealing import Sealer
from application.publishing.envelopes import envelopes
from edge.client import LONGEST, client, seal, sealed_client
from kernel.messages import iso_milliseconds
from tests.support.api import ADA, SOURCE_IP, Person
from tests.support.kitchen.contents import kitchen
from tests.support.requests import uuid7
from tests.support.sealers import LIFETIME
from tests.support.shop import ANN, Shop

pytestmark = pytest.mark.feature("L10", "W11", "E12")

BROWSER = "Mozilla/5.0 (Canary; rv:1) Canary/1"
CANARIES = ("ann.canary@example.com", "Ann Canary", SOURCE_IP, BROWSER)
TEAPOT = {"name": "Teapot"}


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def sealer(shop: Shop) -> Sealer:
    return shop.office.sealer()


class TestRecorded:
    def test_where_a_command_came_from_is_in_its_commit_sealed(
        self, shop: Shop, sealer: Sealer
    ) -> None:
        shop.process().post("/teapots", TEAPOT, user_agent=BROWSER)

        (commit,) = shop.commits()
        assert commit.client is not None
        opened = sealer.open_octets(ANN.sub, commit.client) or b""
        assert unpacked(opened) == {"sourceIp": SOURCE_IP, "userAgent": BROWSER}

    def test_the_owners_name_and_email_are_in_the_creation_sealed(
        self, shop: Shop, sealer: Sealer
    ) -> None:
        shop.process().post("/teapots", TEAPOT)

        created = shop.created()
        assert created.owner_name is not None
        assert created.owner_email is not None
        assert sealer.open(ANN.sub, created.owner_name) == "Ann Canary"
        assert sealer.open(ANN.sub, created.owner_email) == "ann.canary@example.com"

    def test_what_a_token_does_not_say_is_not_recorded(self, shop: Shop) -> None:
        shop.process(ADA).post("/teapots", TEAPOT)

        assert (shop.created().owner_name, shop.created().owner_email) == (None, None)

    @pytest.mark.parametrize("canary", CANARIES)
    def test_nothing_of_it_is_anywhere_in_plain_text(self, shop: Shop, canary: str) -> None:
        shop.process().post("/teapots", TEAPOT, user_agent=BROWSER)

        (commit,) = shop.commits()
        assert canary not in repr(commit)
        assert canary.encode() not in (commit.client or b"")

    def test_where_a_command_came_from_is_not_published(self, shop: Shop) -> None:
        shop.process().post("/teapots", TEAPOT, user_agent=BROWSER)

        (envelope,) = envelopes(shop.commits()[0])
        assert envelope["metadata"] == {"userId": ANN.sub}

    def test_half_a_character_is_kept_as_a_question_mark(self) -> None:
        identity = {"sourceIp": SOURCE_IP, "userAgent": "half \ud83d"}

        found = client({"requestContext": {"identity": identity}})
        assert found == {"sourceIp": SOURCE_IP, "userAgent": "half ?"}

    def test_a_name_without_end_is_cut(self) -> None:
        event = {"requestContext": {"identity": {"userAgent": "x" * 10_000}}}

        assert client(event) == {"userAgent": "x" * LONGEST}

    def test_without_a_sealer_or_a_value_nothing_is(self, sealer: Sealer) -> None:
        assert (seal(None, ANN.sub, "Ann"), seal(sealer, ANN.sub, "")) == (None, None)
        known = {"sourceIp": SOURCE_IP}
        assert sealed_client(None, ANN.sub, known) is sealed_client(sealer, ANN.sub, {}) is None

    @pytest.mark.parametrize("event", [{}, {"requestContext": None}, {"requestContext": {}}])
    def test_nothing_known_is_nothing(self, event: dict[str, Any]) -> None:
        assert client(event) == {}


@pytest.mark.feature("C15")
class TestSentTwice:
    def test_by_another_process_is_the_same_command(self, shop: Shop) -> None:
        """Sealed anew, in other bytes, it has the same fingerprint."""
        key = uuid7(shop.clock.now)
        first = shop.process().post("/teapots", TEAPOT, idempotency_key=key)
        again = shop.process().post("/teapots", TEAPOT, idempotency_key=key)

        assert (first.status, again.status) == (202, 202)
        assert first.body == again.body
        assert len(shop.commits()) == 1

    def test_after_the_person_changed_their_name_is_the_same_command(self, shop: Shop) -> None:
        key = uuid7(shop.clock.now)
        renamed = Person("ann-sub", "ann", email=ANN.email, name="Ann Married")
        first = shop.process().post("/teapots", TEAPOT, idempotency_key=key)
        again = shop.process(renamed).post("/teapots", TEAPOT, idempotency_key=key)

        assert first.body == again.body


@pytest.mark.feature("W8")
class TestWhatItCosts:
    def test_a_persons_first_command_reads_and_writes_the_key_table_once(self, shop: Shop) -> None:
        shop.process().post("/teapots", TEAPOT)

        assert (shop.office.table.gets, shop.office.table.adds) == (1, 1)

    def test_later_ones_read_it_once_in_a_cold_process(self, shop: Shop) -> None:
        shop.process().post("/teapots", TEAPOT)
        shop.process().post("/teapots", TEAPOT)

        assert (shop.office.table.gets, shop.office.table.adds) == (2, 1)

    def test_a_warm_process_reads_nothing(self, shop: Shop) -> None:
        api = shop.process()
        for _ in range(5):
            api.post("/teapots", TEAPOT)

        assert (shop.office.table.gets, shop.office.table.adds) == (1, 1)

    def test_a_refused_body_reads_nothing(self, shop: Shop) -> None:
        assert shop.process().post("/teapots", {}).status == 400
        assert shop.office.table.gets == 0


class TestForgotten:
    def test_who_was_forgotten_commands_no_more(self, shop: Shop) -> None:
        shop.process().post("/teapots", TEAPOT)
        shop.office.process().forget(ANN.sub)

        answer = shop.process().post("/teapots", TEAPOT)
        assert (answer.status, answer.problem) == (403, "subject-is-forgotten")
        assert len(shop.commits()) == 1

    def test_a_warm_process_learns_of_it_in_time(self, shop: Shop) -> None:
        warm = shop.process()
        warm.post("/teapots", TEAPOT)
        shop.office.process().forget(ANN.sub)
        shop.office.seconds = LIFETIME

        assert warm.post("/teapots", TEAPOT).problem == "subject-is-forgotten"

    def test_what_was_recorded_is_unreadable(self, shop: Shop, sealer: Sealer) -> None:
        shop.process().post("/teapots", TEAPOT)
        shop.office.process().forget(ANN.sub)

        (commit,) = shop.commits()
        assert commit.client is not None
        assert sealer.open_octets(ANN.sub, commit.client) is None

    def test_no_command_of_people_forgets_anybody(self) -> None:
        named = {operation.name for operation in kitchen.operations}

        assert "forget-subject" not in named

    def test_others_go_on(self, shop: Shop) -> None:
        shop.office.process().forget(ANN.sub)

        assert shop.process(ADA).post("/teapots", TEAPOT).status == 202


def test_the_time_of_a_tombstone_is_the_clocks(shop: Shop) -> None:
    forgotten = shop.office.process().forget(ANN.sub)

    assert forgotten.forgotten_at == iso_milliseconds(shop.office.clock.now)
