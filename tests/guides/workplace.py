"""Where guides are followed: a copy of the tree, set up like the original, and `make dev` in it.

The copy is a git repository with one commit, so that a guide may change files and look at the
difference. Environments are not copied: folders of links stand for them.
"""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local import ports
from local.aws import ACCOUNT, REGION

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = (
    ".venv", ".tools/ministack", ".tools/sam", ".tools/pnpm",
    "node_modules", "local/appsync/node_modules", "frontend/node_modules",
)  # fmt: skip
TOOLS = (".venv/bin", ".tools/sam/bin", ".tools/pnpm/node_modules/.bin")
# The names of these files are checksums that only the Makefile can make.
STAMPS = (
    "VENV", "MINISTACK", "SAM", "PNPM", "AMPLIFY_NODE", "APPSYNC_NODE", "FRONTEND_NODE",
)  # fmt: skip
START_SECONDS = 180.0
STOP_SECONDS = 20.0


class NotStarted(Exception):
    """`make dev` did not become ready; its output follows."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """A copy of the tree in which `make dev` runs."""

    tree: Path
    log: Path

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
    """What a shell needs, without the original's tools on PATH."""
    names = ("HOME", "LANG", "TMPDIR", "SSL_CERT_FILE")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    folders = os.environ["PATH"].split(os.pathsep)
    outside = [folder for folder in folders if not Path(folder).is_relative_to(ROOT)]
    return {**kept, "PATH": os.pathsep.join(outside)}


@contextmanager
def workplace(folder: Path) -> Iterator[Workplace]:
    """Copy the tree, start `make dev` in the copy, and stop it at the end."""
    place = Workplace(copied(folder / "skafu"), folder / "dev.log")
    with running(place):
        yield place


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


def copied(tree: Path) -> Path:
    """Copy what git knows and what it does not ignore, as it is now, and commit it."""
    tree.mkdir(parents=True)
    for name in git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if name and (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    for name in ENVIRONMENTS:
        if (ROOT / name).is_dir():
            link_entries(ROOT / name, tree / name)
    adopt_python(tree)
    mark_as_set_up(tree)
    commit(tree)
    return tree


def git(*words: str, folder: Path = ROOT) -> str:
    command = ("git", "-c", "user.name=Guide", "-c", "user.email=guide@example.org",
               "-c", "commit.gpgsign=false", *words)  # fmt: skip
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def commit(tree: Path) -> None:
    git("init", "--quiet", folder=tree)
    git("add", "--all", folder=tree)
    git("commit", "--quiet", "--no-verify", "--message", "As it was", folder=tree)


def git_apply(difference: str, tree: Path) -> str:
    """Apply a difference to the tree, and return why that was refused."""
    command = ("git", "apply", "--whitespace=nowarn", "-")
    done = subprocess.run(
        command, cwd=tree, input=difference, capture_output=True, text=True, check=False
    )
    return done.stderr.strip()


def link_entries(source: Path, target: Path) -> None:
    """Make a folder of links to the entries of another.

    The stamps of the original are left out, and so is the file that says where it lies: whatever
    would be installed anew here begins with the removal of this folder, not with its contents.
    """
    target.mkdir(parents=True)
    for entry in source.iterdir():
        if not entry.name.startswith((".made-", ".folder")):
            (target / entry.name).symlink_to(os.readlink(entry) if is_inner(entry) else entry)


def is_inner(entry: Path) -> bool:
    """Return whether the entry is a link to one beside it, such as `lib64`."""
    return entry.is_symlink() and "/" not in os.readlink(entry)


def adopt_python(tree: Path) -> None:
    """Let the copy's Python import the copy's code."""
    environment = tree / ".venv"
    for name in ("bin", "lib"):
        (environment / name).unlink()
    link_entries(ROOT / ".venv/bin", environment / "bin")
    for site in (ROOT / ".venv/lib").glob("python*/site-packages"):
        link_entries(site, tree / site.relative_to(ROOT))
    for file in (*environment.glob("bin/*"), *environment.glob("lib/*/site-packages/*skafu*.pth")):
        rewrite(file, tree)


def rewrite(file: Path, tree: Path) -> None:
    """Replace a link to a text that names the original by one that names the copy."""
    content = file.read_bytes() if file.is_file() else b""
    if str(ROOT).encode() in content[:4096] and b"\0" not in content[:4096]:
        mode = file.stat().st_mode
        file.unlink()
        file.write_bytes(content.replace(str(ROOT).encode(), str(tree).encode()))
        file.chmod(mode)


def mark_as_set_up(tree: Path) -> None:
    """Leave the stamps by which `make` knows that nothing has to be installed."""
    rules = tree.parent / "stamps.mk"
    rules.write_text("stamps:\n\t@echo " + " ".join(f"$({name})" for name in STAMPS) + "\n")
    command = ("make", "--no-print-directory", "-f", "Makefile", "-f", str(rules), "stamps")
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=True)
    for stamp in done.stdout.split():
        if (tree / stamp).parent.is_dir():
            (tree / stamp).touch()


@contextmanager
def running(place: Workplace) -> Iterator[None]:
    emulator, appsync = ports.free(2)
    options = f"--no-web --emulator-port {emulator} --appsync-port {appsync}"
    with place.log.open("w") as log:
        process = subprocess.Popen(
            ["make", "dev", f"ARGS={options}"], cwd=place.tree, env=place.environment(),
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        await_ready(process, place.log)
        yield
    finally:
        stop(process)


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
