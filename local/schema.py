"""The Amplify schema while the stack runs: exported, served and shown by the rows when it changes.

A change below amplify/ is exported by Amplify itself; what was exported, here or by `make docs`, is
served by an AppSync that is started anew. What cannot be done is told with the command to run.
"""

import re
import sys
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from local.emulator.sources import Sources
from local.outputs import ROOT
from local.processes import ProcessEnded, Stopping
from local.read_models import GENERATED
from local.stack import Stack, base_environment, bring_rows

AMPLIFY = ROOT / "amplify"
TESTS = AMPLIFY / "test"
TSX = ROOT / "node_modules" / ".bin" / "tsx"
PROJECTIONS = "projections"
PAUSE_SECONDS = 0.3
SHOWN_LINES = 16
PROGRESS = re.compile(r"[A-Z][a-z ]+ (━|.*-:--:--$)")

Tell = Callable[[str, str], None]
"""Takes one line of text, and details that follow it."""


@dataclass
class SchemaFollower:
    """Follows the schema on a thread of its own."""

    stack: Stack
    tell: Tell
    _sources: Sources = field(default_factory=lambda: Sources(AMPLIFY))
    _served: str = field(default_factory=lambda: exported())
    _rows_due: threading.Event = field(default_factory=threading.Event)
    _behind: bool = False

    def start(self) -> None:
        self._behind = bool(self.stack.read_models.outdated())
        threading.Thread(target=self._follow, daemon=True, name="skafu-schema").start()

    def reloaded(self, files: Collection[str]) -> None:
        """Note changed sources that all functions run: other projections yield other rows."""
        if self._behind or any(PROJECTIONS in Path(file).parts for file in files):
            self._rows_due.set()

    def _follow(self) -> None:
        while True:
            time.sleep(PAUSE_SECONDS)
            try:
                self._step()
            except Stopping:
                return
            except Exception as error:  # the edge: what is saved next is followed all the same
                self.tell(f"the schema was not followed: {type(error).__name__}: {error}", "")

    def _step(self) -> None:
        changed = self._settled()
        if sources := sorted(filter(is_source, changed)):
            self._export(sources)
            changed |= self._settled()
        if any(file.is_relative_to(GENERATED) for file in changed) and exported() != self._served:
            self._serve()
        if self._rows_due.is_set():
            self._rows_due.clear()
            self._bring_rows()

    def _settled(self) -> set[Path]:
        """The files changed since the last call, once no further ones are being saved."""
        changed: set[Path] = set()
        while change := self._sources.changed():
            changed |= {Path(file) for file in change.files}
            time.sleep(PAUSE_SECONDS)
        return changed

    def _export(self, files: list[Path]) -> None:
        names = ", ".join(str(file.relative_to(ROOT)) for file in files)
        if not TSX.exists():
            return self.tell(f"{names} changed; run `make docs` to export the schema", "")
        self.tell(f"{names} changed; exporting the schema", "")
        began = time.monotonic()
        if self._run("export", [str(TSX), "amplify/export.ts"]):
            return self.tell("the schema was not exported; correct it", self._log("export"))
        if exported() == self._served:
            return self.tell(f"exported in {since(began)}; nothing differs for AppSync", "")
        taken = since(began)
        if self._run("generate", [sys.executable, "-m", "skafu.generate", "--read-models"]):
            problem = "exported, but src/ does not follow it: correct this and run `make docs`"
            return self.tell(problem, self._log("generate"))
        self.tell(f"exported in {taken}; the rows and documents in src/ follow it", "")

    def _serve(self) -> None:
        """Restart AppSync for what was exported, also by somebody else."""
        self._served, began = exported(), time.monotonic()
        outdated = self.stack.read_models.outdated()
        self._behind = self._behind or bool(outdated)
        try:
            self.stack.restart_appsync(outdated)
        except ProcessEnded:
            return self.tell("AppSync does not take the schema; correct it", self._log("appsync"))
        self.tell(f"AppSync restarted in {since(began)}", "")
        if self._behind:
            self._rows_due.set()

    def _bring_rows(self) -> None:
        began = time.monotonic()
        self._behind = not bring_rows(self.stack)
        if not self._behind:
            return self.tell(f"rows brought up to date in {since(began)}", "")
        problem = "rows were not all brought up to date; `skafu verify --repair` shows which"
        self.tell(problem, self._log("rows"))

    def _run(self, name: str, command: list[str]) -> int:
        return self.stack.processes.run(name, command, base_environment(), ROOT)

    def _log(self, name: str) -> str:
        lines = self.stack.processes.log(name).read_text(errors="replace").splitlines()
        return "\n".join([line for line in lines if not PROGRESS.match(line)][-SHOWN_LINES:])


def is_source(file: Path) -> bool:
    folders = (TESTS, GENERATED)
    return file.suffix in (".ts", ".js") and not any(map(file.is_relative_to, folders))


def exported() -> str:
    """Return the files that AppSync reads, as one text."""
    files = sorted(file for file in GENERATED.rglob("*") if file.is_file())
    return "\n".join(f"{file.name}\n{file.read_text()}" for file in files)


def since(began: float) -> str:
    return f"{time.monotonic() - began:.1f} s"
