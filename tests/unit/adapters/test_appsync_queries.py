"""Reads of AppSync with the caller's token: what its answers mean."""

from typing import Any

import pytest
from gql.transport.exceptions import TransportQueryError
from graphql import parse, print_ast

from adapters.appsync.queries import AppSyncQueries
from adapters.appsync.selection import selecting
from adapters.appsync.session import AppSyncError
from application.ports import BadPageToken, NotAllowed
from tests.support.graphql_session import Session
from tests.support.kitchen.read_models import GET_TEAPOT, READ_MODELS

LIST = "query Teapots { teapots { items { id name } nextToken } }"
GET_PART = READ_MODELS.documents["GET_PART"]


def refused(*kinds: str) -> TransportQueryError:
    return TransportQueryError("", errors=[{"errorType": kind, "message": "no"} for kind in kinds])


def queries(answer: object) -> AppSyncQueries:
    fields = ("getTeapot", "getPart", "teapots")
    return AppSyncQueries(Session(dict.fromkeys(fields, answer)), READ_MODELS)


def test_json_of_a_row_is_read() -> None:
    row = queries({"id": "p", "details": '{"a": 1}'}).row("token", GET_PART, "p")

    assert row == {"id": "p", "details": {"a": 1}}


def test_a_field_of_that_name_in_another_model_is_left_as_it_is() -> None:
    row = queries({"id": "p", "details": "hand-made"}).row("token", GET_TEAPOT, "p")

    assert row == {"id": "p", "details": "hand-made"}


def test_one_refusal_of_several_is_enough() -> None:
    answer = refused("Unauthorized", "Other")

    assert queries(answer).row("token", GET_TEAPOT, "p") is None
    with pytest.raises(NotAllowed):
        queries(answer).page("token", LIST, {})


@pytest.mark.parametrize(
    ("kind", "variables", "error"),
    [
        ("DynamoDB:ValidationException", {"nextToken": "t"}, BadPageToken),
        ("DynamoDB:ValidationException", {}, AppSyncError),
        ("Other", {"nextToken": "t"}, AppSyncError),
    ],
)
def test_only_some_refusals_of_a_token_are_the_callers(
    kind: str, variables: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        queries(refused(kind)).page("token", LIST, variables)


def test_fewer_fields_are_selected_of_rows_alone() -> None:
    assert selecting(LIST, ("id", "version")) == print_ast(
        parse("query Teapots { teapots { items { id version } nextToken } }")
    )
