"""A project is created from a template, with values for its parameters, or provisioned later."""

import json
from typing import Any

import pytest

from application.privacy.forgetting import OPERATOR
from application.writing.execute import Executor
from application.writing.requests import CommandMetadata, Request
from domain.contents import contents
from domain.project.aggregate import project
from domain.project.provisioning import NoTemplateWished
from kernel.messages import aggregate_id
from kernel.personal import ForgetSubject
from tests.support.api import ADA, ADMIN, EVE, Answer
from tests.support.requests import uuid7
from tests.support.world import NOW, World
from tests.unit.edge.commands.test_controls import Later

pytestmark = pytest.mark.feature("C8", "S1")

FILES = [{"path": "README.md", "content": "# Tea"}]
PARAMETERS = [
    {"name": "leaf", "type": "TEXT", "label": "Leaf", "required": True, "maxLength": 10},
    {"name": "minutes", "type": "NUMBER", "label": "Minutes", "maximum": 10},
    {"name": "extras", "type": "LIST", "label": "Extras"},
]
DRAFT = {"slug": "tea", "name": "Tea", "files": FILES, "parameters": PARAMETERS}
WISH = {"templateId": "tea", "templateParameters": {"leaf": "mint"}}
START, CREATE = contents.operation["start-provisioning"], contents.operation["create-project"]


@pytest.fixture
def world() -> World:
    """A template that is published, with parameters."""
    world = World()
    drafted = world.api.as_(ADMIN).post("/templates", DRAFT)
    world.known["template"] = drafted.body["aggregateId"]
    world.sent("publish-template")
    return world


def create(world: World, **data: Any) -> Answer:  # noqa: ANN401 - data of any kind
    return world.api.as_(ADA).post("/projects", {"name": "Shop", **data})


def begun(world: World, **data: Any) -> Answer:  # noqa: ANN401 - as above
    """Create a project, and remember it."""
    answer = create(world, **data)
    assert answer.status == 202, answer.text
    world.known["project"] = answer.body["aggregateId"]
    return answer


def start(world: World, body: object = None, key: str | None = None, who: Any = ADA) -> Answer:  # noqa: ANN401 - any person
    path = f"/projects/{world.id_of('PROJECT')}/provisioning"
    headers = {} if key is None else {"idempotency_key": key}
    return world.api.as_(who).call("POST", path, body, headers)


def fail(world: World, attempt: int = 1) -> None:
    """Let the attempt fail."""
    path = f"/projects/{world.id_of('PROJECT')}/provisioning"
    for end in ("abandon", "fail"):
        data = {"attempt": attempt, "reason": "No water."}
        assert world.api.as_(ADMIN).post(f"{path}/{end}", data).status == 202


def starts(world: World) -> list[Any]:
    """Return the data of each start that was recorded."""
    stream = aggregate_id("PROJECT", world.id_of("PROJECT"))
    events = [event for commit in world.store.read(stream) for event in commit.stored_events()]
    return [e["data"] for e in events if e["eventType"] == "ProvisioningStarted"]


def publish(world: World, slug: str, *parameters: dict[str, Any]) -> None:
    """Publish another template."""
    admin = world.api.as_(ADMIN)
    drafted = admin.post("/templates", {**DRAFT, "slug": slug, "parameters": [*parameters]})
    path = f"/templates/{drafted.body['aggregateId']}/publish"
    assert admin.post(path, {}).status == 202


def projects(world: World) -> int:
    return sum(stream.startswith("PROJECT#") for stream, _ in world.store.heads())


