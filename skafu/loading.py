"""The root of the command line: its commands are imported when they are used.

What a command raises because of its surroundings becomes one sentence and exit code 1.
"""

import ast
import os
import signal
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from local.visible import visible
from skafu import terminal
from skafu.commands.help import examples

FOLDER = Path(__file__).parent / "commands"
TRACEBACK = "SKAFU_TRACEBACK"
Command = TyperCommand | TyperGroup


@dataclass(frozen=True, slots=True)
class Entry:
    """A command by its name, with its panel; groups of commands carry examples of their own."""

    name: str
    panel: str
    lines: tuple[str, ...]

    @property
    def module(self) -> str:
        return self.name.replace("-", "_")

    def load(self) -> Command:
        """Import the command, or the group in the module's `app`."""
        with ended_by_ctrl_c():
            found = import_module(f"skafu.commands.{self.module}")
        one: typer.Typer | None = getattr(found, "app", None)
        if one is None:
            one = typer.Typer(add_completion=False)
            function = getattr(found, self.module)
            one.command(self.name, epilog=examples(*self.lines))(function)
        command = typer.main.get_command(one)
        assert isinstance(command, Command)
        command.name, command.rich_help_panel = self.name, self.panel
        flow(command)
        return command

    def brief(self) -> Command:
        """Return the command's place in the list of commands, with nothing imported."""
        return TyperCommand(name=self.name, help=self.summary(), rich_help_panel=self.panel)

    def summary(self) -> str:
        """Return the docstring of the command's function, or the help of the module's group."""
        tree = ast.parse((FOLDER / f"{self.module}.py").read_text())
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == self.module:
                return ast.get_docstring(node) or ""
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
        helps = (key.value for call in calls for key in call.keywords if key.arg == "help")
        return next(str(text.value) for text in helps if isinstance(text, ast.Constant))


@contextmanager
def ended_by_ctrl_c() -> Iterator[None]:
    """Let Ctrl-C end the process at once: in the midst of imports Python may lose its exception."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def flow(command: Command) -> None:
    """Let the lines of a help text end where the terminal's do, not where the source's do."""
    paragraphs = (command.help or "").split("\n\n")
    command.help = "\n\n".join(" ".join(lines.split("\n")) for lines in paragraphs)
    for one in command.commands.values() if isinstance(command, TyperGroup) else ():
        assert isinstance(one, Command)
        flow(one)


ENTRIES: dict[str, Entry] = {}


def add(panel: str, name: str, *lines: str) -> None:
    """Register the command of a module in skafu/commands, with its examples."""
    ENTRIES[name] = Entry(name, panel, lines)


@dataclass
class Loaded(MutableMapping[str, Any]):
    """The commands by name, each imported at its first use; brief while they are only listed."""

    brief: bool = False
    _known: dict[str, Command] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Command:
        if self.brief:
            return ENTRIES[name].brief()
        if name not in self._known:
            self._known[name] = ENTRIES[name].load()
        return self._known[name]

    def __setitem__(self, name: str, command: Command) -> None:
        self._known[name] = command

    def __delitem__(self, name: str) -> None:
        del self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(ENTRIES)

    def __len__(self) -> int:
        return len(ENTRIES)


class Commands(TyperGroup):
    """The root: it loads commands late, and explains what they raise."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - typer's own
        super().__init__(**options)
        self.loaded = Loaded()
        self.commands = self.loaded

    def format_help(self, *arguments: Any) -> None:  # noqa: ANN401 - typer's own
        self.loaded.brief = True
        try:
            super().format_help(*arguments)
        finally:
            self.loaded.brief = False

    def make_context(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - typer's own
        terminal.survive_any_text()
        with explained():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's own
        with explained():
            return super().invoke(ctx)


@contextmanager
def explained() -> Iterator[None]:
    """Turn what is raised into one sentence and an exit code; set `SKAFU_TRACEBACK` to see all."""
    try:
        yield
    except BrokenPipeError:
        terminal.end_quietly()
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        if isinstance(error, TyperException):  # in what was typed; typer shows it
            error.message = visible(error.message)
            raise
        if os.environ.get(TRACEBACK):
            raise
        from skafu.reach.trouble import sentence

        terminal.say(sentence(error), error=True)
        raise typer.Exit(1) from error
