"""Lives of aggregates, to be recorded once into tests/corpus/streams/.

Each comes upon what no earlier one does. A life that was recorded may be left as it is, changed or
removed here: its stream stays.
"""

from collections.abc import Mapping, Sequence

from domain.analysis.aggregate import AnalysisAlreadyExists, AnalysisHasEnded
from domain.project.aggregate import ProjectAlreadyExists, ProjectIsArchived, ProjectIsDeleted
from domain.project.commands import (
    AddService,
    CreateProject,
    DeleteProject,
    RestoreProject,
    UnlinkRepository,
)
from domain.project.deployments import (
    DeploymentAlreadyExists,
    DeploymentHasEnded,
    DeploymentIsRunning,
    DeploymentNotFound,
    TooManyEnvironments,
)
from domain.project.provisioning import (
    STEPS,
    AttemptIsNotNewest,
    NotOfThisStep,
    ProvisioningIsNotAbandoned,
    ProvisioningIsNotRunning,
    ProvisioningIsRunning,
    StepIsNotNext,
)
from domain.project.provisioning_commands import RepositoryLink
from domain.project.services import (
    ServiceAlreadyExists,
    ServiceNameTaken,
    ServiceNotFound,
    TooManyServices,
)
from domain.project.values import Runtime, ServiceType
from domain.template.aggregate import (
    NothingToPublish,
    TemplateAlreadyExists,
    TemplateIsDeprecated,
)
from domain.template.commands import ReviseTemplate, TemplateFile, TemplateSettings
from domain.template.files import ParameterInUse, UnusableFile
from domain.template.parameters import ParametersTooLong, UnusableParameter
from domain.template.paths import CollidingPaths, DuplicatePath, UnusablePath
from domain.template.setup import DuplicateService, SetupTooLong
from kernel.actor import Actor
from kernel.personal import ForgetSubject, SealedValue
from tests.domain.support.analysis_builders import answer, ask, cancel, fail, whole
from tests.domain.support.builders import (
    add,
    archive,
    change,
    change_service,
    choose,
    complete_deployment,
    configuration,
    configure,
    create,
    deploy,
    fail_deployment,
    hand_over,
    link,
    remove_service,
    rename,
    service,
    service_id,
    unlink,
)
from tests.domain.support.provisioning_builders import abandon, complete, do, start, undo
from tests.domain.support.provisioning_builders import fail as fail_provisioning
from tests.domain.support.template_builders import asked, deprecate, draft, offered, publish, revise
from tests.support.life import Life, Refusal
from tests.support.spec import ACTOR


def sealed(letter: str) -> SealedValue:
    """Return the value as the edge would hand it in; the key is nobody's."""
    return SealedValue(f"s1:{letter * 48}", fingerprint=letter)


def add_again(known: str, name: str) -> AddService:
    """Add a service under another name, with the id of one that is there."""
    return AddService(service=service(name).model_copy(update={"service_id": service_id(known)}))


def revise_twice(path: str) -> ReviseTemplate:
    """Give two files the same path."""
    return ReviseTemplate(files=(TemplateFile(path=path, content="one"),) * 2)


LINK = RepositoryLink(**link().model_dump(exclude={"type"}))
TOO_LONG = tuple(asked(f"p{n}", description="x" * 500, default="x" * 400) for n in range(20))
"""Parameters that are each taken, and too much together."""

LEAF_AND_POT = (asked("leaf"), asked("pot"))
IN_USE = {"a": "<%= leaf %>"}

