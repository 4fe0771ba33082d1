"""The commands of an order."""

from typing import Annotated, Literal, NewType

from pydantic import Field

from kernel.messages import Command, Message
from kernel.values import Name

ItemId = NewType("ItemId", str)

# The total of the largest order fits into AppSync's Int: 20 * 99 * 1,000,000 < 2^31.
MAX_ITEMS = 20
Quantity = Annotated[int, Field(ge=1, le=99)]
Cents = Annotated[int, Field(ge=0, le=1_000_000)]


class NewItem(Message):
    """An item to be added, with the id that it will have. The price is that of one piece."""

    item_id: ItemId
    product: Name
    quantity: Quantity
    unit_price: Cents


class CreateOrder(Command):
    type: Literal["CreateOrder"] = "CreateOrder"
    owner: str
    items: Annotated[tuple[NewItem, ...], Field(max_length=MAX_ITEMS)] = ()


class AddItemToOrder(Command):
    type: Literal["AddItemToOrder"] = "AddItemToOrder"
    item: NewItem


class RemoveItemFromOrder(Command):
    type: Literal["RemoveItemFromOrder"] = "RemoveItemFromOrder"
    item_id: ItemId


class CancelOrder(Command):
    type: Literal["CancelOrder"] = "CancelOrder"


OrderCommand = CreateOrder | AddItemToOrder | RemoveItemFromOrder | CancelOrder
