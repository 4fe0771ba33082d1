"""`skafu seed` against the command API in memory: what it does with what it finds."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from domain.seeding import template_seed
from kernel.saga import Sending
from skafu.commands import seed as seeding
from skafu.reach.command_api import NotTaken, item
from skafu.reach.target import Target
from skafu.reach.trouble import Trouble
from skafu.seeding.folders import read
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


def folder(path: Path, manifest: str) -> Path:
    (path / "files").mkdir()
    (path / "files" / "README.md").write_text("# Tea\n")
    (path / "manifest.yaml").write_text(manifest)
    return path


def test_a_date_in_a_manifest_is_the_text_that_it_is_written_as(tmp_path: Path) -> None:
    (seed,) = read(folder(tmp_path, "slug: tea\nname: 2026-01-31\n"))

    assert seed.creation.data["name"] == "2026-01-31"


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ("slug: tea\nslug: coffee\nname: Tea\n", "The field slug is given twice."),
        ("slug: tea\nsettings: {features: [], features: [a]}\n", "The field features is given"),
        ("slug: tea\nname: !!timestamp 2026-01-31\n", "a value that JSON cannot hold"),
        ("slug: tea\nparameters: [{default: .nan}]\n", "a value that JSON cannot hold"),
        ("slug: tea\nname: &again [*again]\n", "a value that JSON cannot hold"),
    ],
)
def test_a_manifest_that_is_no_json_is_refused_by_its_name(
    manifest: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(Trouble, match=reason) as refused:
        read(folder(tmp_path, manifest))

    assert str(tmp_path / "manifest.yaml") in str(refused.value)


@pytest.mark.parametrize("target", ["elsewhere", "elsewhere/secret", "nowhere"])
def test_a_link_puts_no_file_of_this_machine_into_a_template(target: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret").write_text("canary")
    (tmp_path / "tea").mkdir()
    tea = folder(tmp_path / "tea", "slug: tea\nname: Tea\n")
    (tea / "files" / "link").symlink_to(tmp_path / target)

    with pytest.raises(Trouble, match="is a link: put the file itself there"):
        read(tea)


@pytest.mark.parametrize("linked", [".", "manifest.yaml", "files"])
@pytest.mark.parametrize("below", [True, False], ids=["one of several", "alone"])
def test_no_part_of_a_seed_is_a_link(linked: str, below: bool, tmp_path: Path) -> None:
    """It would be sent to the system, and shown to all who may choose a template."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "seeds" / "tea").mkdir(parents=True)
    tea = folder(tmp_path / "seeds" / "tea", "slug: tea\nname: Tea\n")
    hidden = (tea / linked).rename(tmp_path / "elsewhere" / "hidden")
    (tea / linked).symlink_to(hidden)

    with pytest.raises(Trouble, match="is a link: put the file itself there"):
        read(tea.parent if below else tea)


def test_a_seed_that_is_refused_as_a_whole_is_named_and_holds_no_other_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def too_large(*_: object) -> Sequence[Mapping[str, Any]]:
        raise NotTaken("The command API answers 413: The body must have at most 262144 bytes.")

    monkeypatch.setattr(seeding, "send", too_large)

    (line,) = seeding.planted(NOWHERE, TEA)
    assert line.startswith("tea: The command API answers 413")
