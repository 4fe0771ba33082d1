"""Events of other versions, read by today's code. The versions here are made up."""

from typing import Any, Literal

import pytest

from application.commit import Commit, decode_event
from application.upcasting import UnreadableEvent, todays_data
from kernel.event_types import Data, EventTypes, event_types
from kernel.messages import Event


class TeaPoured(Event):
    """Today's: 1.x had `cup`, 2.x had `cups`, 3.x has `cups` and `millilitres`."""

    type: Literal["TeaPoured"] = "TeaPoured"
    schema_version = "3.1"
    cups: int
    millilitres: int
    sugar: int = 0


class TeaSpilt(Event):
    type: Literal["TeaSpilt"] = "TeaSpilt"


TeaEvent = TeaPoured | TeaSpilt


def one_cup(data: Data) -> Data:
    return {"cups": data["cup"]}


def measured(data: Data) -> Data:
    return {**data, "millilitres": data["cups"] * 200}


def without_pot(data: Data) -> Data:
    return {name: value for name, value in data.items() if name != "pot"}


tea: EventTypes[Any] = event_types(
    TeaEvent,
    upcasters={("TeaPoured", 1): one_cup, ("TeaPoured", 2): measured},
    downcasters={("TeaPoured", 4): without_pot},
)


def stored(version: str, event_type: str = "TeaPoured", **data: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return {"eventType": event_type, "schemaVersion": version, "data": data}


@pytest.mark.feature("V4")
class TestOlderVersions:
    def test_are_brought_forward_step_by_step(self) -> None:
        assert decode_event(tea, stored("1.0", cup=2)) == TeaPoured(cups=2, millilitres=400)

    def test_are_brought_forward_from_wherever_they_stand(self) -> None:
        assert decode_event(tea, stored("2.0", cups=1)) == TeaPoured(cups=1, millilitres=200)

    @pytest.mark.parametrize("minor", range(3))
    def test_of_any_minor_version_take_the_same_way(self, minor: int) -> None:
        assert decode_event(tea, stored(f"2.{minor}", cups=1)).cups == 1

    @pytest.mark.feature("V2")
    def test_of_todays_major_version_need_no_upcaster(self) -> None:
        event = decode_event(tea, stored("3.0", cups=1, millilitres=180))

        assert event == TeaPoured(cups=1, millilitres=180, sugar=0)

    def test_are_not_changed_in_place(self) -> None:
        old = stored("1.0", cup=2)
        decode_event(tea, old)

        assert old == stored("1.0", cup=2)


class TestTodaysVersion:
    def test_costs_no_copy(self) -> None:
        today = stored("3.1", cups=1, millilitres=180)

        assert todays_data(tea, today) is today["data"]

    @pytest.mark.feature("E14")
    def test_with_data_that_it_does_not_have_is_refused(self) -> None:
        with pytest.raises(UnreadableEvent, match="ValidationError") as refusal:
            decode_event(tea, stored("3.1", cups="CANARY"))

        assert "CANARY" not in str(refusal.value)
        assert refusal.value.__suppress_context__

    @pytest.mark.parametrize("version", ["1.0", "2.0", "3.1"])
    @pytest.mark.parametrize("data", [{}, {"cups": ["CANARY"]}, {"CANARY": 1}])
    def test_of_no_shape_that_was_ever_written_is_refused(
        self, version: str, data: dict[str, Any]
    ) -> None:
        with pytest.raises(UnreadableEvent) as refusal:
            decode_event(tea, stored(version, **data))

        assert "CANARY" not in str(refusal.value)


@pytest.mark.feature("V3")
class TestNewerVersions:
    def test_of_the_same_major_are_read_over_what_they_add(self) -> None:
        event = decode_event(tea, stored("3.2", cups=1, millilitres=180, milk="oat"))

        assert event == TeaPoured(cups=1, millilitres=180)

    def test_of_the_next_major_are_read_one_release_before_they_are_written(self) -> None:
        event = decode_event(tea, stored("4.0", cups=1, millilitres=180, pot="brown betty"))

        assert event == TeaPoured(cups=1, millilitres=180)

    def test_of_a_major_that_nobody_announced_are_refused_by_name(self) -> None:
        with pytest.raises(UnreadableEvent, match=r"TeaPoured 5\.0: this release reads 3\.1"):
            decode_event(tea, stored("5.0", cups=1))

    def test_types_that_nobody_announced_are_refused_by_name(self) -> None:
        with pytest.raises(
            UnreadableEvent, match="TeaBrewed is not an event that this release knows"
        ):
            decode_event(tea, stored("1.0", "TeaBrewed"))


class TestWhatCannotBeRead:
    def test_is_an_older_version_without_an_upcaster(self) -> None:
        with pytest.raises(UnreadableEvent, match=r"TeaPoured 0\.1: this release reads 3\.1"):
            decode_event(tea, stored("0.1", cup=1))

    @pytest.mark.parametrize("version", ["", "1", "one.two", "1.", "-1.0", "1.0.0"])
    def test_is_a_version_that_is_none(self, version: str) -> None:
        with pytest.raises(UnreadableEvent, match="is not a schema version"):
            decode_event(tea, stored(version, cups=1))

    def test_is_parked_by_whoever_lists_values_that_are_wrong(self) -> None:
        """Publisher and projectors park what raises `ValueError`."""
        assert issubclass(UnreadableEvent, ValueError)


def test_a_commit_of_several_versions_yields_todays_classes() -> None:
    commit = Commit(
        aggregate_id="TEA#1",  # type: ignore[arg-type] # no aggregate of ours
        first_sequence=1,
        command_id="k",
        fingerprint=bytes(32),
        actor="ada-sub::ada",
        correlation_id="k",
        timestamp="2026-01-01T00:00:00.000Z",
        previous_hash=bytes(32),
        events=(
            '[{"data":{"cup":1},"eventType":"TeaPoured","schemaVersion":"1.0"},'
            '{"data":{"cups":2,"millilitres":350},"eventType":"TeaPoured","schemaVersion":"3.1"},'
            '{"data":{},"eventType":"TeaSpilt","schemaVersion":"1.0"}]'
        ),
        count=3,
    )

    assert [recorded.event for recorded in commit.recorded(tea)] == [
        TeaPoured(cups=1, millilitres=200),
        TeaPoured(cups=2, millilitres=350),
        TeaSpilt(),
    ]
