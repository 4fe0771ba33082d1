"""History on the running stack: past states, outcomes, and the proof that it is whole."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uuid6
from typer.testing import CliRunner

from local.aws import Aws
from skafu.cli import app
from tests.domain.integration.test_old_versions import put
from tests.domain.support.project_client import ProjectClient, row
from tests.integration.test_dead_letters import outage
from tests.integration.test_failures import listed
from tests.integration.verified.conftest import all_are_there
from tests.support import corpus, lab
from tests.support.api_client import Json, eventually, queue_depths
from tests.support.template import function_name

Item = dict[str, Any]
FEED = "skafu-feed-local"
STREAM = re.compile("[A-Z]+#[0-9a-f-]{36}")


def skafu(outputs: Path, *words: str) -> tuple[int, str]:
    # Wide enough that no line is broken.
    answer = CliRunner(env={"COLUMNS": "300"}).invoke(app, [*words, "--outputs", str(outputs)])
    return answer.exit_code, answer.stdout


@pytest.fixture
def owner(stack: Json) -> ProjectClient:
    return ProjectClient(stack, "owner@skafu.dev")


@pytest.fixture
def project(owner: ProjectClient) -> str:
    """Four commits, projected to the end."""
    plain: str = owner.create_project("Teapot")["aggregateId"]
    for name in ("Samovar", "Urn", "Kettle"):
        assert owner.command("PATCH", f"/projects/{plain}", {"name": name}).status_code == 202
    assert row(owner, plain, 4) is not None
    assert eventually(lambda: fed(owner.outputs, plain) == 4)
    return plain


def fed(stack: Json, plain: str) -> int:
    """Return how far the feed knows the project."""
    item = feed_item(stack, f"PROJECT#{plain}", 0)
    return 0 if item is None else int(item["end"]["N"])


def feed_item(stack: Json, feed: str, page: int) -> Item | None:
    found: Item | None = (
        Aws(stack["awsEndpointUrl"])
        .client("dynamodb")
        .get_item(TableName=FEED, Key={"feed": {"S": feed}, "page": {"N": str(page)}})
        .get("Item")
    )
    return found


@pytest.mark.feature("T9")
def test_a_state_is_shown_as_it_was(owner: ProjectClient, project: str) -> None:
    path = f"/projects/{project}/state"
    second = owner.send("GET", f"{path}?version=2").json()
    then = owner.send("GET", f"{path}?at={second['meta']['lastUpdated']}").json()

    assert (second["data"]["name"], second["meta"]["version"]) == ("Samovar", 2)
    assert then["data"]["name"] in ("Samovar", "Urn", "Kettle")  # of one millisecond, perhaps
    assert owner.send("GET", path).json()["data"]["name"] == "Kettle"
    assert owner.send("GET", f"{path}?version=5").status_code == 404


@pytest.mark.feature("C26")
def test_a_commands_outcome_is_found_by_its_id(owner: ProjectClient, project: str) -> None:
    key = str(uuid6.uuid7())
    accepted = owner.command("PATCH", f"/projects/{project}", {"name": "Pot"}, key).json()
    found = owner.send("GET", f"/projects/{project}/commands/{key}").json()["data"]

    same = ("commandId", "status", "aggregateId", "version", "timestamp")
    assert {name: found[name] for name in same} == {name: accepted[name] for name in same}
    assert owner.send("GET", f"/projects/{project}/commands/{uuid6.uuid7()}").status_code == 404


@pytest.mark.feature("T10")
@pytest.mark.parametrize(
    ("email", "status"),
    [("admin@skafu.dev", 200), ("developer@skafu.dev", 403), ("second@skafu.dev", 404)],
)
def test_history_is_for_the_owner_and_for_admin(
    stack: Json, project: str, email: str, status: int
) -> None:
    person = ProjectClient(stack, email)
    for path in ("events", "state"):
        assert person.send("GET", f"/projects/{project}/{path}").status_code == status


@pytest.mark.feature("R13")
def test_a_page_token_of_nobody_is_a_problem(owner: ProjectClient) -> None:
    for token in ("not-ours", "bnVsbA==", "NQ=="):
        answer = owner.send("GET", f"/projects?nextToken={token}")
        assert (answer.status_code, answer.json()["status"]) == (400, 400), token


@pytest.mark.feature("E2", "T9", "E11")
class TestCommandLine:
    def test_history_lists_events_as_stored(self, stack_outputs: Path, project: str) -> None:
        code, said = skafu(stack_outputs, "history", project, "--raw")
        items = [json.loads(line) for line in said.splitlines()]

        assert code == 0
        assert [item["aggregateVersion"] for item in items] == [1, 2, 3, 4]
        assert items[0]["PK"] == f"PROJECT#{project}"
        assert items[0]["SK"] == f"EVENT#{items[0]['timestamp']}#001"

    @pytest.mark.feature("V5")
    def test_history_lists_cloudevents(self, stack_outputs: Path, project: str) -> None:
        code, said = skafu(stack_outputs, "history", project, "--cloudevents")
        events = [json.loads(line) for line in said.splitlines()]

        assert code == 0
        assert [event["sequence"] for event in events] == [f"{n:012}" for n in (1, 2, 3, 4)]
        assert {event["specversion"] for event in events} == {"1.0"}

    def test_history_is_a_list_for_people(self, stack_outputs: Path, project: str) -> None:
        code, said = skafu(stack_outputs, "history", f"projects/{project}")

        assert code == 0
        assert said.count("ProjectRenamed") == 3

    def test_state_is_that_of_a_version(self, stack_outputs: Path, project: str) -> None:
        code, said = skafu(stack_outputs, "state", project, "--version", "3")

        assert (code, json.loads(said)["data"]["name"]) == (0, "Urn")

    def test_why_names_the_command(
        self, owner: ProjectClient, stack_outputs: Path, project: str
    ) -> None:
        key = str(uuid6.uuid7())
        owner.command("PATCH", f"/projects/{project}", {"name": "Pot"}, key)
        code, said = skafu(stack_outputs, "why", project, "name")

        assert code == 0
        assert key in said
        assert "(owner@skafu.dev)" in said
        assert '"Kettle" → "Pot"' in said

    @pytest.mark.parametrize("command", [["history"], ["state"], ["why"]])
    def test_of_nothing_is_an_error(self, stack_outputs: Path, command: list[str]) -> None:
        words = [*command, "0198f2a0-0000-7000-8000-00000000000a"]
        words += ["name"] if command == ["why"] else []

        assert skafu(stack_outputs, *words)[0] == 1


class Table:
    """The events table in the hands of somebody who may do anything."""

    def __init__(self, stack: Json, plain: str) -> None:
        self.client = Aws(stack["awsEndpointUrl"]).client("dynamodb")
        self.name, self.stream = stack["eventsTable"], f"PROJECT#{plain}"

    def items(self) -> list[Item]:
        condition, stream = "aggregateId = :a", {":a": {"S": self.stream}}
        found: list[Item] = self.client.query(
            TableName=self.name,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=stream,
        )["Items"]
        return found

    def put(self, *items: Item) -> None:
        for item in items:
            self.client.put_item(TableName=self.name, Item=item)

    def remove(self, *items: Item) -> None:
        for item in items:
            key = {name: item[name] for name in ("aggregateId", "eventSequence")}
            self.client.delete_item(TableName=self.name, Key=key)

    @contextmanager
    def restored(self, outputs: Path) -> Iterator[list[Item]]:
        """Others verify the same tables: this one is left as it was, no row is made meanwhile."""
        assert eventually(lambda: all_are_there(outputs))
        before = self.items()
        try:
            yield before
        finally:
            self.put(*before)


def changed(item: Item) -> Item:
    return item | {"events": {"S": item["events"]["S"].replace("Samovar", "Forgery")}}


def forged(item: Item) -> Item:
    """With nothing left in it that could contradict it."""
    events = {"events": {"S": item["events"]["S"].replace("Kettle", "Forgery")}}
    return {k: v for k, v in item.items() if k not in ("state", "stateVersion")} | events


def swap(table: Table, one: Item, other: Item) -> None:
    keys = ("aggregateId", "eventSequence")
    table.put(other | {name: one[name] for name in keys})
    table.put(one | {name: other[name] for name in keys})


TAMPERED: dict[str, Callable[[Table, list[Item]], None]] = {
    "changed": lambda table, items: table.put(changed(items[1])),
    "removed": lambda table, items: table.remove(items[1]),
    "swapped": lambda table, items: swap(table, items[1], items[2]),
    "first removed": lambda table, items: table.remove(items[0]),
    "last removed": lambda table, items: table.remove(items[-1]),
    "all removed": lambda table, items: table.remove(*items),
    "last forged whole": lambda table, items: table.put(forged(items[-1])),
}


@pytest.mark.feature("T10", "E16")
@pytest.mark.parametrize("how", TAMPERED)
def test_a_commit_that_was_tampered_with_is_found(
    stack: Json, stack_outputs: Path, project: str, how: str
) -> None:
    table = Table(stack, project)
    with table.restored(stack_outputs) as items:
        TAMPERED[how](table, items)
        code, said = skafu(stack_outputs, "verify", "--history")
        assert code == 1
        assert set(STREAM.findall(said)) == {f"PROJECT#{project}"}


@pytest.mark.feature("T10", "E25")
@pytest.mark.usefixtures("project")
def test_a_page_of_the_feed_that_was_tampered_with_is_found(
    stack: Json, stack_outputs: Path
) -> None:
    page = feed_item(stack, "PAGES", 1)
    assert page is not None
    table = Aws(stack["awsEndpointUrl"]).client("dynamodb")
    table.put_item(TableName=FEED, Item=page | {"entries": {"S": "[]"}})
    try:
        code, said = skafu(stack_outputs, "verify", "--history")
        assert code == 1
        assert "page 2 does not carry its predecessor's hash" in said
    finally:
        table.put_item(TableName=FEED, Item=page)
    assert skafu(stack_outputs, "verify", "--history")[0] == 0


def differing(outputs: Path, project: str = "") -> list[str]:
    """Return what `verify` tells of the project, or of all streams."""
    _, said = skafu(outputs, "verify")
    return [line for line in said.splitlines() if STREAM.search(line) and project in line]


def by_command(_: Json, outputs: Path) -> None:
    code, said = skafu(outputs, "verify", "--repair")
    assert code == 0, said


def by_function(stack: Json, _: Path) -> None:
    answer = lab.call(Aws(stack["awsEndpointUrl"]), function_name("Reconciler"), {})
    assert answer["finished"]


@pytest.mark.feature("E25", "W12")
@pytest.mark.usefixtures("project")  # a feed that is empty is completed without looking
@pytest.mark.parametrize(
    ("name", "mend"),
    [("project/two-versions", by_command), ("project/ups-and-downs", by_function)],
    ids=["by the command", "by the function"],
)
def test_a_stream_that_the_feed_was_never_given_is_found_and_fed(
    stack: Json, stack_outputs: Path, name: str, mend: Callable[[Json, Path], None]
) -> None:
    stream = corpus.streams()[name]
    end = stream.commits[-1].last_sequence
    with outage(Aws(stack["awsEndpointUrl"]), "skafu-feed-writer-local"):
        project = put(stack, stream)
        assert row(ProjectClient(stack, "admin@skafu.dev"), project, end)
    # Rows and words that are still on their way differ, too.
    assert eventually(lambda: len(differing(stack_outputs, project)) == 1), differing(stack_outputs)
    (only,) = differing(stack_outputs, project)
    assert f"events 1 to {end} are not in it" in only
    assert fed(stack, project) == 0

    mend(stack, stack_outputs)

    assert fed(stack, project) == end
    assert skafu(stack_outputs, "verify")[0] == 0


@pytest.mark.feature("E16", "O5")
@pytest.mark.parametrize("how", ["changed", "removed"])
def test_tampering_is_reported_at_once(
    stack: Json, stack_outputs: Path, project: str, how: str
) -> None:
    table = Table(stack, project)
    alarming = depth(stack)
    with table.restored(stack_outputs) as items:
        TAMPERED[how](table, items)
        assert listed(stack_outputs, "CommitTampered", project)
        assert eventually(lambda: depth(stack) > alarming)


def depth(stack: Json) -> int:
    """Return the attributes of the queue that the alarm watches."""
    return queue_depths(stack, "skafu-critical")["skafu-critical-local"]
