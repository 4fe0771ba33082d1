"""The random commands of the simulator, from small pools of values, so that commands meet."""

from random import Random

from kernel.operation import Json
from kernel.random_commands import Heard, RandomCommands

PRODUCTS = ("Teapot", "Cup", "Saucer")


def item(rng: Random, _: Heard) -> Json:
    return {
        "product": rng.choice(PRODUCTS),
        "quantity": rng.randint(1, 3),
        "unitPrice": rng.choice((399, 2499)),
    }


def create(rng: Random, heard: Heard) -> Json:
    return {"items": [item(rng, heard) for _ in range(rng.choice((0, 1, 2, 19)))]}


random_commands = RandomCommands(
    data={"create-order": create, "add-item-to-order": item},
    wrong={
        "create-order": ({"items": [{}]}, {"items": "Teapot"}),
        "add-item-to-order": (
            {"product": "", "quantity": 1, "unitPrice": 1},
            {"product": "Cup", "quantity": 0, "unitPrice": 1},
        ),
    },
    following={"create-order": ("add-item-to-order",), "add-item-to-order": ("cancel-order",)},
    habits=(
        ("add-item-to-order",) * 3 + ("remove-item-from-order",) * 2 + ("cancel-order",),
        ("add-item-to-order", "remove-item-from-order"),
        ("add-item-to-order", "cancel-order"),
    ),
    long_life=("add-item-to-order", "remove-item-from-order"),
)
