"""The Order read model: a row for each order, with its items and their total."""

from dataclasses import replace
from typing import Any, cast

from domain.order import events
from domain.order.aggregate import order as order_aggregate
from domain.order.events import OrderEvent
from kernel.messages import Recorded, plain_id
from kernel.personal import SubjectForgotten
from kernel.projection import Projection, Row, RowKey, begun, user_id
from kernel.query import Detail, Index, Listing
from projections.generated import documents
from projections.generated.rows import OrderRow, OrderStatus

Shown = OrderEvent | SubjectForgotten
Item = dict[str, Any]
"""`{itemId, product, quantity, unitPrice}`."""


def touches(_: Row | None, recorded: Recorded[Shown]) -> tuple[RowKey, ...]:
    return (RowKey("Order", plain_id(recorded.aggregate_id)),)


def project(_: RowKey, row: OrderRow | None, recorded: Recorded[Shown]) -> OrderRow:
    return change(row or empty(recorded), recorded.event)


def empty(recorded: Recorded[Shown]) -> OrderRow:
    return OrderRow(
        id=plain_id(recorded.aggregate_id),
        status=OrderStatus.PENDING,
        user_id="",
        items=[],
        item_count=0,
        total=0,
        **begun(recorded),
    )


def change(row: OrderRow, event: Shown) -> OrderRow:
    match event:
        case events.OrderCreated(owner=owner):
            return replace(row, owner=owner, user_id=user_id(owner))
        case events.ItemAdded():
            added = event.model_dump(by_alias=True, exclude={"type"})
            return with_items(row, [*items_of(row), added])
        case events.ItemRemoved(item_id=removed):
            return with_items(row, [item for item in items_of(row) if item["itemId"] != removed])
        case events.OrderCancelled():
            return replace(row, status=OrderStatus.CANCELLED)
        case SubjectForgotten():
            return row


def with_items(row: OrderRow, items: list[Item]) -> OrderRow:
    total = sum(item["quantity"] * item["unitPrice"] for item in items)
    return replace(row, items=[*items], item_count=len(items), total=total)


def items_of(row: OrderRow) -> list[Item]:
    # The field is JSON of any form; only this projection writes it.
    return cast(list[Item], row.items)


orders = Projection(
    name="orders",
    version=1,
    aggregate=order_aggregate,
    models=("Order",),
    touches=touches,
    project=project,
)
ORDER_DETAIL = Detail(
    "get_order", "/orders/<id>", order_aggregate.aggregate_type, documents.GET_ORDER
)
ORDER_LIST = Listing(
    "list_orders",
    "/orders",
    own=Index(documents.ORDERS_BY_USER, "userId"),
    every=Index(documents.ORDERS_BY_STATUS, "status"),
    statuses=("PENDING", "CANCELLED"),
)
