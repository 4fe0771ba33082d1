"""`skafu seed` against the command API in memory: what it does with what it finds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import pytest

from domain.seeding import template_seed
from kernel.saga import Sending
from skafu.commands import seed as seeding
from skafu.reach.command_api import item
from skafu.reach.target import Target
from tests.support.api import ADMIN
from tests.support.world import World

pytestmark = pytest.mark.feature("C8")

NOWHERE = cast(Target, None)
TEA = template_seed({"slug": "tea", "name": "Tea"}, {"README.md": "# <%= name %>\n"})
MORE = template_seed({"slug": "tea", "name": "Tea and more"}, {"README.md": "# <%= name %>\n"})


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()

    def send(_: Target, commands: Iterable[Sending]) -> Sequence[Mapping[str, Any]]:
        body = {"commands": [item(command) for command in commands]}
        found: Sequence[Mapping[str, Any]] = (
            world.api.as_(ADMIN).post("/commands", body).body["results"]
        )
        return found

    monkeypatch.setattr(seeding, "send", send)
    return world


def test_a_template_that_an_admin_has_deprecated_stays_so_and_nothing_fails(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Deploying ends with an error when anything is refused: it would never succeed again."""
    assert [*seeding.planted(NOWHERE, TEA)] == []
    id = TEA.creation.target
    answer = world.api.as_(ADMIN).post(f"/templates/{id}/deprecate", {"reason": "Too bitter."})
    assert answer.status == 202, answer.text

    for seed in (TEA, MORE):
        capsys.readouterr()
        assert [*seeding.planted(NOWHERE, seed)] == []
        assert capsys.readouterr().out == (
            "tea: left alone. The template is deprecated and takes no changes.\n"
        )


def test_any_other_refusal_is_yielded(world: World) -> None:
    assert [*seeding.planted(NOWHERE, TEA)] == []
    bad = template_seed({"slug": "tea", "name": "Tea"}, {"README.md": "<%= nobody %>"})

    (line,) = seeding.planted(NOWHERE, bad)
    assert line.startswith("tea: README.md, line 1: There is no parameter nobody.")
