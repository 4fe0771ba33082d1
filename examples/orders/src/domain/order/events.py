"""Events of an order: the stored contract.

The names of the classes and of their fields are stored for ever. Add a field with a default; never
rename or remove one.
"""

from typing import Literal

from domain.order.commands import ItemId
from kernel.merging import LIFE, always, one
from kernel.messages import Event

ITEM = one("item", lambda event: event.item_id)


class OrderCreated(Event):
    """`owner` is `<sub>::<username>`, the form that Amplify's owner rule reads."""

    touches = always(LIFE)
    type: Literal["OrderCreated"] = "OrderCreated"
    owner: str


class ItemAdded(Event):
    """`unit_price` is the price of one piece, in cents."""

    touches = ITEM
    type: Literal["ItemAdded"] = "ItemAdded"
    item_id: ItemId
    product: str
    quantity: int
    unit_price: int


class ItemRemoved(Event):
    touches = ITEM
    type: Literal["ItemRemoved"] = "ItemRemoved"
    item_id: ItemId


class OrderCancelled(Event):
    touches = always(LIFE)
    type: Literal["OrderCancelled"] = "OrderCancelled"


OrderEvent = OrderCreated | ItemAdded | ItemRemoved | OrderCancelled
