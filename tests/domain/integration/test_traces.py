"""Traces on a running stack: across stream, bus, queue and workflow, drawn by `skafu trace`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import uuid6
from typer.testing import CliRunner

from skafu.cli import app
from tests.domain.support.project_client import ProjectClient
from tests.domain.support.saga_stack import ADMIN, COMPLETED, FAILED, Sagas
from tests.support import calls
from tests.support.api_client import ApiClient, Json, eventually
from tests.support.running import Stacks

pytestmark = [
    pytest.mark.feature("O4"),
    pytest.mark.timeout(300),
    pytest.mark.stack("sagas"),
    pytest.mark.long,
]
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CLIENT = "00f067aa0ba902b7"
TRACED = {"traceparent": f"00-{TRACE}-{CLIENT}-01"}
ANOTHER = {"traceparent": f"00-{TRACE[::-1]}-{CLIENT}-01"}


@dataclass(frozen=True)
class Spans:
    """The spans of a trace in the order of time."""

    spans: list[Json]

    @property
    def names(self) -> set[str]:
        return {span["name"] for span in self.spans}

    def named(self, name: str) -> Json:
        """Return the first span of that name."""
        return next(span for span in self.spans if span["name"] == name)

    def parent(self, name: str) -> str:
        """Return the name of the parent of such a span, or its id if it is not one of ours."""
        parent: str = self.named(name)["parent"]
        return next((str(s["name"]) for s in self.spans if s["span"] == parent), parent)


@pytest.fixture(scope="module")
def sagas(stacks: Stacks) -> Iterator[Sagas]:
    running = stacks.named("sagas")
    owner = ProjectClient(running.outputs, "owner@skafu.dev")
    yield Sagas(running, owner, ApiClient(running.outputs, ADMIN))
    calls.keep(running)


def traced(sagas: Sagas, command_id: str, *names: str) -> Spans:
    """Return the spans around a command, once these have been recorded."""
    outputs = str(sagas.running.options.state_dir / "outputs.json")

    def look() -> Spans:
        said = CliRunner().invoke(app, ["trace", command_id, "--json", "--outputs", outputs])
        return Spans([] if said.exit_code else [json.loads(x) for x in said.output.splitlines()])

    assert eventually(lambda: set(names) <= look().names, pause=0.3), look().names
    return look()


def test_a_command_is_followed_across_stream_bus_and_queues(sagas: Sagas) -> None:
    key = str(uuid6.uuid7())
    service = {"serviceName": "pot", "serviceType": "API"}
    body = {"name": "Traced", "services": [service]}
    answer = sagas.owner.send("POST", "/projects", body, {"Idempotency-Key": key, **TRACED})
    assert answer.status_code == 202
    below = ("publish", "project projects", "project services")
    spans = traced(sagas, key, "command create-project", "store events", *below)

    assert {span["trace"] for span in spans.spans} == {TRACE}
    assert spans.parent("command create-project") == CLIENT
    assert spans.parent("store events") == "command create-project"
    assert {spans.parent(name) for name in below} == {"command create-project"}
    assert spans.named("command create-project")["attributes"]["write_units"] > 0
    assert len({spans.named(name)["function"] for name in ("command create-project", *below)}) == 4


def test_a_deferred_command_is_followed_through_its_workflow(sagas: Sagas) -> None:
    key = str(uuid6.uuid7())
    given = {"Idempotency-Key": key, "Prefer": "respond-async", **ANOTHER}
    assert sagas.owner.send("POST", "/projects", {"name": "Later"}, given).status_code == 202
    spans = traced(sagas, key, "defer create-project", "command create-project", "project projects")

    assert spans.parent("defer create-project") == CLIENT
    assert spans.parent("command create-project") == "defer create-project"
    assert spans.parent("project projects") == "command create-project"
    deferring, running = (
        spans.named(f"{word} create-project")["function"] for word in ("defer", "command")
    )
    assert deferring != running


def test_the_steps_of_a_saga_are_below_the_command_that_began_it(sagas: Sagas) -> None:
    key = str(uuid6.uuid7())
    data = {"name": "Shop", "templateId": sagas.drafted()}
    answer = sagas.owner.send("POST", "/projects", data, {"Idempotency-Key": key})
    assert answer.status_code == 202
    id = str(answer.json()["aggregateId"])
    assert sagas.ended(id, COMPLETED, FAILED) == COMPLETED
    spans = traced(
        sagas, key, "command create-project", "hear", "saga do", "command complete-provisioning"
    )

    assert spans.parent("saga do") == spans.parent("hear") == "command create-project"
    assert spans.parent("command complete-provisioning") == "saga do"
    assert spans.named("saga do")["start"] >= spans.named("command create-project")["start"]
