"""Lives of orders, recorded once into tests/corpus/streams/, and refusals that break every rule.

The laws of aggregates run over both.
"""

from collections.abc import Mapping, Sequence

from domain.order.aggregate import (
    ItemAlreadyExists,
    ItemNotFound,
    OrderAlreadyExists,
    OrderIsCancelled,
    TooManyItems,
)
from domain.order.commands import MAX_ITEMS
from kernel.personal import ForgetSubject
from tests.domain.support.builders import add, cancel, create, remove
from tests.support.life import Life, Refusal

LIVES: Mapping[str, Life] = {
    "order/whole-life": Life(
        111,
        "Every event of an order at 1.0.",
        [
            create("Teapot", "Saucer"),
            add("Cup", 6, 399),
            remove("Saucer"),
            ForgetSubject(subject="ada-sub"),
            cancel(),
        ],
    ),
    "order/least": Life(112, "An order without an item.", [create()]),
}

REFUSALS: Mapping[str, Sequence[Refusal]] = {
    "ORDER": [
        Refusal(OrderAlreadyExists, [create(), create()]),
        Refusal(OrderIsCancelled, [create(), cancel(), add("Teapot")]),
        Refusal(ItemAlreadyExists, [create("Teapot"), add("Teapot")]),
        Refusal(ItemNotFound, [create("Teapot"), remove("Cup")]),
        Refusal(TooManyItems, [create(), *(add(f"Cup {n}") for n in range(MAX_ITEMS + 1))]),
    ],
}
