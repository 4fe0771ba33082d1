"""Laws that hold of every aggregate, whatever was asked of it."""

from collections.abc import Iterator
from itertools import chain

import pytest

from application.commit import canonical_json, decode_event, encode_event
from kernel.aggregate import AnyAggregate
from kernel.errors import DomainError
from kernel.messages import Command, Event
from kernel.ownership import HandedOver
from tests.support.spec import ACTOR
from tests.support.steps import Step, law
from tests.support.strategies import decided

pytestmark = pytest.mark.feature("C13")


@law
def test_what_decide_returns_evolve_accepts(step: Step) -> None:
    step.decider.fold(decided(step.decider, step.state, step.command), step.state)


@pytest.mark.feature("C15")
@law
def test_a_command_repeated_is_never_doubled(step: Step) -> None:
    events = decided(step.decider, step.state, step.command)

    assert decided(step.decider, step.decider.fold(events, step.state), step.command) == []


@pytest.mark.feature("E18", "T12")
@law
def test_a_stored_state_and_the_tail_give_the_full_fold(step: Step) -> None:
    decider, state = step.decider, step.state
    tail = decided(decider, state, step.command)
    stored = decider.states.dump_json(state, exclude_defaults=True)

    resumed = decider.fold(tail, decider.states.validate_json(stored))

    assert resumed == decider.fold(chain(*step.stream, tail))


@pytest.mark.feature("E15")
@law
def test_every_event_survives_its_storage_form(step: Step) -> None:
    for event in events_of(step):
        assert decode_event(step.decider.events, encode_event(event)) == event


@law
def test_the_storage_form_is_the_same_every_time(step: Step) -> None:
    for event in events_of(step):
        again = decode_event(step.decider.events, encode_event(event))
        assert canonical_json(encode_event(again)) == canonical_json(encode_event(event))


def events_of(step: Step) -> Iterator[Event]:
    yield from chain(*step.stream, decided(step.decider, step.state, step.command))


@law
def test_an_owner_stays_the_owner_until_all_is_handed_over(step: Step) -> None:
    """So a row needs no other event to know whose it is."""
    decider, state = step.decider, step.decider.initial
    recorded = (*step.stream, decided(decider, step.state, step.command))
    for event in chain(*recorded):
        before, state = decider.owner_of(state), decider.evolve(state, event)
        owner = event.owner if isinstance(event, HandedOver) else before or ACTOR
        assert decider.owner_of(state) == owner


@pytest.mark.feature("K10")
@law
def test_a_command_that_may_be_merged_causes_what_it_would_have_or_is_refused(step: Step) -> None:
    """Decided on an older version and on the head: the same, when no event between touches it."""
    decider, older = step.decider, step.state
    between = decided(decider, older, step.earlier)
    if any(decider.conflicts(step.command, event) for event in between):
        return

    caused = outcome(decider, decider.fold(between, older), step.command)

    assert isinstance(caused, str) or caused == outcome(decider, older, step.command)


def outcome(decider: AnyAggregate, state: object, command: Command) -> object:
    try:
        return decider.decide(state, command)
    except DomainError as refusal:
        return type(refusal).__name__