class TestCreating:
    def test_records_the_creation_and_the_start_in_one_commit(self, world: World) -> None:
        services = [{"serviceName": "pot", "serviceType": "API"}]
        begun(world, **WISH, services=services)

        (commit,) = world.store.read(aggregate_id("PROJECT", world.id_of("PROJECT")))
        names = [event["eventType"] for event in commit.stored_events()]
        assert names == ["ProjectCreated", "ServiceAdded", "ProvisioningStarted"]
        assert starts(world) == [
            {
                "owner": "ada-sub::ada",
                "attempt": 1,
                "templateId": "tea",
                "parameters": {"leaf": "mint"},
            }
        ]

    def test_by_the_id_of_the_template_keeps_the_id(self, world: World) -> None:
        template = world.id_of("TEMPLATE")
        begun(world, templateId=template, templateParameters={"leaf": "mint", "minutes": None})

        assert starts(world)[0]["templateId"] == template
        assert starts(world)[0]["parameters"] == {"leaf": "mint"}

    def test_without_a_template_starts_nothing(self, world: World) -> None:
        begun(world)

        assert starts(world) == []

    @pytest.mark.parametrize("reference", ["coffee", "0198f2a0-0000-7000-8000-0000000000f0"])
    def test_from_a_template_that_is_not_there_records_nothing(
        self, world: World, reference: str
    ) -> None:
        answer = create(world, templateId=reference)

        assert (answer.status, answer.problem) == (409, "template-not-published")
        assert projects(world) == 0

    def test_from_a_draft_and_a_deprecated_template_records_nothing(self, world: World) -> None:
        world.api.as_(ADMIN).post("/templates", {**DRAFT, "slug": "draft"})
        world.sent("deprecate-template")

        for slug in ("draft", "tea"):
            answer = create(world, templateId=slug, templateParameters={"leaf": "mint"})
            assert (answer.status, answer.problem) == (409, "template-not-published")
        assert projects(world) == 0

    def test_with_values_that_do_not_fit_names_every_field(self, world: World) -> None:
        values = {"minutes": "4", "extras": "milk", "pot": {"of": ["iron"]}}
        answer = create(world, templateId="tea", templateParameters=values)

        assert (answer.status, answer.problem) == (400, "parameters-do-not-fit")
        paths = {f"templateParameters.{name}" for name in ("leaf", "minutes", "extras", "pot")}
        assert set(answer.faults) == paths
        assert projects(world) == 0

    def test_with_values_but_no_template_is_refused(self, world: World) -> None:
        answer = create(world, templateParameters={"leaf": "mint"})

        assert (answer.status, answer.faults) == (400, ["templateParameters"])

    def test_with_an_unusable_template_names_that_field_alone(self, world: World) -> None:
        answer = create(world, templateId="No Slug", templateParameters={"leaf": "mint"})

        assert (answer.status, answer.faults) == (400, ["templateId"])

    def test_sent_again_after_the_end_of_the_template_gets_the_first_answer(
        self, world: World
    ) -> None:
        key = uuid7(NOW, 78)
        sent = {"name": "Shop", **WISH}
        first = world.api.as_(ADA).post("/projects", sent, idempotency_key=key)
        world.sent("deprecate-template")

        assert world.api.as_(ADA).post("/projects", sent, idempotency_key=key).text == first.text
        other = {"name": "Shop", **WISH, "templateParameters": {"leaf": "assam"}}
        assert world.api.as_(ADA).post("/projects", other, idempotency_key=key).status == 422


class TestOtherWays:
    """What refuses a creation in REST style refuses it in every other."""

    def test_in_task_style_the_fields_lie_in_the_data(self, world: World) -> None:
        data = {"name": "Shop", "templateId": "tea", "templateParameters": {"leaf": 1}}
        answer = world.api.as_(ADA).post("/commands/create-project", {"data": data})

        assert (answer.status, answer.faults) == (400, ["data.templateParameters.leaf"])

    def test_a_batch_drafts_publishes_and_creates(self, world: World) -> None:
        template = "0198f2a0-0000-7000-8000-0000000000aa"
        commands: list[dict[str, Any]] = [
            {"type": "draft-template", "aggregateId": template, "data": {**DRAFT, "slug": "new"}},
            {"type": "publish-template", "aggregateId": template, "data": {}},
            {"type": "create-project", "data": {"name": "A", **WISH, "templateId": "new"}},
            {"type": "create-project", "data": {"name": "B", "templateId": "new"}},
        ]
        answer = world.api.as_(ADMIN).post("/commands", {"commands": commands})

        assert [result["status"] for result in answer.body["results"]] == [202, 202, 202, 400]
        (fault,) = answer.body["results"][3]["problem"]["errors"]
        assert fault["path"] == "data.templateParameters.leaf"

    def test_deferred_it_is_refused_with_the_same_problem(self, world: World) -> None:
        later = Later(world.store, contents=contents)
        for data in ({**WISH, "templateId": "coffee"}, {"templateId": "tea"}):
            body = {"name": "Shop", **data}
            assert later.api.post("/projects", body, prefer="respond-async").status == 202

            assert later.run() == {"problem": later.api.post("/projects", body).body}
        assert projects(world) == 0

    def test_deferred_it_begins_as_at_once(self, world: World) -> None:
        later = Later(world.store, contents=contents)
        later.api.post("/projects", {"name": "Shop", **WISH}, prefer="respond-async")
        world.known["project"] = later.run()["aggregateId"]

        assert [start["parameters"] for start in starts(world)] == [{"leaf": "mint"}]

    def test_a_machine_creates_for_its_owner(self, world: World) -> None:
        robot = world.api.as_machine("arn:aws:sts::123456789012:assumed-role/robot/session")
        item = {"type": "create-project", "onBehalfOf": "ada-sub", "data": {"name": "A", **WISH}}
        answer = robot.post("/integration/commands", item)
        world.known["project"] = answer.body["aggregateId"]

        assert [start["owner"] for start in starts(world)] == ["ada-sub::ada-sub"]
        refused = {**item, "data": {"name": "A", "templateId": "tea"}}
        assert robot.post("/integration/commands", refused).problem == "parameters-do-not-fit"


