"""Every command of an order: its route, who may send it, what it touches, its examples."""

from functools import partial
from typing import Any

from domain.order import bodies, commands
from domain.order.commands import MAX_ITEMS
from kernel.merging import LIFE, always, one
from kernel.operation import Example, Operation, Who

ORDER = partial(Operation, "ORDER")

CREATED = ("create-order",)
TEAPOT = {"product": "Teapot", "quantity": 1, "unitPrice": 2499}


def largest_item(number: int) -> dict[str, Any]:
    return {"product": f"{number:🫖>100}", "quantity": 99, "unitPrice": 1_000_000}


OPERATIONS = (
    ORDER(
        commands.CreateOrder,
        "POST /orders",
        Who.OWNER,
        always(LIFE),
        Example({"items": [TEAPOT]}, {"items": [largest_item(n) for n in range(MAX_ITEMS)]}),
        bodies.CreateOrderBody,
        creates=True,
    ),
    ORDER(
        commands.AddItemToOrder,
        "POST /orders/<id>/items",
        Who.OWNER,
        one("item", lambda command: command.item.item_id),
        Example({"product": "Cup", "quantity": 6, "unitPrice": 399}, largest_item(0), CREATED),
        bodies.AddItemToOrderBody,
    ),
    ORDER(
        commands.RemoveItemFromOrder,
        "DELETE /orders/<id>/items/<itemId>",
        Who.OWNER,
        one("item", lambda command: command.item_id),
        Example(given=(*CREATED, "add-item-to-order")),
    ),
    ORDER(
        commands.CancelOrder,
        "POST /orders/<id>/cancel",
        Who.OWNER,
        always(LIFE),
        Example(given=CREATED),
    ),
)
