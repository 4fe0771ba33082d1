"""`skafu history`, `skafu state` and `skafu why`, on one stream."""

import pytest
import typer

from domain.analysis.aggregate import analysis
from domain.project.aggregate import project
from skafu.commands.history import items
from skafu.commands.state import moment_of
from skafu.commands.why import steps
from skafu.reach.streams import named
from tests.domain.support.builders import add, create, rename, service
from tests.support.desk import Desk
from tests.support.spec import STREAM

ID = STREAM.partition("#")[2]


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.send(create(services=[service("spout")]), "order-7")
    desk.send(rename("Samovar"), "order-8")
    desk.send(add("lid"), "order-9")
    return desk


class TestNaming:
    @pytest.mark.parametrize("name", [STREAM, f"projects/{ID}", ID, ID.upper()])
    def test_a_project_has_three_names(self, name: str) -> None:
        assert named(name) == (project, STREAM)

    def test_other_aggregates_have_two(self) -> None:
        assert named(f"ANALYSIS#{ID}") == named(f"analyses/{ID}") == (analysis, f"ANALYSIS#{ID}")

    @pytest.mark.parametrize("name", ["", "teapot", f"TEAPOT#{ID}", f"teapots/{ID}", "PROJECT#7"])
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
        assert (first["eventType"], first["aggregateVersion"]) == ("ProjectCreated", 1)
        assert (first["causationId"], first["metadata"]["userId"]) == ("order-7", "ada-sub")


@pytest.mark.feature("E11", "T10")
class TestWhy:
    def test_a_field_has_the_value_that_an_event_gave_it(self, desk: Desk) -> None:
        changes = [s for s in steps(project, iter(desk.commits())) if s.changed("name")]

        assert [(s.recorded.sequence, s.commit.command_id) for s in changes] == [
            (1, "order-7"),
            (3, "order-8"),
        ]
        assert (changes[-1].before["name"], changes[-1].after["name"]) == ("Teapot", "Samovar")

    def test_a_part_of_a_field_may_be_asked_for(self, desk: Desk) -> None:
        lid = service("lid").service_id
        changes = [s for s in steps(project, iter(desk.commits())) if s.changed(f"services.{lid}")]

        assert [s.commit.command_id for s in changes] == ["order-9"]


class TestMoments:
    def test_are_read_in_any_zone(self) -> None:
        assert moment_of("2026-01-02T14:00:00+02:00") == "2026-01-02T12:00:00.000Z"

    @pytest.mark.parametrize("text", ["yesterday", "2026-01-02", "2026-01-02T12:00:00"])
    def test_need_a_zone(self, text: str) -> None:
        with pytest.raises(typer.BadParameter):
            moment_of(text)