class TestStarting:
    def test_without_a_body_takes_what_the_project_was_created_with(self, world: World) -> None:
        begun(world, **WISH)
        fail(world)

        assert start(world).status == 202
        wish = {"templateId": "tea", "parameters": {"leaf": "mint"}}
        assert [{**wish, "attempt": n, "owner": "ada-sub::ada"} for n in (1, 2)] == starts(world)

    def test_takes_another_template_and_other_values(self, world: World) -> None:
        begun(world, **WISH)
        fail(world)
        template = world.id_of("TEMPLATE")
        values = {"leaf": "assam", "extras": ["milk"]}

        assert start(world, {"templateId": template, "templateParameters": values}).status == 202
        assert (starts(world)[1]["templateId"], starts(world)[1]["parameters"]) == (
            template,
            values,
        )

    @pytest.mark.parametrize("first", ["slug", "id"])
    def test_the_same_template_by_its_other_name_keeps_the_values(
        self, world: World, first: str
    ) -> None:
        names = {"slug": "tea", "id": world.id_of("TEMPLATE")}
        begun(world, **{**WISH, "templateId": names.pop(first)})
        fail(world)
        (other,) = names.values()

        assert start(world, {"templateId": other}).status == 202
        assert starts(world)[1]["parameters"] == {"leaf": "mint"}

    def test_another_template_begins_with_its_own_defaults(self, world: World) -> None:
        begun(world, **WISH)
        fail(world)
        beans = {"name": "beans", "type": "TEXT", "label": "Beans", "default": "arabica"}
        publish(world, "coffee", beans)

        assert start(world, {"templateId": "coffee"}).status == 202
        assert starts(world)[1]["templateId"] == "coffee"
        assert starts(world)[1].get("parameters", {}) == {}

    def test_another_template_names_the_values_that_it_requires(self, world: World) -> None:
        begun(world, **WISH)
        fail(world)
        publish(world, "coffee", {"name": "beans", "type": "TEXT", "label": "B", "required": True})
        answer = start(world, {"templateId": "coffee"})

        assert (answer.status, answer.problem) == (400, "parameters-do-not-fit")
        assert answer.faults == ["templateParameters.beans"]
        assert len(starts(world)) == 1

    def test_takes_the_template_that_was_chosen_last(self, world: World) -> None:
        begun(world)
        path = f"/projects/{world.id_of('PROJECT')}/template"
        world.api.as_(ADA).call("PUT", path, {"templateId": "tea"}, {})

        assert start(world, {"templateParameters": {"leaf": "mint"}}).status == 202
        assert starts(world)[0]["templateId"] == world.id_of("TEMPLATE")

    def test_without_any_template_is_refused(self, world: World) -> None:
        begun(world)
        answer = start(world)

        assert (answer.status, answer.problem) == (409, "no-template-wished")
        assert NoTemplateWished.text == answer.body["detail"]
        assert starts(world) == []

    def test_from_a_deprecated_template_is_refused(self, world: World) -> None:
        begun(world, **WISH)
        fail(world)
        world.sent("deprecate-template")

        assert start(world).problem == "template-not-published"
        assert len(starts(world)) == 1

    def test_with_values_that_no_longer_fit_is_refused(self, world: World) -> None:
        begun(world, **WISH)
        fail(world)
        pot = {"name": "pot", "type": "TEXT", "label": "Pot", "required": True}
        path = f"/templates/{world.id_of('TEMPLATE')}"
        assert world.api.as_(ADMIN).patch(path, {"parameters": [pot]}).status == 202
        world.sent("publish-template")
        answer = start(world)

        assert (answer.status, answer.problem) == (400, "parameters-do-not-fit")
        assert set(answer.faults) == {"templateParameters.leaf", "templateParameters.pot"}

    def test_while_it_runs_changes_nothing_whatever_became_of_the_template(
        self, world: World
    ) -> None:
        first = begun(world, **WISH)
        world.sent("deprecate-template")

        assert start(world).body["version"] == first.body["version"]
        assert len(starts(world)) == 1

    def test_sent_again_gets_the_first_answer(self, world: World) -> None:
        begun(world, **WISH)
        fail(world)
        key = uuid7(NOW, 79)
        first = start(world, {}, key)
        world.sent("deprecate-template")

        assert first.status == 202
        assert start(world, {}, key).text == first.text
        assert start(world, {"templateId": "tea"}, key).status == 422

    def test_a_strangers_project_does_not_exist(self, world: World) -> None:
        begun(world)

        assert start(world, who=EVE).problem == "aggregate-not-found"
        assert start(world, WISH, who=EVE).problem == "aggregate-not-found"

    @pytest.mark.parametrize("end", ["archive-project", "delete-project"])
    def test_a_project_that_has_ended_says_so_first(self, world: World, end: str) -> None:
        begun(world)
        world.sent(end)

        assert start(world).problem == f"project-is-{end.partition('-')[0]}d"

    def test_for_a_person_who_was_forgotten_begins_nothing(self, world: World) -> None:
        begun(world)
        forget: Request[Any] = Request(
            world.stream("PROJECT"),
            ForgetSubject(subject="ada-sub"),
            CommandMetadata("forget", OPERATOR, "forget"),
        )
        Executor(world.store, project, lambda: NOW, {}).execute(forget)

        assert start(world, WISH, who=ADMIN).problem == "project-owner-forgotten"


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ([], "templateParameters"),
        ("leaf", "templateParameters"),
        (None, "templateParameters"),
        ({"leaf": "x" * 10_000}, "templateParameters"),
        ({"leaf": "x" * 11}, "templateParameters.leaf"),
        ({"leaf": "\0"}, "templateParameters.leaf"),
        ({"leaf": None}, "templateParameters.leaf"),
        ({"leaf": True}, "templateParameters.leaf"),
        ({"leaf": "mint", "minutes": True}, "templateParameters.minutes"),
        ({"leaf": "mint", "minutes": 11}, "templateParameters.minutes"),
        ({"leaf": "mint", "extras": ["a", 1]}, "templateParameters.extras"),
        ({"leaf": "mint", "__class__": 1}, "templateParameters.__class__"),
    ],
    ids=lambda value: json.dumps(value)[:40],
)
@pytest.mark.feature("C20")
def test_values_of_the_wrong_kind_are_named(world: World, values: object, path: str) -> None:
    answer = create(world, templateId="tea", templateParameters=values)

    assert (answer.status, answer.faults) == (400, [path]), answer.text


@pytest.mark.parametrize(
    "text", ['{"leaf": NaN}', '{"leaf": "a", "leaf": "b"}', '{"minutes": 1e999}', '{"": 1}']
)
@pytest.mark.feature("C20")
def test_values_that_are_not_one_json_are_refused(world: World, text: str) -> None:
    body = f'{{"name": "Shop", "templateId": "tea", "templateParameters": {text}}}'
    answer = world.api.as_(ADA).call("POST", "/projects", body, {})

    assert (answer.status, answer.problem) == (400, "malformed-json")
