"""Personal data in the audit trail: opened for those whom it concerns, while it opens."""

from typing import Any

import pytest

from adapters.appsync.queries import AppSyncQueries
from adapters.memory.feed import MemoryFeed
from adapters.memory.key_table import MemoryKeyTable
from application.publishing.envelopes import envelopes
from application.publishing.feed import FeedReader
from edge.queries import api as query_api
from edge.queries.routes import QueryPorts
from tests.support.api import EVE, SOURCE_IP, Api, Person
from tests.support.graphql_session import Session
from tests.support.kitchen.contents import kitchen
from tests.support.requests import uuid7
from tests.support.shop import ANN, ROOT, Shop

pytestmark = pytest.mark.feature("L10", "W11", "E12")

BROWSER = "Mozilla/5.0 (Canary; rv:1) Canary/1"
CLIENT = {"sourceIp": SOURCE_IP, "userAgent": BROWSER}


@pytest.fixture
def shop() -> Shop:
    """Ann's teapot, which an Admin renamed from elsewhere."""
    shop = Shop()
    path = shop.process().post("/teapots", {"name": "Teapot"}, user_agent=BROWSER)
    renaming = {"name": "Samovar"}
    shop.process(ROOT).patch(path.headers["Location"], renaming, user_agent="Admin/1")
    return shop


def path(shop: Shop) -> str:
    return "/teapots/" + shop.commits()[0].aggregate_id.partition("#")[2]


def trail(shop: Shop, person: Person = ANN) -> list[dict[str, Any]]:
    answer = shop.queries(person).get(f"{path(shop)}/events")
    assert answer.status == 200, answer.text
    events: list[dict[str, Any]] = answer.body["data"]
    return events


@pytest.mark.parametrize("person", [ANN, ROOT], ids=["the owner", "Admin"])
def test_the_owners_name_and_email_are_opened_for(shop: Shop, person: Person) -> None:
    created, _ = trail(shop, person)

    assert created["data"]["ownerName"] == "Ann Canary"
    assert created["data"]["ownerEmail"] == "ann.canary@example.com"


@pytest.mark.parametrize("person", [ANN, ROOT], ids=["the owner", "Admin"])
def test_where_the_owners_commands_came_from_is_opened_for(shop: Shop, person: Person) -> None:
    created, _ = trail(shop, person)

    assert created["metadata"] == {"userId": ANN.sub, **CLIENT}


def test_where_another_persons_command_came_from_is_for_admin_alone(shop: Shop) -> None:
    _, seen_by_owner = trail(shop)
    _, seen_by_admin = trail(shop, ROOT)

    withheld = {"sourceIp": "[withheld]", "userAgent": "[withheld]"}
    assert seen_by_owner["metadata"] == {"userId": ROOT.sub, **withheld}
    assert seen_by_admin["metadata"]["userAgent"] == "Admin/1"


def test_nobody_else_sees_any_of_it(shop: Shop) -> None:
    assert shop.queries(EVE).get(f"{path(shop)}/events").problem == "aggregate-not-found"


def test_what_was_forgotten_says_so(shop: Shop) -> None:
    shop.office.process().forget(ANN.sub)
    created, renamed = trail(shop, ROOT)

    assert created["data"]["ownerName"] == created["data"]["ownerEmail"] == "[forgotten]"
    assert created["data"]["name"] == "Teapot"
    assert created["metadata"]["sourceIp"] == "[forgotten]"
    assert renamed["metadata"]["userAgent"] == "Admin/1"


def test_what_is_damaged_says_so_and_hides_no_other_event(shop: Shop) -> None:
    shop.office.table.inner = MemoryKeyTable()  # as if the key were of another environment
    shop.office.sealer().seal(ANN.sub, "")
    created, renamed = trail(shop, ROOT)

    assert created["data"]["ownerEmail"] == "[unreadable]"
    assert created["metadata"]["sourceIp"] == "[unreadable]"
    assert renamed["data"] == {"name": "Samovar"}


def test_without_keys_it_is_shown_as_it_is_stored(shop: Shop) -> None:
    ports = QueryPorts(
        kitchen,
        AppSyncQueries(Session({}), kitchen.read_models),
        shop.store,
        FeedReader(MemoryFeed(), shop.store),
    )
    answer = Api(query_api.build(ports), ROOT).get(f"{path(shop)}/events")

    assert answer.body["data"] == [e for c in shop.commits() for e in envelopes(c)]


def test_a_commands_outcome_is_opened_as_well(shop: Shop) -> None:
    key = uuid7(shop.clock.now)
    sent = shop.process().post("/teapots", {"name": "Urn"}, idempotency_key=key)
    answer = shop.queries().get(f"{sent.headers['Location']}/commands/{key}")

    (created,) = answer.body["data"]["events"]
    assert created["data"]["ownerName"] == "Ann Canary"
