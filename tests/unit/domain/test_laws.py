"""Laws that hold of every aggregate, whatever was asked of it."""

from collections import Counter
from itertools import chain

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from application.commit import canonical_json, decode_event, encode_event
from domain.project.deployments import TooManyEnvironments
from domain.project.services import TooManyServices
from domain.template.aggregate import DuplicatePath
from kernel.aggregate import AnyAggregate
from kernel.errors import DomainError
from kernel.messages import Command
from tests.domain.support.strategies import KINDS, Kind
from tests.support.unions import events_of, raised_in

pytestmark = [
    pytest.mark.feature("C13"),
    pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.decider.aggregate_type),
]
# It would take too many commands to come upon these by chance, or a builder that makes no sense.
RARE: set[type[DomainError]] = {TooManyServices, TooManyEnvironments, DuplicatePath}


@given(data=st.data())
def test_what_decide_returns_evolve_accepts(kind: Kind, data: st.DataObject) -> None:
    state = kind.decider.fold(chain(*data.draw(kind.commits())))

    kind.decider.fold(kind.decided(state, data.draw(kind.commands)), state)


@pytest.mark.feature("C15")
@given(data=st.data())
def test_a_command_repeated_is_never_doubled(kind: Kind, data: st.DataObject) -> None:
    state, command = kind.decider.fold(chain(*data.draw(kind.commits()))), data.draw(kind.commands)
    state = kind.decider.fold(kind.decided(state, command), state)

    assert kind.decided(state, command) == []


@pytest.mark.feature("E18", "T12")
@given(data=st.data())
def test_a_stored_state_and_the_tail_give_the_full_fold(kind: Kind, data: st.DataObject) -> None:
    decider, stream = kind.decider, data.draw(kind.commits())
    cut = data.draw(st.integers(0, len(stream)))
    stored = decider.states.dump_json(decider.fold(chain(*stream[:cut])), exclude_defaults=True)

    resumed = decider.fold(chain(*stream[cut:]), decider.states.validate_json(stored))

    assert resumed == decider.fold(chain(*stream))


@pytest.mark.feature("E15")
@given(data=st.data())
def test_every_event_survives_its_storage_form(kind: Kind, data: st.DataObject) -> None:
    for event in chain(*data.draw(kind.commits())):
        assert decode_event(kind.decider.events, encode_event(event)) == event


@given(data=st.data())
def test_the_storage_form_is_the_same_every_time(kind: Kind, data: st.DataObject) -> None:
    for event in chain(*data.draw(kind.commits())):
        again = decode_event(kind.decider.events, encode_event(event))
        assert canonical_json(encode_event(again)) == canonical_json(encode_event(event))


@given(data=st.data())
def test_an_owner_stays_the_owner(kind: Kind, data: st.DataObject) -> None:
    first, *later = data.draw(kind.commits())
    owner = kind.decider.owner_of(kind.decider.fold(first))

    assert owner is not None
    assert kind.decider.owner_of(kind.decider.fold(chain(first, *later))) == owner


@pytest.mark.feature("K10")
@given(data=st.data())
def test_a_command_that_may_be_merged_causes_what_it_would_have_or_is_refused(
    kind: Kind, data: st.DataObject
) -> None:
    """Decided on an older version and on the head: the same, when no event between touches it."""
    decider = kind.decider
    older = decider.fold(chain(*data.draw(kind.commits())))
    command, between = data.draw(kind.commands), kind.decided(older, data.draw(kind.commands))
    if any(decider.conflicts(command, event) for event in between):
        return

    caused = outcome(decider, decider.fold(between, older), command)

    assert isinstance(caused, str) or caused == outcome(decider, older, command)


def outcome(decider: AnyAggregate, state: object, command: Command) -> object:
    try:
        return decider.decide(state, command)
    except DomainError as refusal:
        return type(refusal).__name__


def test_random_commands_come_upon_every_event_and_every_rule(kind: Kind) -> None:
    """The laws say nothing about what no example reaches."""
    found: Counter[type] = Counter()

    @settings(max_examples=400, derandomize=True, database=None, phases=[Phase.generate])
    @given(kind.asked(max_size=25))
    def explore(asked: list[Command]) -> None:
        state = kind.decider.initial
        for command in (*asked[:1], kind.begin, *asked):
            try:
                events = kind.decider.decide(state, command)
            except DomainError as refusal:
                found[type(refusal)] += 1
            else:
                found.update(map(type, events))
                state = kind.decider.fold(events, state)

    explore()

    assert {*events_of(kind.decider), *raised_in(kind.decider)} - RARE <= {*found}
