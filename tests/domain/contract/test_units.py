"""The cost of a command, from stored item sizes: the budget of docs/architecture.md as a test."""

from collections.abc import Iterator

import pytest

from adapters.dynamodb.items import item_size
from application.writing.append import SMALL_STATE_EVERY
from benchmarks.units import SIZES, Cost, Measured, measure, on_moto

INSIDE, OUTSIDE, JUST_NOW = range(3)


@pytest.fixture(scope="module")
def measured() -> Iterator[list[Measured]]:
    with on_moto() as bench:
        yield [measure(bench, size, [10]) for size in SIZES[:2]]


@pytest.fixture
def small(measured: list[Measured]) -> Measured:
    """A state of 0.3 KB, which shares the commits' items."""
    return measured[0]


@pytest.fixture
def larger(measured: list[Measured]) -> Measured:
    """A state of 1 KB, which does not."""
    return measured[1]


@pytest.mark.feature("W8", "O11", "C14")
class TestWhileEventAndStateFitOneKilobyte:
    def test_a_creation_is_one_write_unit_and_one_round_trip(self, small: Measured) -> None:
        assert small.created == Cost(write=1, read=0, trips=1)

    def test_adding_a_service_is_one_write_unit(self, small: Measured) -> None:
        assert small.added == Cost(write=1, read=0.5, trips=2)

    @pytest.mark.parametrize("when", [INSIDE, OUTSIDE], ids=["inside 24 h", "outside 24 h"])
    def test_an_update_reads_half_a_unit_in_two_round_trips(
        self, small: Measured, when: int
    ) -> None:
        assert small.rows[when].timed == Cost(write=1, read=0.5, trips=2)

    def test_a_warm_update_reads_nothing(self, small: Measured) -> None:
        assert [row.warm for row in small.rows] == [Cost(write=1, read=0, trips=1)] * 3

    def test_an_opaque_key_costs_the_same_once_the_stream_rested_for_a_day(
        self, small: Measured
    ) -> None:
        assert small.rows[OUTSIDE].opaque == Cost(write=1, read=0.5, trips=2)


class TestTheRest:
    """The exceptions, as the benchmark's formula has them."""

    @pytest.mark.parametrize("when", [INSIDE, OUTSIDE], ids=["inside 24 h", "outside 24 h"])
    def test_a_state_of_one_kilobyte_is_read_for_half_a_unit_and_written_every_fourth_commit(
        self, larger: Measured, when: int
    ) -> None:
        every_fourth = (3 * 1 + 2) / SMALL_STATE_EVERY

        assert larger.rows[when].timed == Cost(write=every_fourth, read=0.5, trips=2)
        assert larger.rows[when].warm == Cost(write=every_fourth, read=0, trips=1)

    def test_commits_of_the_last_five_minutes_cost_nothing_more(self, small: Measured) -> None:
        assert small.rows[JUST_NOW].timed == Cost(write=1, read=0.5, trips=2)

    def test_an_opaque_key_reads_the_commits_of_a_day(self, small: Measured) -> None:
        cost = small.rows[INSIDE].opaque

        assert cost.trips == 4  # pages of 4, 4 and the rest, and the write
        assert cost.read <= 0.5 + 0.5 + 0.5 * 2


def test_all_but_events_and_state_of_an_item_fit_in_350_bytes(small: Measured) -> None:
    """Beside where the command came from, sealed, of which a browser's name is the most."""
    apart = ("events", "state", "client", "keyTimes")
    for item in small.items.values():
        rest = {n: value for n, value in item.items() if n not in apart}

        assert item_size(rest) <= 350
        assert item_size({"client": item["client"]}) <= 64
        assert item_size({"keyTimes": item["keyTimes"]}) == 22


def test_a_correlation_id_that_is_the_command_id_is_not_stored(small: Measured) -> None:
    assert all("correlationId" not in item for item in small.items.values())
