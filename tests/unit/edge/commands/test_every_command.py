"""Every command, in both styles, by everybody: from the table of operations."""

import pytest

from domain.contents import contents
from kernel.operation import Operation, Who
from tests.domain.support.builders import uuid7
from tests.support.api import ADA, ADMIN, DEVELOPER, EVE, Answer
from tests.support.world import NOW, World, fitting

TASKS = [pytest.param(operation, id=operation.name) for operation in contents.operations]


@pytest.fixture
def world() -> World:
    return World("create-project", "request-analysis", "draft-template")


@pytest.mark.feature("C5", "C6", "C4", "S4")
@pytest.mark.parametrize("operation", TASKS)
def test_is_taken_in_both_styles_as_the_same_command(operation: Operation, world: World) -> None:
    if operation.name == "draft-template":
        world = World()  # in which no template has its slug
    key = uuid7(NOW, 77)
    rest = world.prepared(operation).rest(operation, fitting(operation), key)
    task = world.task(operation, fitting(operation), key)

    assert rest.status == 202, rest.text
    assert task.text == rest.text
    assert task.headers["Location"] == rest.headers["Location"]


@pytest.mark.feature("C11")
@pytest.mark.parametrize("operation", TASKS)
def test_is_refused_to_those_who_only_read(operation: Operation, world: World) -> None:
    assert world.rest(operation, DEVELOPER).problem == "forbidden"
    assert world.rest(operation, None).problem == "unauthorized"


@pytest.mark.feature("C11", "L8")
@pytest.mark.parametrize("operation", TASKS)
def test_is_refused_to_a_second_owner(operation: Operation, world: World) -> None:
    """Of what is not theirs they learn nothing; what is not anybody's to send is forbidden."""
    answer = world.prepared(operation).rest(operation, EVE)

    if operation.name == "create-project":
        assert answer.status == 202
    elif operation.who is Who.OWNER:
        assert (answer.status, answer.problem) == (404, "aggregate-not-found")
    else:
        assert (answer.status, answer.problem) == (403, "forbidden")


@pytest.mark.parametrize("operation", TASKS)
def test_unknown_fields_are_refused(operation: Operation, world: World) -> None:
    data = {**(world.data(operation) or {}), "colour": "red"}
    target = {} if operation.creates else {"aggregateId": world.ids[operation.aggregate_type]}
    ids = {name: value for name, value in world.path_ids(operation).items() if name != "id"}
    envelope = {**target, "data": data | ids}
    answer = world.api.as_(ADMIN).post(f"/commands/{operation.name}", envelope)

    assert answer.problem == "invalid-request"
    assert "data.colour" in " ".join(answer.faults)


class TestChoosingATemplate:
    def choose(self, world: World, reference: str, key: str | None = None) -> Answer:
        path = f"/projects/{world.ids['PROJECT']}/template"
        headers = {} if key is None else {"idempotency_key": key}
        return world.api.as_(ADA).call("PUT", path, {"templateId": reference}, headers)

    def test_by_slug_and_by_id_is_the_same_choice(self, world: World) -> None:
        world.sent("publish-template")
        assert self.choose(world, "tea").body["version"] == 3
        assert self.choose(world, world.ids["TEMPLATE"]).body["version"] == 3

    def test_that_is_not_published_is_refused(self, world: World) -> None:
        assert self.choose(world, "tea").problem == "template-not-published"
        assert self.choose(world, "coffee").problem == "template-not-published"

    def test_sent_again_after_a_new_revision_gets_the_first_answer(self, world: World) -> None:
        """What was looked up makes no other command of it."""
        key = uuid7(NOW, 78)
        world.sent("publish-template")
        first = self.choose(world, "tea", key)
        world.sent("revise-template")
        world.sent("publish-template")

        assert self.choose(world, "tea", key).text == first.text
        assert self.choose(world, "tea").body["version"] == first.body["version"] + 1


@pytest.mark.feature("C15")
def test_one_key_on_two_aggregates_is_two_commands(world: World) -> None:
    """Identity is looked up in the stream: each aggregate has the command once (ADR 4)."""
    key = uuid7(NOW, 79)
    other = world.api.as_(ADA).post("/projects", {"name": "Kettle"}).body["aggregateId"]
    answers = [
        world.api.as_(ADA).patch(f"/projects/{project}", {"name": "Urn"}, idempotency_key=key)
        for project in (world.ids["PROJECT"], other)
    ]

    assert [answer.status for answer in answers] == [202, 202]


def test_a_slug_is_one_templates_alone(world: World) -> None:
    answer = world.api.as_(ADMIN).post("/templates", {"slug": "tea", "name": "Another"})

    assert (answer.status, answer.problem) == (409, "slug-taken")


@pytest.mark.feature("K10")
def test_a_lost_merge_is_409_and_names_the_events(world: World) -> None:
    path = f"/projects/{world.ids['PROJECT']}"
    world.api.as_(ADA).patch(path, {"name": "Urn"})
    answer = world.api.as_(ADA).patch(path, {"name": "Pot"}, if_match='"2"', x_on_conflict="merge")

    assert (answer.status, answer.problem) == (409, "merge-conflict")
    assert "ProjectRenamed" in answer.body["detail"]
