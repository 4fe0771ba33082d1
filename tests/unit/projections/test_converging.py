"""The kit for projections: right ones converge, and wrong ones are found with a seed."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import count
from typing import Any

import pytest

from application.commit import Commit
from domain.contents import contents
from kernel.errors import DomainError
from kernel.projection import Projection
from skafu.testing import converges
from tests.support.desk import Desk
from tests.support.spec import ID
from tests.support.steps import lives

pytestmark = pytest.mark.feature("L4", "L5", "W3")

LONGEST = 8  # commands of a life: enough for rows to be made, changed and removed


@cache
def histories(projection: Projection) -> Sequence[Sequence[Commit]]:
    kind = projection.aggregate
    return [
        stream(kind, life.commands[:LONGEST])
        for life in lives()
        if life.decider is kind and not life.before
    ][:5]


def stream(kind: Any, commands: Sequence[Any]) -> list[Commit]:  # noqa: ANN401 - any aggregate
    desk = Desk(aggregate=kind, stream=kind.id(ID))
    for command in commands:
        try:
            desk.send(command)
        except DomainError:
            continue  # refused: nothing was recorded
    return desk.commits()


def counting(projection: Projection) -> Projection:
    """Return the projection with a count of its own, which every further call adds to."""
    numbers = count()

    def project(*given: Any) -> Any:  # noqa: ANN401 - as the projection has it
        row = projection.project(*given)
        return replace(row, created_at=f"call {next(numbers)}")

    return replace(projection, project=project)


@pytest.mark.parametrize("projection", contents.projections, ids=lambda p: p.name)
def test_every_projection_converges(projection: Projection) -> None:
    converges(projection, histories(projection), seeds=range(5))


@pytest.mark.parametrize("projection", contents.projections, ids=lambda p: p.name)
def test_a_projection_that_counts_its_calls_is_found_and_its_seed_fails_again(
    projection: Projection,
) -> None:
    with pytest.raises(AssertionError, match="smallest order") as found:
        converges(counting(projection), histories(projection), seeds=range(5))

    seed = re.search(r"seeds=\[(\d+)\]", str(found.value))
    assert seed
    with pytest.raises(AssertionError, match=f"seed {seed[1]},"):
        converges(counting(projection), histories(projection), seeds=[int(seed[1])])


def test_no_history_is_an_error_and_no_proof() -> None:
    with pytest.raises(AssertionError, match="nothing would be tried"):
        converges(contents.projections[0], [])
