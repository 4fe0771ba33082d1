"""The Order read model: one row for each order."""

from dataclasses import replace

from pydantic import JsonValue

from kernel.personal import SubjectForgotten
from projections.generated.rows import OrderRow, OrderStatus
from projections.orders import orders
from tests.domain.support.builders import (
    ID,
    STREAM,
    added,
    cancelled,
    created,
    item_id,
    removed,
)
from tests.support.spec import ACTOR, at, given, recorded

CREATED = OrderRow(
    id=ID,
    status=OrderStatus.PENDING,
    user_id="ada-sub",
    owner=ACTOR,
    items=[],
    item_count=0,
    total=0,
    created_at=at(1),
    updated_at=at(1),
    version=1,
    projection_version=orders.version,
)
CUPS: JsonValue = {
    "itemId": item_id("Cup"),
    "product": "Cup",
    "quantity": 6,
    "unitPrice": 399,
}
TEAPOT: JsonValue = {
    "itemId": item_id("Teapot"),
    "product": "Teapot",
    "quantity": 1,
    "unitPrice": 2499,
}


def test_an_order_created_is_a_row_of_its_owner() -> None:
    given(orders, *recorded(created(), stream=STREAM)).then_rows(CREATED)


def test_items_are_shown_with_their_total() -> None:
    history = recorded(created(), added("Teapot"), added("Cup", 6, 399), stream=STREAM)

    given(orders, *history).then_row(
        replace(
            CREATED,
            items=[TEAPOT, CUPS],
            item_count=2,
            total=2499 + 6 * 399,
            version=3,
            updated_at=at(3),
        )
    )


def test_an_item_removed_is_shown_no_more() -> None:
    history = recorded(
        created(), added("Teapot"), added("Cup", 6, 399), removed("Teapot"), stream=STREAM
    )

    given(orders, *history).then_row(
        replace(CREATED, items=[CUPS], item_count=1, total=6 * 399, version=4, updated_at=at(4))
    )


def test_a_cancelled_order_keeps_its_row() -> None:
    given(orders, *recorded(created(), cancelled(), stream=STREAM)).then_row(
        replace(CREATED, status=OrderStatus.CANCELLED, version=2, updated_at=at(2))
    )


def test_what_is_not_shown_moves_the_version_all_the_same() -> None:
    forgotten = SubjectForgotten(subject="ada-sub")

    given(orders, *recorded(created(), forgotten, stream=STREAM)).then_row(
        replace(CREATED, version=2, updated_at=at(2))
    )
