"""Skafu's random commands, for the simulator: small pools of values, so that commands meet."""

from random import Random

from domain.analysis.aggregate import analysis
from domain.project.aggregate import project
from domain.template.aggregate import template
from kernel.aggregate import AnyAggregate
from kernel.operation import Json
from kernel.random_commands import Heard, RandomCommands, RandomData

LONG = "x" * 700  # the state no longer shares the commit's write unit
NAMES = ("Atlas", "Borealis", "Cirrus")
DESCRIPTIONS = (None, "short", LONG, "y" * 700)
SERVICES = ("api", "web", "Web", "jobs")  # two of them are one name
REGIONS = ("us-east-1", "eu-west-1")
SLUGS = ("web", "api")
DEPLOYMENTS = tuple(f"0198f2a0-0000-7000-8000-00000000000{n}" for n in range(3))
OWNERS = ("alice::alice@skafu.dev", "bob::bob@skafu.dev")  # of the simulator's clients
STEPS = ("TEMPLATE", "ANALYSIS", "REPOSITORY", "CONFIGURATION")
ATTEMPTS = (*(1,) * 9, 2)
TOO_LONG = "x" * 101


def create(rng: Random, heard: Heard) -> Json:
    services = [service(rng, heard) for _ in range(rng.choice((0, 0, 1, 2, 3)))]
    more = {"configuration": configuration(rng, heard)} if rng.random() < 0.2 else {}
    more |= {**choice(rng, heard), **values(rng)} if rng.random() < 0.15 else {}
    return {**description(rng), **more, "name": rng.choice(NAMES), "services": services}


def change(rng: Random, _: Heard) -> Json:
    return some_of(rng, {"name": rng.choice(NAMES)}, description(rng))


def description(rng: Random) -> Json:
    return {"description": rng.choice(DESCRIPTIONS)}


def configuration(rng: Random, _: Heard) -> Json:
    data = {"runtime": "python3.13", "region": rng.choice(REGIONS)}
    return data if rng.random() < 0.7 else {**data, "environment": {"TEXT": LONG}}


def service(rng: Random, _: Heard) -> Json:
    data = {"serviceName": rng.choice(SERVICES), "serviceType": rng.choice(("API", "WORKER"))}
    return data if rng.random() < 0.7 else {**data, **size(rng)}


def service_change(rng: Random, _: Heard) -> Json:
    return some_of(rng, {"serviceName": rng.choice(SERVICES)}, size(rng))


def size(rng: Random) -> Json:
    return {"configuration": {"size": rng.randint(1, 3)}}


def choice(rng: Random, heard: Heard) -> Json:
    known = heard.ids("TEMPLATE")
    return {"templateId": rng.choice(SLUGS if rng.random() < 0.2 else known)}


def wish(rng: Random, heard: Heard) -> Json:
    return {**(choice(rng, heard) if rng.random() < 0.7 else {}), **values(rng)}


def values(rng: Random) -> Json:
    """Give a value now and then: some templates have the parameter."""
    return {"templateParameters": {"size": rng.randint(1, 2)}} if rng.random() < 0.3 else {}


def link(rng: Random, _: Heard) -> Json:
    return {"provider": "GITHUB", "url": f"https://example.org/{rng.randint(1, 2)}.git"}


def heir(rng: Random, _: Heard) -> Json:
    return {"owner": rng.choice(OWNERS)}


def deployment(rng: Random, _: Heard) -> Json:
    data = {"environment": rng.choice(("prod", "dev"))}
    return data if rng.random() < 0.3 else {**data, "deploymentId": rng.choice(DEPLOYMENTS)}


def reason(rng: Random, _: Heard) -> Json:
    return {"reason": rng.choice(("It leaks.", "It is cold."))}


def attempt(rng: Random, _: Heard) -> Json:
    return {"attempt": rng.choice(ATTEMPTS)}


def provisioned(more: RandomData) -> RandomData:
    """Return what makes the data of a step: the attempt, and more."""
    return lambda rng, heard: {**attempt(rng, heard), **more(rng, heard)}


def analysed(rng: Random, heard: Heard) -> Json:
    return {"analysisId": rng.choice(heard.ids("ANALYSIS"))}


