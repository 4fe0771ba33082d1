"""Every test calls the handler, as the gateway does."""

import json
from typing import Any

import pytest

import app

NAME = <%= name | quoted %>  # fmt: skip


def call(route: str, **event: object) -> tuple[int, dict[str, Any]]:
<% if "auth" in features %>
    claims = {"sub": event.pop("user", "user-1")}
    event = {"requestContext": {"authorizer": {"jwt": {"claims": claims}}}, **event}
<% endif %>
    answer = app.handler({"routeKey": route, **event}, None)
    assert answer["headers"]["content-type"] == "application/json"
    return answer["statusCode"], json.loads(answer["body"])


def test_it_greets() -> None:
    status, body = call("GET /hello", queryStringParameters={"name": "Ada"})

    assert (status, body["message"]) == (200, "Hello, Ada!")


def test_it_greets_the_world_without_a_name() -> None:
    assert call("GET /hello")[1]["message"] == "Hello, world!"


def test_it_says_which_service_it_is() -> None:
    assert call("GET /hello")[1]["service"] == NAME


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    status, body = call("GET /hello", queryStringParameters={"name": name})

    assert status == 400
    assert "1 to 100" in body["message"]


def test_an_unknown_route_is_not_found() -> None:
    assert call("GET /nowhere")[0] == 404
<% if "auth" in features %>


def test_it_knows_who_has_signed_in() -> None:
    assert call("GET /me", user="ada") == (200, {"user": "ada"})
<% endif %>
<% if "database" in features %>


class Table:
    """The part of a DynamoDB table that the handler uses."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, str]] = {}

    def put_item(self, Item: dict[str, str]) -> None:
        self.items[Item["noteId"]] = Item

    def get_item(self, Key: dict[str, str]) -> dict[str, Any]:
        found = self.items.get(Key["noteId"])
        return {} if found is None else {"Item": found}


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Table:
    made = Table()
    monkeypatch.setattr(app, "notes", lambda: made)
    return made


@pytest.mark.usefixtures("table")
def test_a_note_can_be_read_again() -> None:
    status, note = call("POST /notes", body='{"text": "Milk"}')

    assert status == 201
    assert call("GET /notes/{noteId}", pathParameters={"noteId": note["noteId"]}) == (200, note)


@pytest.mark.usefixtures("table")
def test_a_note_that_is_not_there_is_not_found() -> None:
    assert call("GET /notes/{noteId}", pathParameters={"noteId": "x"})[0] == 404
<% if "auth" in features %>


@pytest.mark.usefixtures("table")
def test_the_note_of_another_is_not_found() -> None:
    note = call("POST /notes", body='{"text": "Milk"}', user="ada")[1]

    assert call("GET /notes/{noteId}", pathParameters=note, user="eve")[0] == 404
<% endif %>


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"text": 1}', '{"text": ""}'])
def test_a_note_without_a_text_is_refused(table: Table, body: str) -> None:
    assert call("POST /notes", body=body)[0] == 400
    assert table.items == {}
<% endif %>
