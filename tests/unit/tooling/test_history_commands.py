"""`skafu history`, `skafu state` and `skafu why`, on one stream."""

import pytest
import typer

from domain.contents import contents
from kernel.aggregate import AnyAggregate
from skafu.commands.history import items
from skafu.commands.state import moment_of
from skafu.commands.why import steps
from skafu.reach.streams import named
from tests.support.desk import Desk
from tests.support.kitchen.builders import add, make, part, rename
from tests.support.kitchen.teapot import teapot
from tests.support.spec import STREAM

ID = STREAM.partition("#")[2]


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.send(make(parts=[part("spout")]), "order-7")
    desk.send(rename("Samovar"), "order-8")
    desk.send(add("lid"), "order-9")
    return desk


class TestNaming:
    @pytest.mark.parametrize("kind", contents.aggregates, ids=lambda kind: kind.aggregate_type)
    def test_an_aggregate_is_named_by_its_type_or_its_path(self, kind: AnyAggregate) -> None:
        collection = next(p for p, other in contents.collections() if other is kind)

        for name in (kind.id(ID), f"{collection}/{ID}".strip("/")):
            assert named(name) == (kind, kind.id(ID))

    @pytest.mark.parametrize("name", [ID, ID.upper()])
    def test_an_id_alone_is_of_the_first_kind(self, name: str) -> None:
        first = contents.aggregates[0]

        assert named(name) == (first, first.id(ID))

    @pytest.mark.parametrize("name", ["", "teapot", f"TEAPOT#{ID}", f"teapots/{ID}", "TEAPOT#7"])
    def test_what_names_nothing_is_refused(self, name: str) -> None:
        with pytest.raises(typer.BadParameter):
            named(name)


@pytest.mark.feature("E2", "T10")
class TestRaw:
    def test_an_event_is_keyed_by_its_aggregate_and_its_time(self, desk: Desk) -> None:
        listed = [item for commit in desk.commits() for item in items(commit)]

        assert [item["PK"] for item in listed] == [STREAM] * 4
        assert [item["SK"] for item in listed] == [
            f"EVENT#2026-01-02T12:00:00.000Z#00{n}" for n in (1, 2, 3, 4)
        ]
        assert sorted(listed, key=lambda item: str(item["SK"])) == listed

    def test_it_has_the_fields_of_the_document(self, desk: Desk) -> None:
        first = next(items(desk.commits()[0]))

        assert list(first) == [
            "PK",
            "SK",
            "eventId",
            "eventType",
            "eventVersion",
            "timestamp",
            "correlationId",
            "causationId",
            "aggregateId",
            "aggregateVersion",
            "data",
            "metadata",
        ]
        assert (first["eventType"], first["aggregateVersion"]) == ("TeapotMade", 1)
        assert (first["causationId"], first["metadata"]["userId"]) == ("order-7", "ada-sub")


@pytest.mark.feature("E11", "T10")
class TestWhy:
    def test_a_field_has_the_value_that_an_event_gave_it(self, desk: Desk) -> None:
        changes = [s for s in steps(teapot, iter(desk.commits())) if s.changed("name")]

        assert [(s.recorded.sequence, s.commit.command_id) for s in changes] == [
            (1, "order-7"),
            (3, "order-8"),
        ]
        assert (changes[-1].before["name"], changes[-1].after["name"]) == ("Teapot", "Samovar")

    def test_a_part_of_a_field_may_be_asked_for(self, desk: Desk) -> None:
        lid = part("lid").part_id
        changes = [s for s in steps(teapot, iter(desk.commits())) if s.changed(f"parts.{lid}")]

        assert [s.commit.command_id for s in changes] == ["order-9"]


class TestMoments:
    def test_are_read_in_any_zone(self) -> None:
        assert moment_of("2026-01-02T14:00:00+02:00") == "2026-01-02T12:00:00.000Z"

    @pytest.mark.parametrize("text", ["yesterday", "2026-01-02", "2026-01-02T12:00:00"])
    def test_need_a_zone(self, text: str) -> None:
        with pytest.raises(typer.BadParameter):
            moment_of(text)
