"""The audit trail of one stream, page by page."""

import pytest

from application.history import owner_of, trail
from builders import add, create, rename, service
from desk import Desk
from domain.errors import AggregateNotFound
from domain.messages import AggregateId
from domain.project.aggregate import project
from spec import ACTOR, STREAM

pytestmark = pytest.mark.feature("T10")
ALL = ["ProjectCreated", "ServiceAdded", "ServiceAdded", "ProjectRenamed", "ServiceAdded"]


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.send(create(services=[service("spout"), service("lid")]))
    desk.send(rename("Samovar"))
    desk.send(add("cosy"))
    return desk


def types(desk: Desk, first: int, limit: int) -> list[str]:
    return [event["eventType"] for event in trail(desk.store, STREAM, first, limit).events]


def test_a_page_holds_what_was_recorded_in_order(desk: Desk) -> None:
    assert types(desk, 1, 100) == ALL


def test_a_page_may_begin_and_end_within_a_commit(desk: Desk) -> None:
    assert types(desk, 2, 1) == ["ServiceAdded"]
    assert types(desk, 3, 2) == ["ServiceAdded", "ProjectRenamed"]


def test_a_page_names_the_next(desk: Desk) -> None:
    assert trail(desk.store, STREAM, 1, 2).next_sequence == 3


@pytest.mark.parametrize("limit", [5, 6])
def test_the_last_page_names_none(desk: Desk, limit: int) -> None:
    assert trail(desk.store, STREAM, 1, limit).next_sequence is None


def test_a_page_beyond_the_end_is_empty(desk: Desk) -> None:
    assert types(desk, 6, 10) == []


def test_the_owner_is_known_from_the_first_commit(desk: Desk) -> None:
    assert owner_of(desk.store, project, STREAM) == ACTOR


def test_nobody_owns_what_does_not_exist(desk: Desk) -> None:
    with pytest.raises(AggregateNotFound):
        owner_of(desk.store, project, AggregateId("PROJECT#nowhere"))