def configuring(rng: Random, heard: Heard) -> Json:
    services = [service(rng, heard)] if rng.random() < 0.3 else []
    return {"configuration": configuration(rng, heard), "services": services}


def undoing(rng: Random, heard: Heard) -> Json:
    """Undo a step, and bring something back now and then."""
    step = rng.choice((*STEPS, *STEPS[:1] * 4))
    before = {"configuration": configuration(rng, heard)} if rng.random() < 0.3 else {}
    return {"step": step, **(before if step == "CONFIGURATION" else {})}


def draft(rng: Random, _: Heard) -> Json:
    data = {"slug": rng.choice(SLUGS), "name": rng.choice(NAMES), **files(rng)}
    return data if rng.random() < 0.5 else {**data, **parameters(rng)}


def revision(rng: Random, _: Heard) -> Json:
    return some_of(rng, {"name": rng.choice(NAMES)}, rng.choice((files, parameters, setup))(rng))


def files(rng: Random) -> Json:
    content = rng.choice((*NAMES, "# <%= name %>", "<%= size %>"))
    return {"files": [{"path": "README.md", "content": content}]}


def parameters(rng: Random) -> Json:
    return {"parameters": [{"name": "size", "type": "NUMBER", "label": rng.choice(NAMES)}]}


def setup(rng: Random) -> Json:
    services = [{"serviceName": rng.choice(SERVICES), "serviceType": "API"}]
    return rng.choice(({"services": services}, {"settings": {"features": rng.choice(([], ["a"]))}}))


def question(rng: Random, heard: Heard) -> Json:
    return {"projectId": rng.choice(heard.ids("PROJECT")), "kind": "COST"}


def answer(rng: Random, _: Heard) -> Json:
    return {"summary": rng.choice(("Fine.", LONG)), "analyst": "rules"}


def some_of(rng: Random, one: Json, other: Json) -> Json:
    return rng.choice((one, other, {**one, **other}))


DATA: dict[str, RandomData] = {
    "create-project": create,
    "change-project": change,
    "configure-project": configuration,
    "add-service": service,
    "change-service": service_change,
    "choose-template": choice,
    "link-repository": link,
    "hand-over-project": heir,
    "start-deployment": deployment,
    "fail-deployment": reason,
    "start-provisioning": wish,
    "provision-template": provisioned(choice),
    "provision-analysis": provisioned(analysed),
    "provision-repository": provisioned(link),
    "provision-configuration": provisioned(configuring),
    "complete-provisioning": attempt,
    "abandon-provisioning": provisioned(reason),
    "undo-provisioning-step": provisioned(undoing),
    "fail-provisioning": provisioned(reason),
    "draft-template": draft,
    "revise-template": revision,
    "deprecate-template": reason,
    "request-analysis": question,
    "complete-analysis": answer,
    "fail-analysis": reason,
}
WRONG: dict[str, tuple[Json, ...]] = {
    "create-project": ({}, {"name": ""}, {"name": TOO_LONG}, {"name": "A", "services": [{}]}),
    "start-provisioning": (
        {"templateId": "No Slug"},
        {"templateParameters": {"size": "x" * 9_000}},
    ),
    "change-project": ({}, {"name": None}, {"name": TOO_LONG}),
    "configure-project": ({"runtime": "cobol", "region": REGIONS[0]}, {"region": "nowhere"}),
    "add-service": ({"serviceName": "api", "serviceType": "TEA"}, {"serviceName": TOO_LONG}),
    "hand-over-project": ({}, {"owner": ""}, {"owner": "a::b::c"}),
    "link-repository": ({"provider": "GITHUB", "url": "http://example.org"},),
    "start-deployment": ({"environment": "Production!"}, {"deploymentId": "first"}),
    "draft-template": (
        {"slug": "Not A Slug", "name": "A"},
        {"slug": "web", "name": "A", "parameters": [{"name": "if", "type": "TEXT", "label": "A"}]},
        {"slug": "web", "name": "A", "settings": {"runtime": "cobol"}},
    ),
    "request-analysis": ({"projectId": "none", "kind": "COST"},),
}
FOLLOWING = {
    "draft-template": ("publish-template", "publish-template", "revise-template"),
    "revise-template": ("publish-template", "publish-template", "deprecate-template"),
    "publish-template": ("choose-template", "choose-template", "revise-template"),
    "request-analysis": ("complete-analysis", "fail-analysis", "cancel-analysis"),
    "start-deployment": ("complete-deployment", "fail-deployment"),
    "start-provisioning": ("provision-template", "provision-template", "abandon-provisioning"),
    "provision-template": ("provision-analysis",),
    "provision-analysis": ("provision-repository",),
    "provision-repository": ("provision-configuration",),
    "provision-configuration": ("complete-provisioning", "abandon-provisioning"),
    "abandon-provisioning": ("undo-provisioning-step", "fail-provisioning"),
    "undo-provisioning-step": ("undo-provisioning-step", "fail-provisioning"),
    "fail-provisioning": ("start-provisioning",),
}


