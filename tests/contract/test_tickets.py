"""Tickets of deferred commands: one contract, in memory and on DynamoDB."""

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from moto import mock_aws

from adapters.dynamodb.tickets import DynamoDbTickets
from adapters.memory.tickets import MemoryTickets
from application.writing.deferral import Status, Ticket, TicketConflict, Tickets
from kernel.messages import AggregateId
from tests.support.commits import STREAM

TICKET = Ticket("a-key", "an-id", "ada-sub", "mark", 1_900_000_000, request=b"sealed")
DONE = replace(TICKET, status=Status.ACCEPTED, request=None, outcome={"version": 1})


@pytest.fixture(params=["memory", "dynamodb"])
def tickets(request: pytest.FixtureRequest) -> Iterator[Tickets]:
    if request.param == "memory":
        yield MemoryTickets()
        return
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        client.create_table(
            TableName="commands",
            AttributeDefinitions=[{"AttributeName": "command", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "command", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield DynamoDbTickets(client, "commands")


@pytest.mark.feature("C26")
class TestTickets:
    @pytest.mark.parametrize("aggregate", [None, STREAM])
    def test_what_was_put_is_got(self, tickets: Tickets, aggregate: AggregateId | None) -> None:
        ticket = replace(TICKET, aggregate=aggregate, attempt=2)
        assert tickets.get("a-key") is None
        tickets.put(ticket, None)
        assert tickets.get("a-key") == ticket

    def test_one_that_is_there_is_not_put_anew(self, tickets: Tickets) -> None:
        tickets.put(TICKET, None)
        with pytest.raises(TicketConflict):
            tickets.put(TICKET, None)

    def test_one_is_replaced_as_it_was_read(self, tickets: Tickets) -> None:
        tickets.put(TICKET, None)
        tickets.put(DONE, TICKET)

        assert tickets.get("a-key") == DONE

    @pytest.mark.parametrize(
        "read", [DONE, replace(TICKET, attempt=2)], ids=["another status", "another attempt"]
    )
    def test_one_that_was_not_read_so_is_not_replaced(self, tickets: Tickets, read: Ticket) -> None:
        tickets.put(TICKET, None)
        with pytest.raises(TicketConflict):
            tickets.put(DONE, read)
        assert tickets.get("a-key") == TICKET

    def test_one_that_is_gone_is_not_replaced(self, tickets: Tickets) -> None:
        with pytest.raises(TicketConflict):
            tickets.put(DONE, TICKET)
