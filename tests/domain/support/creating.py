"""Creations of projects in this process: the functions of sagas over stores in memory."""

import io
import json
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from adapters.memory.archives import MemoryArchives
from adapters.memory.feed import MemoryFeed
from adapters.memory.sagas import MemorySagaTable
from application.commit import Commit
from application.failures import Failure
from application.metrics import Measured, Metrics
from application.ports import Unavailable, utc_now
from application.publishing.feed import FeedWriter
from application.sagas.beginning import Beginnings
from application.sagas.offering import Offer
from application.sagas.removing import Removal
from application.sagas.runs import Runs
from application.sagas.sweeping import Sweep
from application.sagas.tasks import Task
from application.scaffolding import Files, Values
from domain.contents import contents
from domain.project.aggregate import Project, project
from domain.project_creation import PROJECT_CREATION
from edge.commands.sending import Commands
from edge.sagas.events import Listener
from edge.sagas.steps import Steps
from kernel.actor import user_id
from kernel.messages import AggregateId, aggregate_id
from kernel.saga import StepFailed
from skafu.simulation.in_process import InProcess, TimedOut
from tests.support.api import ADA, ADMIN
from tests.support.executions import MemoryExecutions
from tests.support.fakes import Clock
from tests.support.world import World

TEMPLATE: dict[str, Any] = {
    "slug": "tea",
    "name": "Tea",
    "files": [{"path": "README.md", "content": "# <%= name %>, <%= leaf %>\n"}],
    "parameters": [{"name": "leaf", "type": "TEXT", "label": "Leaf", "default": "mint"}],
}
MACHINE = "arn:aws:iam::123456789012:role/worker"
CORRELATION = "ada@example.org"
"""A text of the client's."""


@dataclass
class Shelf(MemoryArchives):
    """Archives in memory; `reason` is why no repository can be created."""

    reason: str | None = None

    def put(self, key: str, content: bytes) -> str:
        if self.reason is not None:
            raise StepFailed(self.reason)
        return super().put(key, content)


class PlainRenderer:
    """Puts values into the places of files, and knows nothing else of their syntax."""

    def render(self, files: Files, values: Values) -> Files:
        found = dict(files)
        for name, value in values.items():
            found = {p: text.replace(f"<%= {name} %>", str(value)) for p, text in found.items()}
        return found


@dataclass
class Reports:
    reported: list[Failure] = field(default_factory=list)

    def report(self, failure: Failure) -> None:
        self.reported.append(failure)


Fault = Callable[[Task, Callable[[], None]], None]
"""What becomes of a task: it is handed over with what does it."""


