"""The table of sagas: one contract, in memory and on DynamoDB."""

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from moto import mock_aws

from adapters.dynamodb.saga_table import DynamoDbSagaTable
from adapters.memory.sagas import MemorySagaTable
from application.sagas.ports import BegunRun, Noted, Place, SagaTable, Waiting
from application.sagas.tasks import RunKey
from kernel.messages import aggregate_id
from tests.support import template

pytestmark = pytest.mark.feature("S1", "S6")

RUN = RunKey("tea", "1", 1, "event-1", 3)
OTHER = RunKey("tea", "2", 2, "event-2", 7)
ASKED = aggregate_id("QUESTION", "1")
WAITING = Waiting(ASKED, RUN, "STEEP", "2026-01-01T00:00:00.001Z", "a token")
ELSEWHERE = replace(WAITING, asked=aggregate_id("QUESTION", "2"), run=OTHER, token="another")
BEGUN = BegunRun(RUN, "2026-01-01T00:00:00.000Z")


@pytest.fixture(params=["memory", "dynamodb"])
def table(request: pytest.FixtureRequest) -> Iterator[SagaTable]:
    if request.param == "memory":
        yield MemorySagaTable()
        return
    properties = template.written()["SagaTable"]["Properties"]
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        client.create_table(
            TableName="sagas",
            AttributeDefinitions=properties["AttributeDefinitions"],
            KeySchema=properties["KeySchema"],
            BillingMode="PAY_PER_REQUEST",
        )
        yield DynamoDbSagaTable(client, "sagas")


class TestStepsThatWait:
    def test_are_found_by_what_they_wait_for(self, table: SagaTable) -> None:
        assert table.waiting(ASKED) is None
        table.wait(WAITING)
        table.wait(ELSEWHERE)

        assert table.waiting(ASKED) == WAITING
        assert sorted(table.waits(), key=str) == [WAITING, ELSEWHERE]

    @pytest.mark.parametrize(
        ("deadline", "kept"),
        [
            ("2026-01-01T00:00:00.000Z", False),
            ("2026-01-01T00:00:00.001Z", True),
            ("2026-01-01T00:00:00.002Z", True),
        ],
        ids=["earlier", "the same", "later"],
    )
    def test_give_way_to_one_whose_deadline_is_not_earlier(
        self, table: SagaTable, deadline: str, kept: bool
    ) -> None:
        later = replace(WAITING, deadline=deadline, token="of another try")
        table.wait(WAITING)
        table.wait(later)

        assert table.waiting(ASKED) == (later if kept else WAITING)

    def test_are_forgotten_with_their_own_token(self, table: SagaTable) -> None:
        table.wait(WAITING)
        table.forget(replace(WAITING, token="of another try"))
        assert table.waiting(ASKED) == WAITING

        table.forget(WAITING)
        table.forget(WAITING)
        assert table.waiting(ASKED) is None
        assert [*table.waits()] == []


class TestRuns:
    def test_are_looked_after_until_they_are_removed(self, table: SagaTable) -> None:
        other = BegunRun(OTHER, "2026-01-02T00:00:00.000Z")
        for begun in (BEGUN, other, BEGUN):
            table.add(begun)
        assert sorted(table.begun(), key=str) == [BEGUN, other]

        table.remove(RUN)
        table.remove(RUN)
        assert [*table.begun()] == [other]


class TestReasons:
    def test_are_those_of_the_step_that_failed_last(self, table: SagaTable) -> None:
        assert table.noted(RUN) is None
        table.note(RUN, "BOIL", "No fire.")
        table.note(RUN, "STEEP", "No water: \U0001f375")

        assert table.noted(RUN) == Noted("STEEP", "No water: \U0001f375")
        assert table.noted(OTHER) is None

    def test_may_be_those_of_the_whole_run(self, table: SagaTable) -> None:
        table.note(RUN, None, "Lost.")

        assert table.noted(RUN) == Noted(None, "Lost.")

    def test_go_with_their_run(self, table: SagaTable) -> None:
        table.note(RUN, "STEEP", "No water.")
        table.note(OTHER, "STEEP", "No tea.")
        table.remove(RUN)

        assert table.noted(RUN) is None
        assert table.noted(OTHER) == Noted("STEEP", "No tea.")


class TestPlace:
    @pytest.mark.parametrize("place", [Place(7, 3, "work event-1"), Place(8)])
    def test_is_the_one_that_was_kept_last(self, table: SagaTable, place: Place) -> None:
        assert table.place() == Place()
        table.keep(Place(2, 1, "wait"))
        table.keep(place)

        assert table.place() == place


def test_nothing_is_taken_for_something_else(table: SagaTable) -> None:
    table.wait(WAITING)
    table.add(BEGUN)
    table.note(RUN, "STEEP", "No water.")
    table.keep(Place(7))

    assert [*table.waits()] == [WAITING]
    assert [*table.begun()] == [BEGUN]
