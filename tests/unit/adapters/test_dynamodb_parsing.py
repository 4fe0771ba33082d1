"""Answers of DynamoDB, as we parse them and as botocore does."""

import base64
import json
from typing import Any, cast

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from adapters.dynamodb.parsing import parsing

NUMBERS = st.integers().map(str)
OCTETS = st.binary().map(lambda octets: base64.b64encode(octets).decode())
PLAIN = (
    st.fixed_dictionaries({"S": st.text()})
    | st.fixed_dictionaries({"N": NUMBERS})
    | st.fixed_dictionaries({"B": OCTETS})
    | st.fixed_dictionaries({"BOOL": st.booleans()})
    | st.fixed_dictionaries({"NULL": st.just(True)})
    | st.fixed_dictionaries({"SS": st.lists(st.text())})
    | st.fixed_dictionaries({"NS": st.lists(NUMBERS)})
    | st.fixed_dictionaries({"BS": st.lists(OCTETS)})
)
NAMES = st.sampled_from(["B", "BS", "S", "M", "Items"]) | st.text(min_size=1)
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.fixed_dictionaries({"L": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({"M": st.dictionaries(NAMES, inner, max_size=3)})
    ),
    max_leaves=5,
)
ITEMS = st.dictionaries(NAMES, VALUES, max_size=4)
CAPACITY = {"TableName": "B", "CapacityUnits": 1.5}
QUERIES = st.fixed_dictionaries(
    {
        "Items": st.lists(ITEMS, max_size=3),
        "Count": st.just(1),
        "ConsumedCapacity": st.just(CAPACITY),
    },
    optional={"LastEvaluatedKey": ITEMS},
)
BATCHES = st.fixed_dictionaries(
    {
        "Responses": st.dictionaries(NAMES, st.lists(ITEMS, max_size=3), max_size=2),
        "UnprocessedKeys": st.dictionaries(
            NAMES,
            st.fixed_dictionaries(
                {"Keys": st.lists(ITEMS, max_size=2), "ConsistentRead": st.just(True)}
            ),
            max_size=2,
        ),
    }
)


class Answer(AWSResponse):
    """An answer whose body is there already."""

    @property
    def content(self) -> bytes:
        return cast(bytes, self.raw)


class Answering:
    """Two clients that get the same answers over no network: ours, and one of botocore alone."""

    def __init__(self) -> None:
        self.body, self.status = b"", 200
        self.clients = [self.client(), parsing(self.client())]

    def client(self) -> Any:  # noqa: ANN401 - boto3 makes clients by name
        client: Any = boto3.client(
            "dynamodb", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
        )
        client.meta.events.register("before-send.dynamodb.*", self.answer)
        return client

    def answer(self, request: Any, **_: object) -> AWSResponse:  # noqa: ANN401 - botocore's own
        return Answer(request.url, self.status, HTTPHeaders(), self.body)

    def both(self, operation: str, body: bytes, status: int = 200, **given: Any) -> list[Any]:  # noqa: ANN401 - boto3's own
        self.body, self.status = body, status
        return [getattr(client, operation)(**given) for client in self.clients]


ANSWERING = Answering()


@given(QUERIES)
def test_a_query_is_parsed_as_by_botocore(answer: dict[str, Any]) -> None:
    theirs, ours = ANSWERING.both("query", json.dumps(answer).encode(), TableName="t")

    assert ours == theirs


@given(BATCHES)
def test_a_batch_is_parsed_as_by_botocore(answer: dict[str, Any]) -> None:
    theirs, ours = ANSWERING.both("batch_get_item", json.dumps(answer).encode(), RequestItems={})

    assert ours == theirs


def test_octets_are_no_text() -> None:
    body = json.dumps({"Item": {"hash": {"B": base64.b64encode(b"\0\xff").decode()}}}).encode()
    _, ours = ANSWERING.both("get_item", body, TableName="t", Key={})

    assert ours["Item"] == {"hash": {"B": b"\0\xff"}}


def test_an_empty_answer_is_parsed_as_by_botocore() -> None:
    theirs, ours = ANSWERING.both("get_item", b"{}", TableName="t", Key={})

    assert ours == theirs
    assert "Item" not in ours


def test_what_is_no_json_is_left_to_botocore() -> None:
    theirs, ours = ANSWERING.both("get_item", b"<html>", TableName="t", Key={})

    assert ours == theirs


def test_errors_are_left_to_botocore() -> None:
    body = b'{"__type": "x#ResourceNotFoundException", "message": "no table", "B": "no base64"}'
    for client in ANSWERING.clients:
        ANSWERING.body, ANSWERING.status = body, 400
        with pytest.raises(ClientError, match="no table") as raised:
            client.query(TableName="t")

        assert isinstance(raised.value, client.exceptions.ResourceNotFoundException)
