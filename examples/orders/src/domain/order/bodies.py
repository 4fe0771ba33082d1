"""Data of the commands whose fields differ from what clients send.

Clients name neither the owner, who is the caller, nor the id of a new item, which is derived.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from domain.order import commands
from domain.order.commands import MAX_ITEMS, Cents, ItemId, NewItem, Quantity
from kernel.messages import Command
from kernel.operation import Body, Context
from kernel.values import Name


class ItemBody(Body):
    product: Name
    quantity: Quantity
    unit_price: Cents

    def item(self, item_id: str) -> NewItem:
        return NewItem(item_id=ItemId(item_id), **dict(self))


class CreateOrderBody(Body):
    made: ClassVar[type[Command]] = commands.CreateOrder

    items: Annotated[tuple[ItemBody, ...], Field(max_length=MAX_ITEMS)] = ()

    def command(self, context: Context) -> commands.CreateOrder:
        items = tuple(body.item(context.new_id(n)) for n, body in enumerate(self.items))
        return commands.CreateOrder(owner=context.actor.owner, items=items)


class AddItemToOrderBody(ItemBody):
    made: ClassVar[type[Command]] = commands.AddItemToOrder

    def command(self, context: Context) -> commands.AddItemToOrder:
        return commands.AddItemToOrder(item=self.item(context.new_id(0)))


BODIES = (CreateOrderBody, AddItemToOrderBody)
