"""`skafu dev`: the whole system on this machine, until it is interrupted."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Group
from rich.panel import Panel
from rich.status import Status
from rich.table import Table

from local import stack as stacks
from local.activity import Entry, Follower, Happenings
from local.deploy import DeploymentFailed
from local.lines import Lines
from local.outputs import SEEDS
from local.ports import PortTaken
from local.processes import ProcessEnded
from local.schema import SchemaFollower
from local.state import StateUnusable
from local.visible import visible
from skafu.terminal import plain_console, say

console = plain_console()
LOOK_SECONDS = 0.1
UNDERSTOOD = (
    stacks.AlreadyRunning,
    stacks.PrerequisiteMissing,
    PortTaken,
    StateUnusable,
    ProcessEnded,
    DeploymentFailed,
    BotoCoreError,
    ClientError,
)


class Stopped(BaseException):
    """A signal asked for the end; no library's `except Exception` may catch it."""


@dataclass
class Interruption:
    """A flag that a signal sets to ask for the end."""

    asked: bool = False


def port_option(text: str) -> Any:  # noqa: ANN401 - typer's options stand as defaults of any type
    return typer.Option(help=text, min=1, max=65535)


def dev(
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Delete the data of earlier runs.")
    ] = False,
    no_web: Annotated[bool, typer.Option("--no-web", help="Do not serve the web page.")] = False,
    packaged: Annotated[
        bool,
        typer.Option(
            "--packaged", help="Run the package that `sam build` makes, deployed by `sam deploy`."
        ),
    ] = False,
    state_dir: Annotated[
        Path, typer.Option(help="Folder for data, logs and outputs.")
    ] = stacks.STATE_DIR,
    emulator_port: Annotated[int, port_option("Port of the AWS emulator.")] = 4566,
    appsync_port: Annotated[int, port_option("Port of GraphQL and its console.")] = 20002,
    web_port: Annotated[int, port_option("Port of the web page.")] = 5173,
) -> None:
    """Run the whole system on this machine: emulated AWS, AppSync, users, the web page."""
    began = time.monotonic()
    options = stacks.Options(
        state_dir=state_dir.resolve(),
        emulator_port=emulator_port,
        appsync_port=appsync_port,
        web_port=web_port,
        fresh=fresh,
        packaged=packaged,
        web=not no_web,
        seeds=SEEDS,
    )
    progress = Start()
    try:
        with interruptible() as interruption:
            run(options, began, interruption, progress)
    except Stopped:
        console.print("Stopped.")
    except UNDERSTOOD as error:
        head = "A part has ended; all others were stopped." if progress.ready else "Not started."
        say(head, *str(error).splitlines())
        raise typer.Exit(1) from None


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Turn SIGINT and SIGTERM into Stopped once; while stopping, further ones are ignored.

    What is raised while a finalizer runs is lost, so what is yielded says it as well.
    """
    interruption = Interruption()

    def stop(*_: object) -> None:
        interruption.asked = True
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    yield interruption


@dataclass
class Start:
    """The start of a stack: ready once everything answers."""

    ready: bool = False


def run(options: stacks.Options, began: float, interruption: Interruption, start: Start) -> None:
    with ExitStack() as cleanup:
        with console.status("Checking what is there") as status:
            stack = cleanup.enter_context(stacks.running_stack(options, steps(status)))
        console.print(welcome(stack))
        start.ready = True
        say(f"READY in {seconds_since(began)}")
        watch(stack, interruption)


def steps(status: Status) -> stacks.Report:
    """Show the step being done; where there is no terminal to redraw, a line for each."""

    def report(step: str) -> None:
        status.update(f"{step} …")
        if not console.is_terminal:
            say(step)

    return report


def welcome(stack: stacks.Stack) -> Panel:
    addresses, found = stack.options.addresses, stack.outputs
    places = Table.grid(padding=(0, 2))
    if stack.options.web:
        places.add_row("Web page", addresses.web)
    places.add_row("Command API", found["commandApiUrl"])
    places.add_row("GraphQL console", f"http://127.0.0.1:{stack.options.appsync_port}/")
    places.add_row("AWS endpoint", addresses.aws)
    places.add_row("Logs", visible(shortened(stack.options.state_dir / "logs")))
    return Panel(
        Group(places, "", sign_ins(found["users"])), title="Skafu", title_align="left", expand=False
    )


def shortened(path: Path) -> str:
    """The path from here when it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def sign_ins(users: list[dict[str, Any]]) -> Table:
    table = Table("Sign in as", "Password", "Group", box=None, padding=(0, 2, 0, 0))
    for user in users:
        table.add_row(user["email"], user["password"], ", ".join(user["groups"]))
    return table


def watch(stack: stacks.Stack, interruption: Interruption) -> None:
    """Print what happens, until a signal comes or a part of the stack ends by itself."""
    told: SimpleQueue[Entry] = SimpleQueue()
    schema = SchemaFollower(stack, lambda text, detail: told.put(schema_entry(text, detail)))
    if stack.options.appsync:
        schema.start()
    lines = Lines(stack.functions)
    happenings = Happenings([Follower(stack.activity(part)) for part in stacks.PARTS])
    while not interruption.asked:
        time.sleep(LOOK_SECONDS)
        for entry in [*happenings.new(), *taken(told)]:
            if entry["kind"] == "reload" and not entry["failed"]:
                schema.reloaded(entry["files"])
            for line in lines.of(entry):
                console.print(line, soft_wrap=True)
        stack.processes.check_all()
    raise Stopped


def schema_entry(text: str, detail: str) -> Entry:
    return {"kind": "schema", "at": time.time(), "text": text, "detail": detail}


def taken(told: SimpleQueue[Entry]) -> Iterator[Entry]:
    while not told.empty():
        yield told.get()


def seconds_since(began: float) -> str:
    """Return how long this start took, and the whole time if `make dev` had to install first."""
    taken = time.monotonic() - began
    typed = os.environ.get("SKAFU_TYPED")
    whole = time.time() - float(typed) if typed else taken
    return f"{taken:.1f} s" + (f" ({whole:.0f} s with setup)" if whole > taken + 3 else "")