class Creating:
    """One store, the functions of sagas, and an analyst; everything is delivered when asked."""

    def __init__(self) -> None:
        self.world = World()
        self.clock = Clock(utc_now())
        self.archives, self.executions = Shelf(), MemoryExecutions()
        self.table, self.failures = MemorySagaTable(), Reports()
        store = self.store = self.world.store
        self.commands = Commands.over(contents, store, self.clock, {}, sleep=lambda _: None)
        self.runs = Runs(contents, store)
        self.feed = MemoryFeed()
        self.writer = FeedWriter(self.feed, store, self.clock, lambda *_: None)
        self.offer = Offer(self.runs, PlainRenderer(), self.archives, "eu-west-1")
        self.pause(False)
        self.measured: list[Measured] = []
        self.steps = Steps(
            self.commands,
            self.runs,
            self.table,
            self.tell,
            self.offer,
            self.failures,
            self.clock,
            metrics=Metrics(self.measured.append),
        )
        self.fault: Fault = lambda _, work: work()
        self.analyst: Callable[[str], None] | None = self.complete
        self.read: dict[AggregateId, int] = {}
        self.is_full = False
        self.drafted()

    def pause(self, paused: bool = True) -> None:
        """Deploy SagaEvents anew, with sagas paused or not."""
        self.beginnings = Beginnings(self.runs, self.executions, self.table, paused)
        self.sweep = Sweep(
            self.beginnings, self.table, self.feed, self.store, self.clock, self.tell
        )
        removal = Removal(self.runs, lambda: self.offer)
        self.listener = Listener(self.beginnings, self.table, self.sweep, removal, self.failures)

    def drafted(self, **data: object) -> None:
        answer = self.world.api.as_(ADMIN).post("/templates", {**TEMPLATE, **data})
        assert answer.status == 202, answer.text
        self.world.known["template"] = answer.body["aggregateId"]
        self.world.sent("publish-template")

    def created(self, **data: object) -> str:
        """Create a project from the template; return its id."""
        body = {"name": "Shop", "templateId": "tea", **data}
        answer = self.world.api.as_(ADA).post("/projects", body, x_correlation_id=CORRELATION)
        assert answer.status == 202, answer.text
        self.world.known["project"] = str(answer.body["aggregateId"])
        return self.world.known["project"]

    def state(self, id: str) -> Project:
        found: Project = self.runs.contents.aggregate["PROJECT"].fold(
            [one.event for one in self.runs.events(project, id)]
        )
        return found

    def trail(self, id: str) -> list[Commit]:
        return [*self.store.read(aggregate_id("PROJECT", id))]

    def names(self, id: str) -> list[str]:
        return [e["eventType"] for commit in self.trail(id) for e in commit.stored_events()]

    def events(self) -> Iterator[tuple[AggregateId, int]]:
        """Yield what has been recorded since the last time."""
        for aggregate, _ in list(self.store.heads()):
            for commit in self.store.read(aggregate, self.read.get(aggregate, 0) + 1):
                self.read[aggregate] = commit.last_sequence
                yield from (
                    (aggregate, n) for n in range(commit.first_sequence, commit.last_sequence + 1)
                )

    def deliver(self, times: int = 1) -> None:
        """Deliver everything that was recorded, and what follows from it; the analyst answers."""
        while found := [*self.events()]:
            for aggregate, sequence in found:
                for _ in range(times):
                    self.hear(aggregate, sequence)
                self.analyse(aggregate)

    def hear(self, aggregate: AggregateId, sequence: int) -> None:
        detail = {"aggregateId": aggregate, "eventSequence": sequence}
        self.listener(message({"detail": detail}))

    def tell(self, aggregate: AggregateId, sequence: int, _: str) -> None:
        if self.is_full:
            raise Unavailable("the queue takes nothing")
        self.hear(aggregate, sequence)

    def analyse(self, aggregate: AggregateId) -> None:
        kind, _, id = aggregate.partition("#")
        if kind == "ANALYSIS" and self.analyst and len([*self.store.read(aggregate)]) == 1:
            self.analyst(id)

    def complete(self, id: str) -> None:
        self.machine("complete-analysis", id, summary="Fine.", analyst="rules-1")

    def machine(self, name: str, id: str, **data: object) -> None:
        path = f"/commands/{name}"
        answer = self.world.api.as_(ADMIN).post(path, {"aggregateId": id, "data": data})
        assert answer.status == 202, answer.text

    def do(self, task: Task) -> None:
        self.fault(task, lambda: self.step(task))

    def step(self, task: Task) -> None:
        try:
            self.steps(task)
        except Exception as error:
            self.executions.kept.append(f"{type(error).__name__}: {error}")
            raise

    def answered(self, token: str, limit: timedelta) -> Mapping[str, str] | None:
        self.deliver()
        if token not in self.executions.answers:
            self.executions.closed.add(token)
            raise TimedOut(f"after {limit}")
        return self.executions.answers[token]

    def run(self, carry_out: Callable[[Mapping[str, Any]], str] | None = None) -> list[str]:
        """Carry out what was begun; return the ends."""
        ends = []
        while self.executions.waiting:
            name, given = next(iter(self.executions.waiting.items()))
            in_process = InProcess(PROJECT_CREATION, self.do, self.answered, lambda _: None)
            end = (carry_out or in_process.run)(given)
            del self.executions.waiting[name]
            self.executions.ended[name] = "FAILED" if end == "Not undone" else "SUCCEEDED"
            ends.append(str(end))
            self.deliver()
        return ends

    def made(self) -> dict[str, dict[str, str]]:
        """Return the files of every archive that is kept, by its address."""
        return {url: unpacked(content) for url, content in self.archives.kept.items()}

    def orphans(self) -> dict[str, object]:
        """Return what is left behind: archives, waiting steps, projects that never end.

        A project that is deleted, or whose owner is forgotten, keeps none.
        """
        kept = {self.linked(id) for id in self.projects() if not self.is_over(id)}
        running = [id for id in self.projects() if self.state(id).provisioning.runs]
        return {
            "archives": [url for url in self.archives.kept if url not in kept],
            "tokens": [*self.table.waits()],
            "running": running,
        }

    def is_over(self, id: str) -> bool:
        state = self.state(id)
        return state.status == "DELETED" or user_id(state.owner) in state.forgotten

    def projects(self) -> list[str]:
        names = (aggregate.partition("#") for aggregate, _ in self.store.heads())
        return [id for kind, _, id in names if kind == "PROJECT"]

    def linked(self, id: str) -> str | None:
        """Return the address of the repository that the project has."""
        url: str | None = None
        for one in self.runs.events(project, id):
            if one.event.type in ("RepositoryLinked", "RepositoryUnlinked"):
                url = getattr(one.event, "url", None)
        return url


def unpacked(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        return {name: whole.read(name).decode() for name in whole.namelist()}


def message(body: Mapping[str, Any]) -> SQSRecord:
    return SQSRecord(
        {
            "messageId": str(uuid.uuid4()),
            "body": json.dumps(body),
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "0"},
        }
    )
