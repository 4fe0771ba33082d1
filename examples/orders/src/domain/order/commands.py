"""Commands of an order, each with its route, who may send it, what it touches, its examples."""

from typing import Annotated, Any, Literal, NewType

from pydantic import Field

from kernel.merging import LIFE, always, one
from kernel.messages import Command, Message
from kernel.operation import Example, Who, operation
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


CREATED = ("create-order",)


def largest_item(number: int) -> dict[str, Any]:
    """Return an item whose product takes as many bytes as a name can."""
    return {"product": f"{number:🫖>100}", "quantity": 99, "unitPrice": 1_000_000}


@operation(
    "POST /orders",
    Who.OWNER,
    always(LIFE),
    Example(
        {"items": [{"product": "Teapot", "quantity": 1, "unitPrice": 2499}]},
        {"items": [largest_item(number) for number in range(MAX_ITEMS)]},
    ),
    creates=True,
)
class CreateOrder(Command):
    """Create an order, with the items that are known already."""

    type: Literal["CreateOrder"] = "CreateOrder"
    owner: str
    items: Annotated[tuple[NewItem, ...], Field(max_length=MAX_ITEMS)] = ()


@operation(
    "POST /orders/<id>/items",
    Who.OWNER,
    one("item", lambda command: command.item.item_id),
    Example({"product": "Cup", "quantity": 6, "unitPrice": 399}, largest_item(0), CREATED),
)
class AddItemToOrder(Command):
    """Add an item; the price is that of one piece, in cents."""

    type: Literal["AddItemToOrder"] = "AddItemToOrder"
    item: NewItem


@operation(
    "DELETE /orders/<id>/items/<itemId>",
    Who.OWNER,
    one("item", lambda command: command.item_id),
    Example(given=(*CREATED, "add-item-to-order")),
)
class RemoveItemFromOrder(Command):
    """Remove an item, with all its pieces."""

    type: Literal["RemoveItemFromOrder"] = "RemoveItemFromOrder"
    item_id: ItemId


@operation("POST /orders/<id>/cancel", Who.OWNER, always(LIFE), Example(given=CREATED))
class CancelOrder(Command):
    """Cancel the order. It keeps its items and takes no changes any more."""

    type: Literal["CancelOrder"] = "CancelOrder"


OrderCommand = CreateOrder | AddItemToOrder | RemoveItemFromOrder | CancelOrder
