"""Commands and events of an order, with what a test does not care about filled in."""

from uuid import NAMESPACE_OID, uuid5

from domain.order.commands import (
    AddItemToOrder,
    CancelOrder,
    CreateOrder,
    ItemId,
    NewItem,
    RemoveItemFromOrder,
)
from domain.order.events import ItemAdded, ItemRemoved, OrderCancelled, OrderCreated
from kernel.messages import AggregateId
from tests.support.spec import ACTOR

ID = "01980000-0000-7000-8000-000000000001"
STREAM = AggregateId(f"ORDER#{ID}")


def item_id(product: str) -> ItemId:
    return ItemId(str(uuid5(NAMESPACE_OID, product)))


def item(product: str, quantity: int = 1, unit_price: int = 2499) -> NewItem:
    return NewItem(
        item_id=item_id(product), product=product, quantity=quantity, unit_price=unit_price
    )


def create(*products: str) -> CreateOrder:
    return CreateOrder(owner=ACTOR, items=tuple(map(item, products)))


def add(product: str, quantity: int = 1, unit_price: int = 2499) -> AddItemToOrder:
    return AddItemToOrder(item=item(product, quantity, unit_price))


def remove(product: str) -> RemoveItemFromOrder:
    return RemoveItemFromOrder(item_id=item_id(product))


def cancel() -> CancelOrder:
    return CancelOrder()


def created() -> OrderCreated:
    return OrderCreated(owner=ACTOR)


def added(product: str, quantity: int = 1, unit_price: int = 2499) -> ItemAdded:
    return ItemAdded(**item(product, quantity, unit_price).model_dump())


def removed(product: str) -> ItemRemoved:
    return ItemRemoved(item_id=item_id(product))


def cancelled() -> OrderCancelled:
    return OrderCancelled()
