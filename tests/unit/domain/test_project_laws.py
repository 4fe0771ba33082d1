"""Laws that hold of every project, whatever was asked of it."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.commit import canonical_json, decode_event, encode_event
from domain.project.aggregate import project
from domain.project.commands import ProjectCommand
from domain.project.events import ProjectEvent
from strategies import commands, commits, decided

Stream = list[list[ProjectEvent]]
pytestmark = pytest.mark.feature("C13")


@given(commits(), commands())
def test_what_decide_returns_evolve_accepts(stream: Stream, command: ProjectCommand) -> None:
    state = project.fold(chain(*stream))

    project.fold(decided(state, command), state)


@pytest.mark.feature("C15")
@given(commits(), commands())
def test_a_command_repeated_is_never_doubled(stream: Stream, command: ProjectCommand) -> None:
    state = project.fold(chain(*stream))
    state = project.fold(decided(state, command), state)

    assert decided(state, command) == []


@pytest.mark.feature("E18", "T12")
@given(commits(), st.data())
def test_a_stored_state_and_the_tail_give_the_full_fold(
    stream: Stream, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(stream)))
    stored = project.states.dump_json(project.fold(chain(*stream[:cut])), exclude_defaults=True)

    resumed = project.fold(chain(*stream[cut:]), project.states.validate_json(stored))

    assert resumed == project.fold(chain(*stream))


@pytest.mark.feature("E15")
@given(commits())
def test_every_event_survives_its_storage_form(stream: Stream) -> None:
    for event in chain(*stream):
        assert decode_event(project.events, encode_event(event)) == event


@given(commits())
def test_the_storage_form_is_the_same_every_time(stream: Stream) -> None:
    for event in chain(*stream):
        again = decode_event(project.events, encode_event(event))
        assert canonical_json(encode_event(again)) == canonical_json(encode_event(event))
