"""A `skafu dev` with data and ports of its own, from this tree or from a copy of it."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local import ports
from local.outputs import ROOT
from scripts.trees import working_tree
from scripts.trying import copies

START_SECONDS = 90


def eventually(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Wait until the condition holds; say whether it did in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


@dataclass
class Dev:
    """A `skafu dev` with a state folder and ports of its own, an empty HOME, no AWS settings."""

    folder: Path
    arguments: tuple[str, ...] = ("--no-web",)
    root: Path = ROOT
    ports: list[int] = field(default_factory=lambda: ports.free(3))
    process: "subprocess.Popen[str] | None" = None

    @property
    def state_dir(self) -> Path:
        return self.folder / "state"

    @property
    def log(self) -> Path:
        return self.folder / "dev.log"

    @property
    def outputs(self) -> dict[str, Any]:
        return dict(json.loads((self.state_dir / "outputs.json").read_text()))

    def start(self, *more: str) -> "Dev":
        names = ("--emulator-port", "--appsync-port", "--web-port")
        options = [
            part for name, port in zip(names, self.ports, strict=True) for part in (name, str(port))
        ]
        python = str(self.root / ".venv" / "bin" / "python")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [python, "-m", "skafu.cli", "dev", "--state-dir", str(self.state_dir),
                 *options, *self.arguments, *more],
                cwd=self.root,
                env={"PATH": os.environ["PATH"], "HOME": str(self.folder / "empty")},
                stdout=log, stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip
        return self

    def ready(self) -> "Dev":
        assert eventually(lambda: "READY" in self.said() or self.ended(), START_SECONDS)
        assert not self.ended(), self.said()
        return self

    def said(self) -> str:
        return self.log.read_text()

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def signal(self, number: int) -> float:
        """Send a signal; the seconds until nothing of the stack is left come back."""
        assert self.process
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=20)
        assert eventually(lambda: not self.left(), 20), self.left()
        return time.monotonic() - began

    def left(self) -> list[str]:
        """Return what still runs or listens."""
        listening = [f"port {port}" for port in self.ports if ports.listens(port)]
        return listening + list(processes_mentioning([str(self.state_dir), f":{self.ports[0]}"]))


def processes_mentioning(words: list[str]) -> Iterator[str]:
    """Processes with one of the words in their command line or environment, but not this one."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "cmdline").read_bytes() + b" " + (folder / "environ").read_bytes()
        except OSError:
            continue
        if folder.name != str(os.getpid()) and any(word.encode() in text for word in words):
            yield text.replace(b"\0", b" ").decode(errors="replace")[:200]


def copy_of_the_tree(folder: Path) -> Path:
    """Copy what `make dev` runs, to be edited; what was installed is shared."""
    copies.copy(working_tree(), folder)
    copies.link_environments(folder)
    return folder
