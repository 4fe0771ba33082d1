"""The rules of an order, one sentence each."""

from domain.order.aggregate import (
    ItemAlreadyExists,
    ItemNotFound,
    OrderAlreadyExists,
    OrderIsCancelled,
    TooManyItems,
    order,
)
from domain.order.commands import MAX_ITEMS
from kernel.errors import AggregateNotFound
from kernel.personal import ForgetSubject, SubjectForgotten
from tests.domain.support.builders import (
    add,
    added,
    cancel,
    cancelled,
    create,
    created,
    remove,
    removed,
)
from tests.support.spec import given

FULL = [created(), *(added(f"Teapot {number}") for number in range(MAX_ITEMS))]


def test_an_order_is_created_with_its_items() -> None:
    given(order).when(create("Teapot", "Cup")).then(created(), added("Teapot"), added("Cup"))


def test_an_order_is_created_once() -> None:
    given(order, created()).when(create()).then_refused(OrderAlreadyExists)


def test_an_order_that_was_never_created_takes_no_items() -> None:
    given(order).when(add("Teapot")).then_refused(AggregateNotFound)


def test_an_item_is_added() -> None:
    given(order, created()).when(add("Teapot", 2)).then(added("Teapot", 2))


def test_an_item_is_added_once() -> None:
    given(order, created(), added("Teapot")).when(add("Teapot")).then_refused(ItemAlreadyExists)


def test_an_order_holds_so_many_items_and_no_more() -> None:
    given(order, *FULL).when(add("Cup")).then_refused(TooManyItems)


def test_an_item_is_removed() -> None:
    given(order, created(), added("Teapot")).when(remove("Teapot")).then(removed("Teapot"))


def test_an_item_that_was_removed_makes_room_for_another() -> None:
    given(order, *FULL, removed("Teapot 0")).when(add("Cup")).then(added("Cup"))


def test_an_item_that_is_not_there_is_not_removed() -> None:
    given(order, created(), added("Cup")).when(remove("Teapot")).then_refused(ItemNotFound)


def test_an_order_is_cancelled() -> None:
    given(order, created()).when(cancel()).then(cancelled())


def test_an_order_that_is_cancelled_stays_so() -> None:
    given(order, created(), cancelled()).when(cancel()).then_nothing()


def test_a_cancelled_order_takes_no_changes() -> None:
    given(order, created(), cancelled()).when(add("Teapot")).then_refused(OrderIsCancelled)


def test_a_person_is_forgotten_whatever_the_status() -> None:
    forget = ForgetSubject(subject="ada-sub")

    given(order, created(), cancelled()).when(forget).then(SubjectForgotten(subject="ada-sub"))
