"""What commands carry stands in no log: canaries are sent through every function, and sought.

Read are every log group (functions, access log, workflow) and every file that the processes of the
stack write: output, tracebacks, activity. Traces are AWS X-Ray's: nothing here writes any.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
import requests

from domain.contents import contents
from kernel.operation import Operation
from local.people import SECOND
from local.stack import Stack
from skafu.examples import Placeholders
from tests.domain.integration.test_forget_subject import Person
from tests.domain.integration.test_logs import (
    functions,
    let_what_is_seldom_called_work,
    logged,
)
from tests.integration.test_dead_letters import DLQ, PUBLISHER, broken, concerning, in_vain
from tests.integration.test_integration_commands import Machine, claims, erp
from tests.support import dumps
from tests.support.api_client import Json, eventually
from tests.support.canaries import with_canaries
from tests.support.running import Stacks
from tests.support.template import function_name, named, queue_name
from tests.support.world import before

__all__ = ["erp"]

pytestmark = [pytest.mark.feature("E10", "L10"), pytest.mark.timeout(400)]

WORKING = {*functions()} - {"ApiDocs", "Reactor", "SagaEvents", "SagaStep"}
"""The functions that log here. ApiDocs has nothing to say; test_forgotten_creations.py looks at the
other three, which would come between the commands that are sent here."""
NUMBERS = count(1)
PARAMETERS = "templateParameters"


def parameter(name: str) -> Json:
    return {"name": name, "type": "TEXT", "label": name}


@dataclass
class Sender:
    """Somebody whose name, address, browser and every text is a canary."""

    person: Person
    canary: str
    names: list[str] = field(default_factory=list)
    """Of the parameters of the template that was drafted last."""

    @classmethod
    def of(cls, stack: Json, number: int) -> "Sender":
        run = f"canary{uuid.uuid4().hex[:10]}"
        person = Person(stack, number, run)
        person.sign_up("Admin")
        return cls(person, f"sent{run}")

    @property
    def asked(self) -> str:
        """Return a canary for query strings alone."""
        return f"asked{self.person.run}"

    @property
    def headers(self) -> dict[str, str]:
        return {"User-Agent": self.person.browser, "X-Forwarded-For": self.person.address}

    @property
    def sought(self) -> tuple[str, ...]:
        return (self.canary, *self.person.canaries)

    def send(self, method: str, path: str, body: object = None, **more: str) -> requests.Response:
        headers = {**self.headers, **{n.replace("_", "-"): v for n, v in more.items()}}
        return self.person.client.send(method, path, body, headers)

    def data(self, operation: Operation) -> Json:
        """Return data whose texts begin with the canary; no two are the same."""
        data = with_canaries(operation, f"{self.canary}n{next(NUMBERS)}")
        if PARAMETERS in data and self.names:
            data[PARAMETERS] = dict.fromkeys(self.names, self.canary)
        elif PARAMETERS in data:  # no template was drafted, or what follows needs a project alone
            del data[PARAMETERS], data["templateId"]
        elif parameters := data.get("parameters"):
            data["parameters"] = [parameter(one["name"]) for one in parameters]
            self.names = [one["name"] for one in parameters]
        return data

    def all_of(self, operation: Operation) -> None:
        """Send an example after what it is given, with canaries in each step."""
        known = Placeholders.numbered(next(NUMBERS))
        known.known["anotherUser"] = SECOND.sub
        for one in (*(contents.operation[name] for name in before(operation)), operation):
            path = one.path.replace("<id>", known.aggregate(one) or "")
            for name, value in known.ids(one).items():
                path = path.replace(f"<{name}>", value)
            names, self.names = (
                self.names,
                [] if one.creates and one is not operation else self.names,
            )
            data = known.data(self.data(one))
            self.names = self.names or names
            answer = self.send(one.method, path, data)
            assert answer.status_code == 202, f"{one.name}: {answer.text}"
            plain = answer.json()["aggregateId"]
            trail = self.send("GET", f"{one.collection}/{plain}/events")
            known.learn(one, plain, trail.json()["data"])
        self.names = []

    def begun(self) -> str:
        first = contents.first_creation
        answer = self.send(first.method, first.path, self.data(first))
        assert answer.status_code == 202, answer.text
        return str(answer.json()["aggregateId"])


@pytest.fixture(scope="module")
def running(stacks: Stacks) -> Stack:
    return stacks.named("canaries")


@pytest.fixture(scope="module")
def sender(running: Stack, erp: Machine) -> Sender:
    """Return the sender after everything was sent and every function has logged its part."""
    sender = Sender.of(running.outputs, 1)
    for operation in contents.operations:
        sender.all_of(operation)
    together_and_later(sender)
    by_machines(running, sender, erp)
    refused(sender)
    read(sender)
    through_failures(running, sender)
    let_what_is_seldom_called_work(running)
    assert eventually(lambda: all(logged(running, name) for name in WORKING), pause=0.5)
    return sender


def together_and_later(sender: Sender) -> None:
    first, then = contents.first_creation, contents.first_change
    id = str(uuid.uuid4())
    items = [{"type": o.name, "aggregateId": id, "data": sender.data(o)} for o in (first, then)]
    batch = sender.send("POST", "/commands", {"commands": items})
    assert [result["status"] for result in batch.json()["results"]] == [202, 202]
    nowhere = then.path.replace("<id>", str(uuid.uuid4()))
    outcome(sender, first.method, first.path, first, "accepted")
    outcome(sender, then.method, nowhere, then, "refused")


def outcome(sender: Sender, method: str, path: str, operation: Operation, status: str) -> None:
    """Send a command that runs later, and wait for how it ends."""
    answer = sender.send(method, path, sender.data(operation), Prefer="respond-async")
    assert answer.status_code == 202, answer.text
    place = answer.headers["Location"]
    assert eventually(lambda: sender.send("GET", place).json().get("status") == status)


def by_machines(running: Stack, sender: Sender, erp: Machine) -> None:
    """Commands of a machine, and an event of another domain, which is refused in the end."""
    first = contents.first_creation
    body = {"type": first.name, "commandId": str(uuid.uuid4()), "data": sender.data(first)}
    answer = erp.send(body | {"onBehalfOf": claims(sender.person.client)["sub"]})
    assert answer.status_code == 202, answer.text
    deployment = {"projectId": str(uuid.uuid4()), "deploymentId": str(uuid.uuid4())}
    state = {"id": 1, "state": "failure", "description": sender.canary}
    detail = {
        "deployment": {"payload": {"skafu": deployment}},
        "deployment_status": state | {"environment_url": f"https://{sender.canary}.example.com"},
        "sender": {"login": sender.canary},
    }
    entry = {"Source": "github.com", "DetailType": "deployment_status"}
    entry |= {"EventBusName": running.deployed["IntakeBus"], "Detail": json.dumps(detail)}
    assert running.aws.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0
    assert eventually(lambda: logged(running, "IntegrationConsumer"))


def refused(sender: Sender) -> None:
    """Send data that is wrong, too long, not JSON, and in conflict with what is there."""
    first, then = contents.first_creation, contents.first_change
    id = sender.begun()
    path = then.path.replace("<id>", id)
    taken = {"commandId": str(uuid.uuid4()), "aggregateId": id, "data": sender.data(first)}
    wrong = [
        sender.send(first.method, first.path, {sender.canary: sender.canary}),
        sender.send(
            first.method, first.path, {name: [sender.canary] for name in sender.data(first)}
        ),
        sender.send(first.method, first.path, f"{{{sender.canary}"),
        sender.send(then.method, path, sender.data(then) | {"name": sender.canary * 100}),
        sender.send(then.method, path, sender.data(then), If_Match='"99"'),
        sender.send("POST", f"/commands/{first.name}", taken),
    ]
    assert {answer.status_code for answer in wrong} <= {400, 409, 412}


def read(sender: Sender) -> None:
    first = contents.first_creation
    root = f"{first.collection}/{sender.begun()}"
    assert eventually(lambda: sender.send("GET", f"{root}?minVersion=1").status_code == 200)
    for path in (f"{root}/events", f"{root}/state?version=1", "/events?limit=10"):
        assert sender.send("GET", path).status_code == 200
    assert sender.send("GET", f"{root}?{sender.asked}={sender.asked}").status_code == 400


def through_failures(running: Stack, sender: Sender) -> None:
    """Rows that cannot be written, hints that are given up, a publisher that throws."""
    running.faults(throttleDynamoDB=1, tables="Project-local")
    try:
        sender.begun()
        assert eventually(lambda: failures(running, "ProjectProjector"))
    finally:
        running.faults()
    with in_vain(running):
        plain = sender.begun()
        outputs = running.options.state_dir / "outputs.json"
        assert eventually(lambda: concerning(outputs, DLQ, plain), pause=1)
    with broken(running.aws, PUBLISHER):
        sender.begun()
        assert eventually(lambda: PUBLISHER in running.activity("emulator").read_text())


def failures(running: Stack, function: str) -> list[Json]:
    return [line for line in logged(running, function) if line.get("level") in ("WARNING", "ERROR")]


def written(running: Stack) -> dict[str, str]:
    """Return all that the stack's parts have logged, by its place."""
    folder: Path = running.options.state_dir / "logs"
    return dict(dumps.logs(running.aws)) | dict(dumps.files(folder))


