"""Help of the command line: panels, an example for each command, texts that begin with a verb."""

from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from domain.contents import contents
from skafu import cli
from skafu.commands.help import MAINTAIN, OPERATE, USE

AWKWARD = {
    "What", "As", "Of", "By", "Whether", "How", "Who", "Which", "That", "Where", "When", "If"
}  # fmt: skip
COMMANDS = TyperGroup | TyperCommand


def commands(found: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, COMMANDS]]:
    """Yield every command and group of commands below the root, by its words."""
    if isinstance(found, TyperGroup):
        for name, inner in found.commands.items():
            if isinstance(inner, TyperGroup | TyperCommand):
                yield " ".join((*path, name)), inner
                yield from commands(inner, (*path, name))


ROOTED = typer.main.get_command(cli.app)
ALL = dict(commands(ROOTED))


@pytest.mark.parametrize("name", ALL)
def test_every_page_of_help_ends_with_an_example_of_the_command(name: str) -> None:
    _, *lines = (ALL[name].epilog or "").split("\n\n")

    assert lines
    assert all(line.strip().startswith(f"skafu {name}") for line in lines)


def test_commands_for_users_come_first_and_those_for_maintainers_apart() -> None:
    assert isinstance(ROOTED, TyperGroup)
    panels = [getattr(one, "rich_help_panel", None) for one in ROOTED.commands.values()]
    alone = [panel for panel in panels if panel is not None]

    assert list(dict.fromkeys(alone)) == [USE, OPERATE, MAINTAIN]
    assert len(alone) == len(panels)


def test_examples_name_what_the_domain_has() -> None:
    collection = contents.first_creation.collection.strip("/")

    assert f"skafu history {collection}/" in (ALL["history"].epilog or "")
    assert f"skafu cost {contents.first_change.name}" in (ALL["cost"].epilog or "")


@pytest.mark.parametrize("name", ALL)
def test_help_begins_with_a_verb(name: str) -> None:
    assert ALL[name].help
    assert (ALL[name].help or "").split()[0].strip(",:") not in AWKWARD


@pytest.mark.parametrize("name", ALL)
def test_lines_of_help_end_where_the_terminals_do(name: str) -> None:
    assert all("\n" not in lines for lines in (ALL[name].help or "").split("\n\n"))


@pytest.mark.parametrize("name", ALL)
def test_no_command_offers_what_the_root_does_not(name: str) -> None:
    """A group of commands would install completion for itself alone."""
    options = {flag for option in ALL[name].params for flag in option.opts}

    assert not [flag for flag in options if "completion" in flag]
