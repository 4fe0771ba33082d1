"""Every test calls the handler, as the gateway does."""

import json
from typing import Any

<% if "database" in features %>
import pytest

<% endif %>
import app

NAME = <%= name | quoted %>  # fmt: skip


def call(route: str, user: str = "ada", **event: object) -> tuple[int, dict[str, Any]]:
    claims = {"sub": user, "email": f"{user}@example.org"}
    context = {"authorizer": {"jwt": {"claims": claims}}}
    answer = app.handler({"routeKey": route, "requestContext": context, **event}, None)
    assert answer["headers"]["content-type"] == "application/json"
    return answer["statusCode"], json.loads(answer["body"])


def test_it_knows_who_has_signed_in() -> None:
    status, body = call("GET /me", user="ada")

    assert (status, body["user"]) == (200, "ada@example.org")


def test_it_says_which_service_it_is() -> None:
    assert call("GET /me")[1]["service"] == NAME


def test_an_unknown_route_is_not_found() -> None:
    assert call("GET /nowhere")[0] == 404
<% if "database" in features %>


class Table:
    """The part of a DynamoDB table that the handler uses."""

    def __init__(self) -> None:
        self.items: list[dict[str, str]] = []

    def put_item(self, Item: dict[str, str]) -> None:
        self.items.append(Item)

    def query(self, ExpressionAttributeValues: dict[str, str], **_: object) -> dict[str, Any]:
        owner = ExpressionAttributeValues[":owner"]
        return {"Items": [item for item in self.items if item["owner"] == owner]}


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> Table:
    made = Table()
    monkeypatch.setattr(app, "notes", lambda: made)
    return made


def test_a_note_that_was_added_is_listed() -> None:
    status, note = call("POST /notes", body='{"text": "Milk"}')

    assert (status, note["text"]) == (201, "Milk")
    assert call("GET /notes") == (200, {"notes": [note]})


def test_the_notes_of_others_are_not_listed() -> None:
    call("POST /notes", user="ada", body='{"text": "Milk"}')

    assert call("GET /notes", user="eve") == (200, {"notes": []})


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"text": 1}', '{"text": ""}'])
def test_a_note_without_a_text_is_refused(table: Table, body: str) -> None:
    assert call("POST /notes", body=body)[0] == 400
    assert table.items == []
<% endif %>
