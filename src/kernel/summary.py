"""The summary: a row that adds up what many streams contribute to it, kept in parts.

Each stream has a row of shares (`Shares`): its contribution to each sum that it ever belonged to.
The parts hold these contributions, and the figures of the parts below them. A contribution is
replaced only by one of a later event, and stays where it was put, so parts converge in whatever
order and however often contributions arrive. People read the row of the sums alone.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Protocol, cast

from kernel.rows import Row, RowKey

CAPACITY = 100
"""Contributions in one part. Once it is full, new ones go to one of the 16 parts below it."""

DIGITS = "0123456789abcdef"

Figures = Mapping[str, int]
Entry = dict[str, Any]
"""`{version, figures}`: of a stream, up to that event; or of a part, as of that write."""


class Shares(Row, Protocol):
    """The row of what a stream contributes: `{whose: {version, owner, figures}}`.

    A sum that the stream no longer belongs to keeps a share without figures.
    """

    @property
    def shares(self) -> Any: ...  # noqa: ANN401 - JSON


class Part(Row, Protocol):
    """Contributions by stream, and the figures of the parts below by their digit.

    `version` counts the writes of the part.
    """

    @property
    def contributions(self) -> Any: ...  # noqa: ANN401 - JSON

    @property
    def parts(self) -> Any: ...  # noqa: ANN401 - JSON


@dataclass(frozen=True, eq=False)  # one of its kind: compared and hashed by identity
class Summary:
    """The sums of what the streams of a projection contribute, a row for each owner.

    `part` and `total` are the classes of the rows of `part_model` and `model`. The figures are the
    fields of `total` with these names; its id is the owner's, and its `version` is that of the
    first part.
    """

    model: str
    part_model: str
    total: type[Any]
    part: type[Any]
    figures: tuple[str, ...]

    @property
    def models(self) -> tuple[str, ...]:
        return (self.part_model, self.model)

    def key(self, whose: str) -> RowKey:
        return RowKey(self.model, whose)

    def part_key(self, whose: str, path: str) -> RowKey:
        return RowKey(self.part_model, f"{whose}#{path}")

    def empty_part(self, key: RowKey, moment: str) -> Part:
        made = self.part(id=key.id, contributions={}, parts={}, **written_at(moment))
        return cast(Part, made)

    def row(self, whose: str, owner: str, root: Part) -> Any:  # noqa: ANN401 - a row of the domain
        """Return the row that people read, from the first part of the owner."""
        sums = total_of(root)
        return self.total(
            id=whose,
            user_id=whose,
            owner=owner,
            created_at=root.created_at,  # type: ignore[attr-defined] # every row has it
            updated_at=root.updated_at,  # type: ignore[attr-defined] # every row has it
            version=root.version,
            projection_version=root.projection_version,
            **{name: sums.get(name, 0) for name in self.figures},
        )


def written_at(moment: str) -> dict[str, Any]:
    return {
        "created_at": moment,
        "updated_at": moment,
        "version": 0,
        "projection_version": 0,
    }


def path_of(stream: str) -> str:
    """Return the digits that lead from the first part of any owner to this stream's."""
    return sha256(stream.encode()).hexdigest()


def holds(part: Part, stream: str) -> bool:
    """Tell whether the stream's contribution is in this part, or is to be put there.

    A part with others below it was full once, even if it was made anew since.
    """
    is_open = len(part.contributions) < CAPACITY and not part.parts
    return is_open or stream in part.contributions


def entry(version: int, figures: Figures) -> Entry:
    return {"version": version, "figures": {k: v for k, v in sorted(figures.items()) if v}}


def total_of(part: Part) -> Counter[str]:
    """Return the sums of a part and of all parts below it."""
    sums = Counter[str]()
    for one in (*part.contributions.values(), *part.parts.values()):
        sums.update(one["figures"])
    return sums


def as_entry(part: Part) -> Entry:
    """Return what the part above keeps of this one."""
    return entry(part.version, total_of(part))


def contributing(part: Part, stream: str, one: Entry) -> Part:
    return cast(Part, replace(cast(Any, part), contributions={**part.contributions, stream: one}))


def adopting(part: Part, below: Mapping[str, Part]) -> Part:
    """Return the part with the figures of all those that are below it."""
    parts = {digit: as_entry(one) for digit, one in below.items()}
    return cast(Part, replace(cast(Any, part), parts=parts))


def above(part: Part, digit: str, below: Part) -> Part:
    return cast(Part, replace(cast(Any, part), parts={**part.parts, digit: as_entry(below)}))
