"""Lives of aggregates, to be recorded once into tests/corpus/streams/.

Each comes upon what no earlier one does. A life that was recorded may be left as it is, changed or
removed here: its stream stays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.memory.event_store import MemoryEventStore
from application.commit import Commit
from application.writing.execute import Executor
from application.writing.requests import CommandMetadata, Request
from domain.contents import contents
from domain.project.commands import (
    CompleteProvisioning,
    CompleteProvisioningStep,
    CreateProject,
    DeleteProject,
    FailProvisioning,
    ProvisioningStep,
    RestoreProject,
    ServiceType,
    StartProvisioning,
    UnlinkRepository,
)
from kernel.actor import Actor
from kernel.messages import AggregateId, Command
from kernel.personal import ForgetSubject, SealedValue
from tests.domain.support.analysis_builders import answer, ask, cancel, fail
from tests.domain.support.builders import (
    add,
    archive,
    change,
    change_service,
    choose,
    complete_deployment,
    configuration,
    configure,
    deploy,
    fail_deployment,
    link,
    remove_service,
    rename,
    service,
)
from tests.domain.support.template_builders import deprecate, draft, publish, revise
from tests.support.fakes import Clock
from tests.support.requests import uuid7
from tests.support.spec import ACTOR

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CLIENT = b"sealed: 203.0.113.7, Mozilla/5.0"
COMMANDER = Actor(ACTOR, may_command_all=True)


@dataclass(frozen=True)
class Life:
    """Commands in their order; `number` makes the aggregate's id.

    `after` names a stream of the corpus which the life goes on from, under the same number.
    """

    number: int
    about: str
    commands: Sequence[Command]
    after: str | None = None
    actor: Actor = COMMANDER


def sealed(letter: str) -> SealedValue:
    """Return the value as the edge would hand it in; the key is nobody's."""
    return SealedValue(f"s1:{letter * 48}", fingerprint=letter)


LIVES = {
    "project/whole-life": Life(
        111,
        "Every event of a project at 1.0, from creation to deletion.",
        [
            CreateProject(
                owner=ACTOR,
                owner_name=sealed("n"),
                owner_email=sealed("e"),
                name="Teapot",
                description="Short and stout",
                template_id="full-stack",
                configuration=configuration(
                    "eu-central-1", features=("search",), environment={"STAGE": "dev"}
                ),
                services=(service("spout"), service("lid", ServiceType.FRONTEND, glaze="celadon")),
            ),
            StartProvisioning(),
            choose(),
            CompleteProvisioningStep(step=ProvisioningStep.TEMPLATE),
            FailProvisioning(reason="No repository.", step=ProvisioningStep.REPOSITORY),
            StartProvisioning(),
            link(),
            CompleteProvisioningStep(step=ProvisioningStep.REPOSITORY),
            CompleteProvisioning(),
            configure("us-east-1"),
            change(name="Samovar", description=None),
            add("brew", ServiceType.WORKER, minutes=4, leaves=["assam", "mint"]),
            change_service("brew", service_name="steep", configuration={"minutes": 5}),
            change_service("spout", service_type=ServiceType.WORKER),
            remove_service("lid"),
            deploy(1),
            complete_deployment(1, "https://example.org"),
            deploy(2, "dev"),
            fail_deployment(2),
            UnlinkRepository(),
            archive(),
            RestoreProject(),
            ForgetSubject(subject="ada-sub"),
            DeleteProject(),
        ],
    ),
    "project/least": Life(
        112,
        "A project of which nothing was said but its name.",
        [CreateProject(owner=ACTOR, name="Urn"), rename("Kettle"), deploy()],
    ),
    "project/two-versions": Life(
        102,
        "Services added at 1.0, with numbers that no row holds, and services added at 2.0.",
        [
            add("drain", fits=2**53 - 1),
            change_service("boiler", configuration={"litres": 30}),
            remove_service("tap"),
        ],
        after="project/numbers-that-no-row-holds",
    ),
    "project/second-code": Life(
        113,
        "A creation at 1.1, with all that 1.0 had not, and its services at 2.0.",
        [
            CreateProject(
                owner=ACTOR,
                owner_name=sealed("n"),
                owner_email=sealed("e"),
                name="Kettle",
                template_id="api-only",
                configuration=configuration("us-east-1"),
                services=(service("whistle", ServiceType.WORKER, decibels=85.5),),
            )
        ],
    ),
    "project/ups-and-downs": Life(
        115,
        "What other lives take back in the end, this one leaves.",
        [
            CreateProject(owner=ACTOR, name="Kettle"),
            StartProvisioning(),
            FailProvisioning(reason="No water."),
            link(),
            archive(),
            RestoreProject(),
        ],
    ),
    "project/by-a-machine": Life(
        114,
        "Commands that a machine sent in its owner's name.",
        [CreateProject(owner=ACTOR, name="Urn"), add("tap", litres=0.5)],
        actor=Actor(ACTOR, machine="machine:111122223333:role/ci::ci"),
    ),
    "template/whole-life": Life(
        121,
        "Every event of a template at 1.0.",
        [
            draft(description="For tea", files={"README.md": "# Tea", "src/app.py": "pour()\n"}),
            publish(),
            revise(name="Tea for two", description=None, files={"README.md": "# Two"}),
            publish(),
            ForgetSubject(subject="ada-sub"),
            deprecate(),
        ],
    ),
    "template/least": Life(122, "A draft without files.", [draft(files={})]),
    "analysis/completed": Life(
        131,
        "An analysis that found something.",
        [ask(question="Does it pour?"), answer("It drips.", "Spout"), ForgetSubject(subject="a")],
    ),
    "analysis/failed": Life(132, "An analysis that failed.", [ask(), fail()]),
    "analysis/cancelled": Life(133, "An analysis that nobody wanted.", [ask(), cancel()]),
}


def live(name: str, before: Iterable[Commit] = ()) -> list[Commit]:
    """Return what the commands of a life record, one second apart, always the same.

    `before` are the commits of the stream that the life goes on from.
    """
    life = LIVES[name]
    aggregate_type = name.partition("/")[0].upper()
    stream = AggregateId(f"{aggregate_type}#01980000-0000-7000-8000-{life.number:012}")
    store, clock, warm = lived(before), Clock(), dict[AggregateId, Any]()
    clock.move(hours=1 if life.after else 0)
    executor = Executor(
        store, contents.aggregate[aggregate_type], clock, warm, sleep=lambda _: None
    )
    for number, command in enumerate(life.commands, 1):
        clock.move(seconds=1)
        executor.execute(request(stream, life.actor, command, uuid7(clock(), number), number))
    return list(store.read(stream))


def lived(before: Iterable[Commit]) -> MemoryEventStore:
    store = MemoryEventStore()
    for commit in before:
        store.append(commit, state_due=True)
    return store


def request(
    stream: AggregateId, actor: Actor, command: Command, key: str, number: int
) -> Request[Any]:
    """Every second command comes with all that may surround one."""
    adorned = number % 2 == 0
    return Request(
        aggregate_id=stream,
        command=command,
        metadata=CommandMetadata(
            command_id=key,
            actor=actor,
            correlation_id=f"request-{number}" if adorned else key,
            traceparent=TRACE if adorned else None,
            client=CLIENT if adorned else None,
        ),
    )
