"""Faults on demand: how often the emulator behaves as badly as AWS may.

`POST /_skafu/faults` with a JSON object sets some of them, `GET` shows them, `DELETE` ends them.
All are probabilities from 0 to 1; `seed` starts the dice anew, `only` narrows what is named for it.
"""

import random
import threading
from collections import Counter
from collections.abc import MutableSequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any


class UnknownFault(ValueError):
    """A setting that does not exist, or a value out of range."""


@dataclass(frozen=True)
class Settings:
    """The faults, each with its probability."""

    seed: int = 0
    # a delivered stream batch, or a part of it, is delivered again
    duplicateStream: float = 0  # noqa: N815 - the names are those of the JSON
    # the records of a stream batch come in another order (those of one item keep theirs)
    shuffleStream: float = 0  # noqa: N815 - as in the JSON
    # a message that was processed is delivered again
    duplicateQueue: float = 0  # noqa: N815 - as in the JSON
    # a queue's messages come in another order
    shuffleQueue: float = 0  # noqa: N815 - as in the JSON
    # DynamoDB answers ProvisionedThroughputExceededException and does nothing
    throttleDynamoDB: float = 0  # noqa: N815 - as in the JSON
    # DynamoDB does what was asked and answers InternalServerError
    ambiguousDynamoDB: float = 0  # noqa: N815 - as in the JSON
    # Lambda answers TooManyRequestsException
    throttleLambda: float = 0  # noqa: N815 - as in the JSON
    # PutEvents refuses the whole call
    throttleEvents: float = 0  # noqa: N815 - as in the JSON
    # PutEvents refuses single entries, with HTTP 200
    partialEvents: float = 0  # noqa: N815 - as in the JSON
    # a read that did not ask for consistency sees the table as it was up to `staleSeconds` ago
    staleReads: float = 0  # noqa: N815 - as in the JSON
    staleSeconds: float = 1.0  # noqa: N815 - as in the JSON
    # tables that the DynamoDB faults strike: those whose name starts so ("" is all)
    tables: str = ""


NOT_PROBABILITIES = {"seed", "staleSeconds", "tables"}


def checked(changes: dict[str, Any]) -> dict[str, Any]:
    known = {setting.name for setting in fields(Settings)}
    for name, value in changes.items():
        if name not in known:
            raise UnknownFault(
                f"no fault is called {name!r}; there are: {', '.join(sorted(known))}"
            )
        if name not in NOT_PROBABILITIES and not 0 <= float(value) <= 1:
            raise UnknownFault(f"{name} is a probability from 0 to 1, not {value!r}")
    return changes


@dataclass
class Faults:
    """The faults in force, the dice, and how often each has struck."""

    settings: Settings = field(default_factory=Settings)
    struck: Counter[str] = field(default_factory=Counter)
    dice: random.Random = field(default_factory=lambda: random.Random(0))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def change(self, changes: dict[str, Any]) -> None:
        with self.lock:
            self.settings = Settings(**{**asdict(self.settings), **checked(changes)})
            if "seed" in changes:
                self.dice = random.Random(changes["seed"])

    def clear(self) -> None:
        with self.lock:
            self.settings, self.struck = Settings(), Counter()

    def strikes(self, name: str) -> bool:
        """Throw the dice for one fault."""
        probability = getattr(self.settings, name)
        with self.lock:
            hit = bool(probability) and self.dice.random() < probability
            self.struck[name] += hit
        return hit

    def shuffle(self, items: MutableSequence[Any]) -> None:
        with self.lock:
            self.dice.shuffle(items)

    def fraction(self) -> float:
        with self.lock:
            return self.dice.random()

    def pick(self, low: int, high: int) -> int:
        with self.lock:
            return self.dice.randint(low, high)

    def report(self) -> dict[str, Any]:
        return {
            **asdict(self.settings),
            "struck": {name: count for name, count in self.struck.items() if count},
        }


current = Faults()
