"""Bytecode in a package: without it every cold start would compile, as the folder is read-only."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scripts.packaging.target import NotPackaged

TASK_ROOT = "/var/task"


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python on this machine."""

    path: Path
    full_version: str


def write(version: str, folder: Path) -> None:
    """Compile the folder if this machine has a Python of the version; another's is of no use.

    SAM's zip dates every file 1980, so Python must not compare dates. The paths in tracebacks are
    those that the files have on Lambda, and the order of sets does not depend on the process: two
    builds of the same sources are equal.
    """
    if (python := interpreter(version)) is None:
        return
    command = [
        str(python.path), "-s", "-m", "compileall", "-q", "-j", "2",
        "-s", str(folder), "-p", TASK_ROOT, "--invalidation-mode", "unchecked-hash", str(folder),
    ]  # fmt: skip
    variables = {"PATH": os.environ.get("PATH", ""), "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotPackaged(f"{python.path} could not compile the package:\n{done.stdout}")


@cache
def interpreter(version: str) -> Interpreter | None:
    """Return a Python of this minor version, such as 3.13, if this machine has one."""
    for candidate in candidates(version):
        if found := full_version(candidate, version):
            return Interpreter(candidate, found)
    return None


def candidates(version: str) -> Iterator[Path]:
    """Yield what may be a Python of the version; a shim of pyenv may lead nowhere."""
    yield Path(sys.executable)
    folders = os.environ.get("PATH", "").split(os.pathsep)
    yield from (Path(folder) / f"python{version}" for folder in folders if folder)
    if shutil.which("pyenv"):
        root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
        yield from sorted(root.glob(f"versions/{version}.*/bin/python{version}"))


def full_version(python: Path, version: str) -> str | None:
    if not os.access(python, os.X_OK):
        return None
    asked = [str(python), "-I", "-c", "import platform; print(platform.python_version())"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    answer = done.stdout.strip()
    return answer if done.returncode == 0 and answer.startswith(f"{version}.") else None
