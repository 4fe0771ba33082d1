"""A template is chosen by its slug or its id, and its slug is its own."""

from collections.abc import Mapping

import pytest

from tests.support.api import ADA, ADMIN, Answer
from tests.support.requests import uuid7
from tests.support.world import NOW, World

DRAFT: Mapping[str, object] = {
    "slug": "tea",
    "name": "Tea",
    "files": [{"path": "README.md", "content": "# Tea"}],
}


@pytest.fixture
def world() -> World:
    """A project, and a template that is not published yet."""
    world = World("create-project")
    drafted = world.api.as_(ADMIN).post("/templates", DRAFT)
    world.known["template"] = drafted.body["aggregateId"]
    return world


class TestChoosingATemplate:
    def choose(self, world: World, reference: str, key: str | None = None) -> Answer:
        path = f"/projects/{world.id_of('PROJECT')}/template"
        headers = {} if key is None else {"idempotency_key": key}
        return world.api.as_(ADA).call("PUT", path, {"templateId": reference}, headers)

    def test_by_slug_and_by_id_is_the_same_choice(self, world: World) -> None:
        world.sent("publish-template")

        assert self.choose(world, "tea").body["version"] == 2
        assert self.choose(world, world.id_of("TEMPLATE")).body["version"] == 2

    def test_that_is_not_published_is_refused(self, world: World) -> None:
        assert self.choose(world, "tea").problem == "template-not-published"
        assert self.choose(world, "coffee").problem == "template-not-published"

    def test_sent_again_after_a_new_revision_gets_the_first_answer(self, world: World) -> None:
        """A fact that was looked up makes no other command of it."""
        key = uuid7(NOW, 78)
        world.sent("publish-template")
        first = self.choose(world, "tea", key)
        world.sent("revise-template")
        world.sent("publish-template")

        assert self.choose(world, "tea", key).text == first.text
        assert self.choose(world, "tea").body["version"] == first.body["version"] + 1


def test_a_slug_in_the_form_of_an_id_is_refused(world: World) -> None:
    """It would be taken for the id of another template, or of none."""
    body = {"slug": world.id_of("TEMPLATE"), "name": "Another"}
    answer = world.api.as_(ADMIN).post("/templates", body)

    assert (answer.status, answer.faults) == (400, ["slug"])


@pytest.mark.parametrize(
    "slug", ["deadbeef-deadbeefdeadbeefdeadbeef", "0198f2a0000070008000000000000-0f0"]
)
def test_a_slug_of_hexadecimal_digits_is_a_slug(world: World, slug: str) -> None:
    drafted = world.api.as_(ADMIN).post("/templates", {**DRAFT, "slug": slug})
    world.api.as_(ADMIN).post(f"/templates/{drafted.body['aggregateId']}/publish", {})
    path = f"/projects/{world.id_of('PROJECT')}/template"

    assert world.api.as_(ADA).call("PUT", path, {"templateId": slug}, {}).status == 202


def test_a_slug_is_one_templates_alone(world: World) -> None:
    answer = world.api.as_(ADMIN).post("/templates", {"slug": "tea", "name": "Another"})

    assert (answer.status, answer.problem) == (409, "slug-taken")