def log_group(function: str) -> str:
    return named(f"{function}Logs", "LogGroupName", "local")


@contextmanager
def logging_events(running: Stack, function: str) -> Iterator[None]:
    """Let a function log each event that it is given, as Powertools offers it."""
    client, name = running.aws.client("lambda"), function_name(function)
    variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    telling = variables | {"POWERTOOLS_LOGGER_LOG_EVENT": "true"}
    client.update_function_configuration(FunctionName=name, Environment={"Variables": telling})
    try:
        yield
    finally:
        client.update_function_configuration(
            FunctionName=name, Environment={"Variables": variables}
        )


def test_what_was_sent_went_through_tables_streams_and_queues(
    running: Stack, sender: Sender
) -> None:
    """So that it could have been logged there."""
    found = dumps.holding(dumps.dump(running.aws, running.options.state_dir), sender.canary)

    assert {
        "table skafu-events-local",
        "stream skafu-events-local",
        "table Project-local",
        f"queue {queue_name(DLQ)}",
    } <= {*found}


def test_every_part_has_logged(running: Stack, sender: Sender) -> None:
    parts = {place for place, text in written(running).items() if text not in ("", "[]")}

    assert {f"log {log_group(name)}" for name in WORKING} <= parts
    assert {"log /skafu/local/api", "log /aws/vendedlogs/states/skafu-command-local"} <= parts
    assert {"file emulator.log", "file emulator.jsonl"} <= parts


def test_no_log_holds_what_commands_carried(running: Stack, sender: Sender) -> None:
    assert dumps.holding(written(running), *sender.sought) == []


def test_a_query_string_stands_in_what_make_dev_prints_and_nowhere_else(
    running: Stack, sender: Sender
) -> None:
    assert dumps.holding(written(running), sender.asked) == ["file emulator.jsonl"]


def test_a_function_that_logs_what_it_is_given_is_found(running: Stack, sender: Sender) -> None:
    other = Sender.of(running.outputs, 2)
    with logging_events(running, "CommandApi"):
        other.begun()
        log = f"log {log_group('CommandApi')}"
        assert eventually(lambda: log in dumps.holding(written(running), other.canary))
