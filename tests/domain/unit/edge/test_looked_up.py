"""Facts of other aggregates may be gone when a command is sent again."""

import pytest

from domain.contents import contents
from tests.support.api import ADA, ADMIN
from tests.support.world import World

pytestmark = pytest.mark.feature("C15")
CHOOSE, REQUEST = contents.operation["choose-template"], contents.operation["request-analysis"]


@pytest.fixture
def tea() -> World:
    """A project, and a template that is published."""
    return World("create-project", "draft-template", "publish-template")


def test_a_template_that_was_chosen_is_answered_again_after_its_end(tea: World) -> None:
    first = tea.rest(CHOOSE, ADA, "key-1")
    tea.sent("deprecate-template")

    assert first.status == 202, first.text
    assert tea.rest(CHOOSE, ADA, "key-1").body == first.body


def test_an_analysis_that_was_requested_is_answered_again_after_the_projects_end(
    tea: World,
) -> None:
    first = tea.rest(REQUEST, ADA, "key-1")
    tea.sent("delete-project")

    assert first.status == 202, first.text
    assert tea.rest(REQUEST, ADA, "key-1").body == first.body


def test_a_new_command_finds_nothing(tea: World) -> None:
    tea.sent("deprecate-template")

    assert tea.rest(CHOOSE, ADA, "key-1").problem == "template-not-published"


def test_the_same_key_for_another_command_is_refused(tea: World) -> None:
    first = tea.rest(contents.operation["archive-project"], ADMIN, "key-1")
    tea.sent("deprecate-template")

    assert first.status == 202, first.text
    assert tea.rest(CHOOSE, ADMIN, "key-1").status == 422