def later(kind: AnyAggregate) -> tuple[str, ...]:
    """Return the names of the commands that follow a creation."""
    return tuple(operation.name for operation in kind.operations if not operation.creates)


CHANGE, ADD, CHOOSE = ("change-project",), ("add-service",), ("choose-template",)
SERVICE = ("change-service", "remove-service")
LIFE = ("archive-project", "restore-project", "archive-project", "delete-project")
ENDING = (*CHANGE * 4, "delete-project")
"""Refused as long as the project is being provisioned, and so sent again later."""
DEPLOYING = ("start-deployment", "complete-deployment", "fail-deployment")
PROVISIONING = tuple(name for name in later(project) if "provision" in name)
PUBLISHED = ("create-project", "draft-template", "publish-template")
BEGUN = ("draft-template", "publish-template", "create-project", "start-provisioning")
PROVISIONED = (
    *("provision-template", "provision-analysis"),
    *("provision-repository", "provision-configuration"),
)
ENDED = ("abandon-provisioning", "undo-provisioning-step", "fail-provisioning")
TEMPLATING = (*("draft-template",) * 3, *later(template), "publish-template")
ANALYSING = (*("request-analysis",) * 4, *later(analysis))
EVERYDAY = (*CHANGE * 10, *ADD * 6, *SERVICE * 2, *later(project))

random_commands = RandomCommands(
    data=DATA,
    wrong=WRONG,
    following=FOLLOWING,
    habits=(
        *(EVERYDAY,) * 5,
        CHANGE,
        (*CHANGE, *ADD),
        (*ADD * 3, *SERVICE * 2),
        (*DEPLOYING, *CHANGE),
        *((*PROVISIONING, *CHANGE),) * 2,
        (*LIFE, *CHANGE, *ADD),
        *((*TEMPLATING, *CHOOSE * 4),) * 3,
        (*ANALYSING, *CHANGE, *LIFE),
    ),
    stories=(
        *((*PUBLISHED, "start-provisioning", *PROVISIONED, "complete-provisioning"),) * 2,
        (*PUBLISHED, "start-provisioning", *PROVISIONED[:1], *ENDED, "start-provisioning"),
        (*PUBLISHED, "choose-template", "revise-template", "publish-template", *CHANGE),
        (*PUBLISHED, "start-provisioning", *ENDED[::2], "hand-over-project"),
        (*PUBLISHED[1:], "create-project", *PROVISIONED[:1], *ENDED, "start-provisioning"),
        ("create-project", "link-repository", "start-deployment", "complete-deployment", *CHANGE),
        ("create-project", "request-analysis", "complete-analysis"),
    ),
    saga_stories=(
        *((*BEGUN, "start-provisioning"),) * 4,
        *((*BEGUN, "start-provisioning", "delete-project"),) * 2,
        *((*BEGUN, "start-provisioning", *ENDING * 5),) * 3,
        (*BEGUN, *CHANGE, "start-provisioning", *CHANGE),
        (*BEGUN, "revise-template", "publish-template", "start-provisioning"),
        (*BEGUN, "deprecate-template", "start-provisioning"),
    ),
    long_life=(*CHANGE * 6, *ADD * 2, *SERVICE * 2, *DEPLOYING),
)
