"""The rules of an order: its state, what is decided on it, and how events change it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from pydantic import TypeAdapter

from domain.order import commands, events
from domain.order.bodies import BODIES
from domain.order.commands import MAX_ITEMS, ItemId, NewItem, OrderCommand
from domain.order.events import OrderEvent
from kernel.aggregate import Aggregate
from kernel.decider import Decider
from kernel.errors import DomainError, NotFound
from kernel.event_types import event_types
from kernel.operation import operations_of
from kernel.personal import Subject


class OrderAlreadyExists(DomainError):
    text = "The order exists already."


class OrderIsCancelled(DomainError):
    text = "The order is cancelled and takes no changes."


class ItemNotFound(NotFound):
    text = "The order has no such item."


class ItemAlreadyExists(DomainError):
    text = "The order has this item already."


class TooManyItems(DomainError):
    text = "An order holds at most {limit} items."


class Status(StrEnum):
    NONE = ""  # not created yet
    PENDING = "PENDING"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Order:
    """The state: what the rules need to know, and no more."""

    status: Status = Status.NONE
    owner: str = ""
    items: tuple[ItemId, ...] = ()
    forgotten: tuple[Subject, ...] = ()


def decide(state: Order, command: OrderCommand) -> list[OrderEvent]:
    match command:
        case commands.CreateOrder():
            return create(state, command)
        case commands.CancelOrder():
            return [] if state.status is Status.CANCELLED else [events.OrderCancelled()]
        case _ if state.status is Status.CANCELLED:
            raise OrderIsCancelled
        case commands.AddItemToOrder(item=item):
            return [*add(state, (item,))]
        case commands.RemoveItemFromOrder(item_id=item_id):
            return [*remove(state, item_id)]
        case _:
            assert_never(command)


def create(state: Order, command: commands.CreateOrder) -> list[OrderEvent]:
    if state.status is not Status.NONE:
        raise OrderAlreadyExists
    return [events.OrderCreated(owner=command.owner), *add(state, command.items)]


def add(state: Order, items: Sequence[NewItem]) -> list[events.ItemAdded]:
    if len(state.items) + len(items) > MAX_ITEMS:
        raise TooManyItems(limit=MAX_ITEMS)
    if any(item.item_id in state.items for item in items):
        raise ItemAlreadyExists
    return [events.ItemAdded(**item.model_dump()) for item in items]


def remove(state: Order, item_id: ItemId) -> list[events.ItemRemoved]:
    if item_id not in state.items:
        raise ItemNotFound
    return [events.ItemRemoved(item_id=item_id)]


def evolve(state: Order, event: OrderEvent) -> Order:
    match event:
        case events.OrderCreated(owner=owner):
            return Order(Status.PENDING, owner)
        case events.ItemAdded(item_id=added):
            return replace(state, items=(*state.items, added))
        case events.ItemRemoved(item_id=removed):
            return replace(state, items=tuple(item for item in state.items if item != removed))
        case events.OrderCancelled():
            return replace(state, status=Status.CANCELLED)
        case _:
            assert_never(event)


order: Aggregate[Order, OrderCommand, OrderEvent] = Aggregate(
    aggregate_type="ORDER",
    decider=Decider(Order(), decide, evolve),
    states=TypeAdapter(Order),
    state_version=1,
    events=event_types(OrderEvent),
    owner_of=lambda state: state.owner or None,
    operations=operations_of("ORDER", OrderCommand, BODIES),
)
