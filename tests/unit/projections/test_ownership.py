"""Whoever is given an aggregate is given every row of its stream, of whatever projection."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import chain
from typing import Any

import pytest

from domain.contents import contents
from kernel.actor import user_id
from kernel.aggregate import AnyAggregate
from kernel.messages import Event
from kernel.ownership import HandedOver
from kernel.projection import Projection, RowKey, fold_rows
from tests.support.spec import ACTOR, recorded
from tests.support.steps import lives

pytestmark = pytest.mark.feature("R22", "W3", "L10")
HEIR = "heir-sub::heir"
Rows = dict[RowKey, Any]


def handed_over(kind: AnyAggregate) -> Iterator[HandedOver]:
    """Yield each event by which an aggregate of the kind may get another owner."""
    for event in kind.events.classes.values():
        if issubclass(event, HandedOver):
            yield event(owner=HEIR)


# A domain in which nothing is handed over has no such event; its projections pass.
every_projection = pytest.mark.parametrize(
    "projection", contents.projections, ids=lambda projection: projection.name
)


def histories(kind: AnyAggregate) -> Iterator[Sequence[Event]]:
    """Yield each life that does not end in other hands, as it is after each commit."""
    for life in lives():
        if life.decider is kind:
            for stream in life.streams():
                events = list(chain(*stream))
                if kind.owner_of(kind.fold(events)) == ACTOR:
                    yield events


def folded(projection: Projection, history: Sequence[Event]) -> Rows:
    return fold_rows(projection, recorded(*history))


def around(projection: Projection) -> Iterator[tuple[int, Rows, Rows]]:
    """Yield the rows before and after each hand-over, with its place in the stream."""
    for event in handed_over(projection.aggregate):
        for history in histories(projection.aggregate):
            before, after = folded(projection, history), folded(projection, [*history, event])
            yield len(history) + 1, before, after


@every_projection
def test_no_row_of_the_stream_is_left_with_the_owner_of_before(projection: Projection) -> None:
    """A new read model that names its owner in another way fails here: give it `owner`."""
    for place, before, after in around(projection):
        assert after.keys() >= before.keys()
        for key, row in after.items():
            assert user_id(ACTOR) not in str(others(row, {"shares"})), key
            assert_only_the_heir_shares(row)
            assert getattr(row, "owner", HEIR) == HEIR
            assert getattr(row, "user_id", "heir-sub") == "heir-sub"
            assert row.version == place


def assert_only_the_heir_shares(row: Any) -> None:  # noqa: ANN401 - any row
    """What the first owner had a share in still names them, and gives them nothing."""
    for whose, share in getattr(row, "shares", {}).items():
        assert whose == "heir-sub" or not share["figures"]


@every_projection
def test_nothing_else_of_the_rows_changes(projection: Projection) -> None:
    # A row may count the events of its stream.
    changing = {"owner", "user_id", "version", "updated_at", "total_events", "shares"}
    for _, before, after in around(projection):
        for key, row in before.items():
            names = changing | {*projection.personal.get(key.model, ())}
            assert others(row, names) == others(after[key], names)


def others(row: Any, names: set[str]) -> dict[str, Any]:  # noqa: ANN401 - any row
    return {name: value for name, value in asdict(row).items() if name not in names}


@every_projection
def test_the_groups_rule_lets_it_through(projection: Projection) -> None:
    handing = {type(event) for event in handed_over(projection.aggregate)}

    assert projection.hints is None or handing <= {*projection.hints}


@pytest.mark.parametrize("kind", contents.aggregates, ids=lambda kind: kind.noun)
def test_the_rules_see_the_owner_whom_the_rows_show(kind: AnyAggregate) -> None:
    for event in handed_over(kind):
        for history in histories(kind):
            assert kind.owner_of(kind.fold([*history, event])) == HEIR
