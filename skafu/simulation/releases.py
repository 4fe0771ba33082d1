"""Projectors of other releases, which run beside today's during a deployment or a rollback."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from application.ports import RowConflict
from application.reading.catch_up import CatchUp
from domain.contents import contents
from kernel.messages import AggregateId, Recorded
from kernel.projection import Projection, RowKey

SAME = ("id", "owner", "user_id")
"""What the row is, and whose: the same in every release."""


def next_release(projection: Projection) -> Projection:
    """Show texts in capitals, so that none of its rows can be made from one of today's."""

    def project(key: RowKey, row: Any, recorded: Recorded[Any], *head: Any) -> Any:  # noqa: ANN401 - any row
        made = projection.project(key, row, recorded, *head)
        kept = (*SAME, *projection.personal.get(key.model, ()))
        return replace(made, **{n: text.upper() for n, text in texts(made) if n not in kept})

    return replace(projection, version=projection.version + 1, project=project)


def texts(row: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any row
    for each in fields(row):
        value = getattr(row, each.name)
        if type(value) is str:
            yield each.name, value


NEXT_RELEASE = {projection.name: next_release(projection) for projection in contents.projections}


@dataclass(frozen=True, slots=True)
class StopsAtHint(CatchUp):
    """Folds up to the sequence of the hint and no further.

    That is right as well, but its rows may stand in the middle of a commit.
    """

    until: int = 0

    def reach(self, aggregate: AggregateId, sequence: int, *, begins: bool = False) -> int:
        return CatchUp.reach(replace(self, until=sequence), aggregate, sequence, begins=begins)

    def _recorded(self, aggregate: AggregateId, start: int) -> Iterator[Recorded[Any]]:
        for recorded in CatchUp._recorded(self, aggregate, start):
            if recorded.sequence <= self.until:
                yield recorded

    def _write(self, rows: Any) -> int:  # noqa: ANN401 - private to application.catch_up
        if rows.behind():
            raise RowConflict("another release has brought the row further than the hint")
        return CatchUp._write(self, rows)
