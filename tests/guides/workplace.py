"""Where guides are followed: a copy of the tree, and `make dev` in it."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from local import ports
from local.aws import ACCOUNT, REGION
from scripts.tree_copy import copy_of_the_tree, git
from scripts.trees import ROOT

TOOLS = (".venv/bin", ".tools/sam/bin", ".tools/pnpm/node_modules/.bin")
START_SECONDS = 180.0
STOP_SECONDS = 60.0


class NotStarted(Exception):
    """`make dev` did not become ready; its output follows."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """A copy of the tree in which `make dev` runs."""

    tree: Path
    log: Path
    restart: Callable[[], None] = lambda: None

    def environment(self) -> dict[str, str]:
        """Variables of a shell in the copy; none of the user's AWS settings is among them."""
        return {**kept_variables(), "COLUMNS": "100", "NO_PROXY": "127.0.0.1"}

    def tools(self) -> dict[str, str]:
        """The same with what `make setup` installs on PATH."""
        own = [str(self.tree / folder) for folder in TOOLS]
        variables = self.environment()
        return {**variables, "PATH": os.pathsep.join((*own, variables["PATH"]))}

    def is_clean(self) -> bool:
        """Return whether the tree is as it was copied."""
        return not git("status", "--porcelain", folder=self.tree)

    def account(self) -> dict[str, str]:
        """Variables under which the emulator stands for an AWS account."""
        outputs: dict[str, Any] = json.loads((self.tree / "local/outputs.json").read_text())
        return {
            "AWS_ENDPOINT_URL": outputs["awsEndpointUrl"],
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "test",
            "ENV": "local",
        }


def kept_variables() -> dict[str, str]:
    """Return a shell's environment, without the original's tools on PATH."""
    names = ("HOME", "LANG", "TMPDIR", "SSL_CERT_FILE")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    folders = os.environ["PATH"].split(os.pathsep)
    outside = [folder for folder in folders if not Path(folder).is_relative_to(ROOT)]
    return {**kept, "PATH": os.pathsep.join(outside)}


@contextmanager
def workplace(folder: Path) -> Iterator[Workplace]:
    """Copy the tree, start `make dev` in the copy, and stop it at the end."""
    place = Workplace(copy_of_the_tree(folder / "skafu"), folder / "dev.log")
    system = System(place)
    system.start()
    try:
        yield replace(place, restart=system.restart)
    finally:
        system.stop()


@dataclass
class Workplaces:
    """One workplace for all guides, and a new one after a guide that left it in disorder."""

    folder: Path
    start: Callable[[Path], AbstractContextManager[Workplace]] = workplace
    _count: int = 0
    _place: Workplace | None = None
    _running: ExitStack = field(default_factory=ExitStack)

    @contextmanager
    def borrowed(self) -> Iterator[Workplace]:
        place, self._place = self._place or self._started(), None
        try:
            yield place
            self._place = place if place.is_clean() else None
        finally:
            if self._place is None:
                self.stop()

    def _started(self) -> Workplace:
        self._count += 1
        return self._running.enter_context(self.start(self.folder / str(self._count)))

    def stop(self) -> None:
        self._running.close()


def git_apply(difference: str, tree: Path) -> str:
    """Apply a difference to the tree, and return why that was refused."""
    command = ("git", "apply", "--whitespace=nowarn", "-")
    done = subprocess.run(
        command, cwd=tree, input=difference, capture_output=True, text=True, check=False
    )
    return done.stderr.strip()


@dataclass
class System:
    """`make dev` in a workplace; `place.log` is what it prints."""

    place: Workplace
    _process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        emulator, appsync = ports.free(2)
        options = f"--no-web --emulator-port {emulator} --appsync-port {appsync}"
        with self.place.log.open("w") as log:
            self._process = subprocess.Popen(
                ["make", "dev", f"ARGS={options}"], cwd=self.place.tree,
                env=self.place.environment(), stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        try:
            await_ready(self._process, self.place.log)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process)

    def restart(self) -> None:
        self.stop()
        self.start()


def await_ready(process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while "READY" not in log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise NotStarted(log.read_text())
        time.sleep(0.1)


def stop(process: "subprocess.Popen[bytes]") -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, number)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue
