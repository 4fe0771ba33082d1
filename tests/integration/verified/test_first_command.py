"""The first command of the domain, whatever the domain is: answer, row, subscription, tools."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from domain.contents import contents
from kernel.aggregate import AnyAggregate
from skafu.cli import app
from skafu.examples import Placeholders
from skafu.generate.read_models import amplify_schema
from tests.support.api_client import ApiClient, Json, eventually
from tests.support.appsync_client import AppSync, Credential, Subscriber, document

CREATE, CHANGE = contents.first_creation, contents.first_change
KIND: AnyAggregate = contents.aggregate[CREATE.aggregate_type]
SHOWN = contents.projections_of(KIND.aggregate_type)[0]
MODEL = SHOWN.head_model
pytestmark = pytest.mark.feature("W27")


@dataclass(frozen=True)
class Begun:
    """An aggregate that a command has begun, and what a subscriber was told."""

    owner: ApiClient
    answer: Json
    frames: list[Json]

    @property
    def id(self) -> str:
        plain_id: str = self.answer["aggregateId"]
        return plain_id

    @property
    def path(self) -> str:
        return contents.detail[KIND.aggregate_type].path.replace("<id>", self.id)

    def row(self, version: int) -> Json:
        """Return the row, once it has reached the version."""
        found: Json = self.owner.send("GET", f"{self.path}?minVersion={version}").json()
        assert found["meta"]["stale"] is False
        row: Json = found["data"]
        return row


@pytest.fixture(scope="module")
def begun(stack: Json) -> Begun:
    """The first command, sent while a browser watches."""
    owner = ApiClient(stack, "owner@skafu.dev")
    browser = watching(owner)
    body = {"data": data_of(CREATE.name)}
    answer = owner.send("POST", f"/commands/{CREATE.name}", body)
    assert answer.status_code == 202, answer.text
    frames = eventually(lambda: received(browser))
    browser.close()
    return Begun(owner, answer.json(), frames)


def watching(owner: ApiClient) -> Subscriber:
    """Subscribe to new rows, as the page does."""
    token = owner.tokens["IdToken"]
    browser = AppSync(owner.outputs, Credential({"Authorization": token})).subscriber()
    assert browser.open()
    schema = amplify_schema()
    assert schema.subscription_type is not None
    name = f"onCreate{MODEL}"
    field = schema.subscription_type.fields[name]
    browser.start(MODEL, document("subscription", name, field, {}))
    assert browser.until(lambda: browser.accepted == {MODEL})
    return browser


def received(browser: Subscriber) -> list[Json]:
    browser.read(seconds=0.5)
    return browser.received.get(MODEL, [])


def data_of(name: str) -> Json:
    example = contents.operation[name].example
    assert example is not None
    return Placeholders.numbered(1).data(example.typical)


def skafu(outputs: Path, *words: str) -> tuple[int, str]:
    # Wide enough that no line is broken.
    answer = CliRunner(env={"COLUMNS": "300"}).invoke(app, [*words, "--outputs", str(outputs)])
    return answer.exit_code, answer.output


def test_it_becomes_a_row(begun: Begun) -> None:
    row = begun.row(begun.answer["version"])

    assert row["id"] == begun.id
    assert row["version"] >= begun.answer["version"]


def test_a_browser_that_watches_is_told(begun: Begun) -> None:
    """Once, or twice: AppSync takes the same row from two projectors at once, and tells of both."""
    rows = [frame["data"][f"onCreate{MODEL}"] for frame in begun.frames]

    assert {row["id"] for row in rows} == {begun.id}


def test_a_command_after_it_moves_the_row(begun: Begun) -> None:
    body = {"aggregateId": begun.id, "data": data_of(CHANGE.name)}
    answer = begun.owner.send("POST", f"/commands/{CHANGE.name}", body)
    assert answer.status_code == 202, answer.text

    assert begun.row(answer.json()["version"])["version"] > begun.answer["version"]


def test_history_and_why_tell_of_it(begun: Begun, stack_outputs: Path) -> None:
    stream = KIND.id(begun.id)
    key = begun.answer["commandId"]

    for words in (("history", stream), ("why", stream, "1")):
        code, said = skafu(stack_outputs, *words)
        assert code == 0, said
        assert key in said


def test_verify_finds_that_all_is_whole(begun: Begun, stack_outputs: Path) -> None:
    begun.row(begun.answer["version"])

    assert eventually(lambda: skafu(stack_outputs, "verify")[0] == 0)
