"""Seeds: aggregates that every system begins with, written as files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kernel.saga import Sending


@dataclass(frozen=True, slots=True)
class Seed:
    """An aggregate, and the commands that bring it to what its files say.

    `changes` record nothing where they have nothing to change; `creation` comes before them where
    there is no such aggregate yet. A refusal of the `final` problem types says that somebody has
    done away with the aggregate: it stays so.
    """

    name: str
    creation: Sending
    changes: tuple[Sending, ...]
    final: frozenset[str] = frozenset()


Files = Mapping[str, str]
"""Contents by path."""
SeedOf = Callable[[Mapping[str, Any], Files], Seed]
"""Return the seed of a manifest and the files beside it. Raises `ValueError`."""