LIVES: Mapping[str, Life] = {
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
                configuration=configuration(
                    "eu-central-1", features=("search",), environment={"STAGE": "dev"}
                ),
                services=(service("spout"), service("lid", ServiceType.FRONTEND, glaze="celadon")),
            ),
            choose(),
            link(),
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
    "project/times-of-keys": Life(
        101,
        "Commits without the times of keys, and commits with them.",
        [RestoreProject(), change(name="Samovar"), rename("Urn")],
        after="project/first-code",
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
            link(),
            archive(),
            RestoreProject(),
        ],
    ),
    "project/provisioned": Life(
        117,
        "A provisioning that is undone, one that is completed, and the project given to another.",
        [
            create(services=[service("lid")]),
            link(),
            start(),
            *map(do, STEPS),
            abandon(),
            undo(STEPS[3]),
            undo(STEPS[2], repository=LINK),
            undo(STEPS[1]),
            undo(STEPS[0]),
            fail_provisioning(),
            start(),
            *(do(step, 2) for step in STEPS),
            complete(2),
            hand_over(name=sealed("m"), email=sealed("f")),
        ],
    ),
    "project/wished": Life(
        118,
        "A creation with a template and values for its parameters, that failed and began again.",
        [
            CreateProject(
                owner=ACTOR,
                name="Teapot",
                template_id="full-stack",
                template_parameters={
                    "leaf": "assam",
                    "minutes": 4,
                    "degrees": 97.5,
                    "sweet": True,
                    "extras": ["milk", "mint"],
                    "pot": None,
                },
                services=(service("lid"),),
            ),
            *map(do, STEPS),
            abandon(),
            *map(undo, reversed(STEPS)),
            fail_provisioning(),
            choose("worker"),
            start("worker", leaf="mint"),
        ],
    ),
    "project/archive": Life(
        119,
        "A repository that is an archive, and another in its place.",
        [
            create(),
            start(),
            *map(do, STEPS),
            complete(),
            unlink(),
            link(),
        ],
    ),
    "project/forgotten": Life(
        132,
        "A project with an archive, whose owner is forgotten.",
        [create(), start(), *map(do, STEPS), complete(), ForgetSubject(subject="ada-sub")],
    ),
    "project/handed-over": Life(
        116,
        "A project with services, one of them removed, that is given to another and comes back.",
        [
            CreateProject(
                owner=ACTOR,
                owner_name=sealed("n"),
                owner_email=sealed("e"),
                name="Teapot",
                services=(service("spout"), service("lid")),
            ),
            remove_service("lid"),
            hand_over(name=sealed("m"), email=sealed("f")),
            add("handle"),
            change_service("spout", service_name="beak"),
            deploy(),
            hand_over(ACTOR, name=sealed("n")),
            rename("Samovar"),
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
    "template/parameters": Life(
        123,
        "A parameter of each type, with all that it can have, and the same template without them.",
        [
            draft(
                parameters=(
                    asked(
                        "leaf",
                        description="Its name",
                        required=True,
                        default="assam",
                        min_length=1,
                        max_length=10,
                    ),
                    asked("minutes", "NUMBER", default=4, minimum=0.5, maximum=10),
                    asked("degrees", "NUMBER", default=97.5),
                    asked("sweet", "BOOLEAN", default=True),
                    asked("pot", "CHOICE", choices=["glass", "iron"], default="iron"),
                    asked("extras", "LIST", choices=["milk", "mint"], default=["mint"]),
                )
            ),
            publish(),
            revise(parameters=(asked("leaf"), asked("extras", "LIST"))),
            publish(),
            revise(parameters=()),
        ],
    ),
    "template/uses": Life(
        124,
        "Files that use parameters, and others that use fewer.",
        [
            draft(files={"a": "<%= leaf %>"}, parameters=(asked("leaf"),)),
            publish(),
            revise(files={"a": "<%= leaf %>", "b": "<%= pot %>"}, parameters=LEAF_AND_POT),
            revise(files={"a": "<%= name %>"}),
            revise(parameters=()),
        ],
    ),
    "template/setup": Life(
        125,
        "Services and settings, revised, published, and taken away again.",
        [
            draft(
                services=(offered("pot", cups=[1, 0.5], glaze=None), offered("lid")),
                settings=TemplateSettings(
                    runtime=Runtime.PYTHON_3_13, features=("steam",), environment={"HEAT": "97"}
                ),
            ),
            publish(),
            revise(services=(offered("Pot"),), settings=TemplateSettings(features=("steam",))),
            publish(),
            revise(name="Kettle"),
            revise(name="Tea service"),
            publish(),
            revise(settings=TemplateSettings(runtime=Runtime.PYTHON_3_13)),
            revise(services=(), settings=TemplateSettings()),
        ],
    ),
    "template/least": Life(122, "A draft without files.", [draft(files={})]),
    "analysis/completed": Life(
        131,
        "An analysis that found something.",
        [ask(question="Does it pour?"), answer("It drips.", "Spout"), ForgetSubject(subject="a")],
    ),
    "analysis/whole": Life(134, "An analysis with all that a result can hold.", [ask(), whole()]),
    "analysis/failed": Life(132, "An analysis that failed.", [ask(), fail()]),
    "analysis/cancelled": Life(133, "An analysis that nobody wanted.", [ask(), cancel()]),
}


REFUSALS: Mapping[str, Sequence[Refusal]] = {
    "PROJECT": [
        Refusal(ProjectAlreadyExists, [create(), create()]),
        Refusal(ProjectIsArchived, [create(), change(description="Hot"), archive(), rename("Urn")]),
        Refusal(ProjectIsDeleted, [create(), DeleteProject(), rename("Urn")]),
        Refusal(ServiceAlreadyExists, [create(), add("lid"), add_again("lid", "spout")]),
        Refusal(ServiceNameTaken, [create(), add("lid"), add("Lid")]),
        Refusal(ServiceNotFound, [create(), add("lid"), remove_service("spout")]),
        Refusal(TooManyServices, [create(), *(add(f"s{n}") for n in range(101))]),
        Refusal(DeploymentAlreadyExists, [create(), deploy(1), deploy(1, "dev")]),
        Refusal(DeploymentIsRunning, [create(), deploy(1), deploy(2)]),
        Refusal(DeploymentNotFound, [create(), deploy(1), complete_deployment(2)]),
        Refusal(
            DeploymentHasEnded, [create(), deploy(1), complete_deployment(1), fail_deployment(1)]
        ),
        Refusal(TooManyEnvironments, [create(), *(deploy(n, f"e{n}") for n in range(21))]),
        Refusal(ProvisioningIsRunning, [create(), start(), DeleteProject()]),
        Refusal(ProvisioningIsNotRunning, [create(), complete()]),
        Refusal(ProvisioningIsNotAbandoned, [create(), start(), fail_provisioning()]),
        Refusal(AttemptIsNotNewest, [create(), start(), complete(2)]),
        Refusal(
            NotOfThisStep,
            [create(), start(), abandon(), undo(STEPS[0], repository=LINK)],
        ),
        Refusal(StepIsNotNext, [create(), start(), complete()]),
    ],
    "TEMPLATE": [
        Refusal(TemplateAlreadyExists, [draft(), draft()]),
        Refusal(TemplateIsDeprecated, [draft(), publish(), deprecate(), revise(name="Urn")]),
        Refusal(DuplicatePath, [draft(), revise_twice("README.md")]),
        Refusal(CollidingPaths, [draft(), revise(files={"a": "1", "a/b": "2"})]),
        Refusal(UnusablePath, [draft(), revise(files={".git/config": "1"})]),
        Refusal(UnusableParameter, [draft(), revise(parameters=(asked("class"),))]),
        Refusal(UnusableFile, [draft(), revise(files={"a": "<%= a() %>"})]),
        Refusal(
            ParameterInUse,
            [draft(files=IN_USE, parameters=(asked("leaf"),)), revise(parameters=())],
        ),
        Refusal(ParametersTooLong, [draft(), revise(parameters=TOO_LONG)]),
        Refusal(DuplicateService, [draft(), revise(services=(offered("a"), offered("A")))]),
        Refusal(SetupTooLong, [draft(), revise(services=(offered("a", b="b" * 16_400),))]),
        Refusal(NothingToPublish, [draft(files={}), publish()]),
    ],
    "ANALYSIS": [
        Refusal(AnalysisAlreadyExists, [ask(), ask()]),
        Refusal(AnalysisHasEnded, [ask(), answer(), cancel()]),
    ],
}
"""Every rule that an aggregate's commands may break, broken by the last one."""
