"""Lives reach every event and every rule, on purpose: what is missing is named.

The laws run over them, so that none depends on what random commands happen to come upon.
"""

from collections.abc import Iterator
from itertools import chain

import pytest

from domain.contents import contents
from kernel.aggregate import AnyAggregate
from kernel.errors import DomainError
from kernel.messages import Command, Event
from kernel.projection import Projection
from tests.domain.support.lives import REFUSALS
from tests.support.life import Refusal
from tests.support.spec import recorded
from tests.support.steps import InALife, lives
from tests.support.unions import commands_of, events_of, raised_in

pytestmark = pytest.mark.feature("C13")
ADD = "add a life to tests/domain/support/lives.py"
EVENTS = {
    f"{kind.aggregate_type}-{event.__name__}": (kind, event)
    for kind in contents.aggregates
    for event in events_of(kind)
}
COMMANDS = {
    f"{kind.aggregate_type}-{command.__name__}": (kind, command)
    for kind in contents.aggregates
    for command in commands_of(kind)
}
RULES = {
    f"{kind.aggregate_type}-{rule.__name__}": (kind, rule)
    for kind in contents.aggregates
    for rule in sorted(raised_in(kind), key=lambda rule: rule.__name__)
}
SHOWN = {
    f"{projection.name}-{event.__name__}": (projection, event)
    for projection in contents.projections
    for event in projection.relevant or events_of(projection.aggregate)
}
REFUSED = {
    f"{aggregate_type}-{refusal.rule.__name__}": (contents.aggregate[aggregate_type], refusal)
    for aggregate_type, refusals in REFUSALS.items()
    for refusal in refusals
}


def of_kind(kind: AnyAggregate) -> Iterator[InALife]:
    return (life for life in lives() if life.decider is kind)


@pytest.mark.parametrize(("kind", "event"), EVENTS.values(), ids=EVENTS)
def test_every_event_happens_in_a_life(kind: AnyAggregate, event: type[Event]) -> None:
    streams = ([*life.streams()][-1] for life in of_kind(kind))

    assert any(isinstance(one, event) for stream in streams for one in chain(*stream)), ADD


@pytest.mark.parametrize(("kind", "command"), COMMANDS.values(), ids=COMMANDS)
def test_every_command_is_sent_in_a_life(kind: AnyAggregate, command: type[Command]) -> None:
    assert any(isinstance(one, command) for life in of_kind(kind) for one in life.commands), ADD


@pytest.mark.parametrize(("kind", "rule"), RULES.values(), ids=RULES)
def test_every_rule_has_its_refusal(kind: AnyAggregate, rule: type[DomainError]) -> None:
    known = {refusal.rule for refusal in REFUSALS.get(kind.aggregate_type, ())}

    assert rule in known, ADD


@pytest.mark.parametrize(("kind", "refusal"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_met_by_its_last_command_alone(kind: AnyAggregate, refusal: Refusal) -> None:
    *accepted, broken = refusal.commands
    state = kind.initial
    for command in accepted:
        state = kind.fold(kind.decide(state, command), state)

    with pytest.raises(refusal.rule) as met:
        kind.decide(state, broken)
    assert met.type is refusal.rule


@pytest.mark.parametrize(("projection", "event"), SHOWN.values(), ids=SHOWN)
def test_every_event_that_a_projection_shows_touches_a_row_in_a_life(
    projection: Projection, event: type[Event]
) -> None:
    streams = (recorded(*chain(*[*life.streams()][-1])) for life in of_kind(projection.aggregate))
    happened = (one for stream in streams for one in stream if isinstance(one.event, event))

    assert any(projection.touches(None, one) for one in happened), ADD
