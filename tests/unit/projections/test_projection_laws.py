"""Laws that hold of every read model: however hints arrive, the rows are the fold of the stream."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from adapters.memory.event_store import MemoryEventStore
from application.reading.catch_up import CatchUp
from domain.project.aggregate import project
from domain.project.commands import ProjectCommand
from kernel.errors import DomainError
from kernel.messages import Event
from kernel.projection import Projection, fold_rows
from projections.projects import projects
from projections.services import services
from tests.domain.support.builders import create
from tests.domain.support.examples import event_of
from tests.domain.support.strategies import PROJECTS
from tests.support.desk import Desk
from tests.support.fakes import MemoryReadModels
from tests.support.spec import STREAM, recorded
from tests.support.unions import events_of

pytestmark = [
    pytest.mark.feature("L5", "R22", "R23", "R24", "W3"),
    pytest.mark.parametrize("projection", [projects, services], ids=lambda p: p.name),
]
Asked = PROJECTS.asked(max_size=10)


@dataclass
class Stream:
    """A stream that some commands made, and the rows that its projection has written."""

    asked: Sequence[ProjectCommand]
    store: MemoryEventStore = field(default_factory=MemoryEventStore)
    rows: MemoryReadModels = field(default_factory=MemoryReadModels)

    def __post_init__(self) -> None:
        desk = Desk(self.store)
        for command in (create(), *self.asked):
            send(desk, command)

    @property
    def version(self) -> int:
        return dict(self.store.heads())[STREAM]

    def fold(self, projection: Projection) -> MemoryReadModels:
        commits = self.store.read(STREAM)
        return MemoryReadModels(
            fold_rows(projection, (r for c in commits for r in c.recorded(project.events)))
        )

    def catch_up(self, projection: Projection) -> CatchUp:
        return CatchUp(self.store, self.rows, projection)


def send(desk: Desk, command: ProjectCommand) -> None:
    try:
        desk.send(command)
    except DomainError:
        return  # refused: nothing was recorded


@given(asked=Asked, data=st.data())
def test_hints_in_any_order_and_number_give_the_fold(
    projection: Projection, asked: list[ProjectCommand], data: st.DataObject
) -> None:
    stream = Stream(asked)
    sequences = st.integers(1, stream.version)
    hints = [*data.draw(st.lists(sequences, max_size=20)), stream.version]

    for sequence in data.draw(st.permutations(hints)):
        stream.catch_up(projection).reach(STREAM, sequence)

    assert stream.rows.rows == stream.fold(projection).rows


@given(asked=Asked)
def test_a_hint_delivered_twice_writes_nothing_more(
    projection: Projection, asked: list[ProjectCommand]
) -> None:
    stream = Stream(asked)
    stream.catch_up(projection).reach(STREAM, stream.version)

    assert stream.catch_up(projection).reach(STREAM, stream.version) == 0


@given(asked=Asked, later=Asked)
def test_hints_of_a_growing_stream_give_the_fold(
    projection: Projection, asked: list[ProjectCommand], later: list[ProjectCommand]
) -> None:
    stream = Stream(asked)
    stream.catch_up(projection).reach(STREAM, stream.version)
    desk = Desk(stream.store)
    for command in later:
        send(desk, command)
        stream.catch_up(projection).reach(STREAM, stream.version)

    assert stream.rows.rows == stream.fold(projection).rows


@pytest.mark.feature("T11")
@given(asked=Asked)
def test_a_rebuild_from_nothing_equals_the_live_rows(
    projection: Projection, asked: list[ProjectCommand]
) -> None:
    stream = Stream(asked)
    stream.catch_up(projection).reach(STREAM, stream.version)
    fresh = MemoryReadModels()
    CatchUp(stream.store, fresh, projection).rebuild(STREAM)

    assert fresh.rows == stream.rows.rows


@given(asked=Asked)
def test_a_rebuild_of_rows_that_are_right_writes_nothing(
    projection: Projection, asked: list[ProjectCommand]
) -> None:
    stream = Stream(asked)
    stream.catch_up(projection).reach(STREAM, stream.version)

    assert stream.catch_up(projection).rebuild(STREAM) == 0


@pytest.mark.feature("V7")
@given(asked=Asked, later=Asked)
def test_rows_of_another_projection_version_are_folded_anew(
    projection: Projection, asked: list[ProjectCommand], later: list[ProjectCommand]
) -> None:
    stream = Stream(asked)
    stream.catch_up(projection).reach(STREAM, stream.version)
    for key, row in stream.rows.rows.items():
        stream.rows.rows[key] = replace(row, projection_version=99, created_at="wrong")  # type: ignore[type-var] # rows are dataclasses
    desk = Desk(stream.store)
    for command in later:
        send(desk, command)

    stream.catch_up(projection).reach(STREAM, stream.version)

    assert stream.rows.rows == stream.fold(projection).rows


def test_random_streams_hold_every_event_that_the_projection_shows(projection: Projection) -> None:
    """The laws above say nothing about what no example holds."""
    found: Counter[type] = Counter()

    @settings(max_examples=200, derandomize=True, database=None, phases=[Phase.generate])
    @given(asked=Asked)
    def explore(asked: list[ProjectCommand]) -> None:
        for commit in Stream(asked).store.read(STREAM):
            for one in commit.recorded(project.events):
                found[type(one.event)] += bool(projection.touches(None, one))

    explore()

    assert {event for event, times in found.items() if times} == touched(projection)


def touched(projection: Projection) -> set[type[Event]]:
    """The events that touch a row, whatever came before."""
    names = [event.__name__ for event in events_of(project)]
    examples = [recorded(event_of(project, name))[0] for name in names]
    return {type(one.event) for one in examples if projection.touches(None, one)}
