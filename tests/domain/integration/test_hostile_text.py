"""Hostile text in every free field: to the store, to the row, and back, character for character."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.stack import Stack
from tests.support.api_client import ApiClient, Json, eventually

pytestmark = pytest.mark.feature("C10", "C20")

TEXTS = {
    "quotes": "\"'`\\",
    "separators": "# : ; | / ? & = % + , ~ @",
    "expressions": "$context.args ${x} #set($x=1) $util.error('x') {% x %} {{x}} <%= x %>",
    "DynamoDB expressions": ":v #n attribute_exists(id) AND SET a = if_not_exists(a, :b)",
    "GraphQL": '"}) { id } mutation { deleteProject(input: {id: "x"}) { id } } #',
    "SQL": "'; DROP TABLE projects; --",
    "prototypes": "__proto__ constructor prototype toString",
    "markup": "<script>alert(1)</script><!-- ]]> &amp;",
    "paths": "../../etc/passwd C:\\x file:///x",
    "ANSI": "a\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "lines": 'a\r\nb\n{"level":"ERROR","message":"forged"}\u2028c\u2029d\u0085e',
    "right to left": "\u202eabc\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "composed": "\u00e9\u212b\ufb01",
    "decomposed": "e\u0301A\u030afi",
    "zero width": "a\u200b\u200d\ufeffb",
    "beyond the first plane": "\U0001f375\U0001d11e\U0010ffff",
    "not a character": "\ufffe\uffff\ufdd0",
    "numbers as text": "1e400 NaN -0 007 9007199254740993",
    "JSON": '{"a": 1, "a": 2}',
    "blanks inside": "a \t\u00a0\u3000 b",
}
# Names keep no control characters, and none that turns the direction of writing.
NO_NAMES = ("ANSI", "lines", "right to left", "blanks inside")
NAMES = {label: text for label, text in TEXTS.items() if label not in NO_NAMES}
QUERY = "query G($id: ID!) { getProject(id: $id) { name description version } }"
SERVICES = (
    "query S($id: ID!) { servicesByProject(projectId: $id) { items { name configuration } } }"
)


@pytest.fixture(scope="module")
def owner(running: Stack) -> ApiClient:
    return ApiClient(running.outputs, "owner@skafu.dev")


@pytest.fixture(scope="module")
def projects(owner: ApiClient) -> dict[str, str]:
    """A project for each text, which stands in all of its free fields."""
    return {label: created(owner, label) for label in TEXTS}


def created(owner: ApiClient, label: str) -> str:
    answer = owner.command("POST", "/projects", body_of(label))
    assert answer.status_code == 202, answer.text
    return str(answer.json()["aggregateId"])


def body_of(label: str) -> Json:
    text = TEXTS[label]
    name = NAMES.get(label, "Teapot")
    return {
        "name": name,
        "description": text,
        "configuration": {
            "runtime": "python3.13",
            "region": "us-east-1",
            "environment": {"TEXT": text, "__proto__": text},
        },
        "services": [
            {"serviceName": name, "serviceType": "API", "configuration": configuration(text)}
        ],
    }


def configuration(text: str) -> Json:
    """Use the text as a value, as a name, in a list, and under names that languages reserve."""
    return {
        "text": text,
        text: 1,
        "list": [text, [text]],
        # Not `__proto__`: the local AppSync is JavaScript, whose DynamoDB client loses it.
        "constructor": {"prototype": text, "toString": text, "hasOwnProperty": text},
    }


@pytest.mark.parametrize("label", TEXTS)
def test_a_text_comes_back_as_it_was_sent(
    label: str, owner: ApiClient, projects: dict[str, str]
) -> None:
    project, body = projects[label], body_of(label)
    shown = eventually(lambda: owner.graphql(QUERY, id=project)["data"]["getProject"])
    items = eventually(
        lambda: owner.graphql(SERVICES, id=project)["data"]["servicesByProject"]["items"]
    )
    answered = owner.send("GET", f"/projects/{project}").json()["data"]
    trail = list(events(owner, project))

    for found in (shown, answered, trail[0]):
        assert (found["name"], found["description"]) == (body["name"], TEXTS[label])
    assert items[0]["name"] == body["name"]
    assert json.loads(items[0]["configuration"]) == configuration(TEXTS[label])
    assert TEXTS[label] in [value for event in trail for value in texts(event)]
    assert owner.send("GET", f"/projects/{project}/services").json()["data"][0][
        "configuration"
    ] == configuration(TEXTS[label])


def events(owner: ApiClient, project: str) -> Iterator[Json]:
    for event in owner.send("GET", f"/projects/{project}/events").json()["data"]:
        yield event["data"]


def texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    match value:
        case str():
            yield value
        case list():
            for part in value:
                yield from texts(part)
        case dict():
            for part in value.values():
                yield from texts(part)


@pytest.mark.parametrize("label", TEXTS)
def test_a_changed_text_comes_back_as_well(label: str, owner: ApiClient) -> None:
    """An update goes through other expressions than a creation does."""
    project, text = created(owner, label), f"{TEXTS[label]}!"
    answer = owner.command("PATCH", f"/projects/{project}", {"description": text})
    version = answer.json()["version"]

    def description() -> str | None:
        row = owner.graphql(QUERY, id=project)["data"]["getProject"]
        return str(row["description"]) if row and row["version"] >= version else None

    assert eventually(description) == text
