"""The package of all functions: made once for each target and state of the sources, then kept."""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from scripts.packaging import bytecode, libraries, notices
from scripts.packaging.libraries import LOCK, ROOT
from scripts.packaging.target import Target

SRC = ROOT / "src"
API = ROOT / "docs" / "openapi.json"  # ApiDocs serves it
KEPT = ROOT / ".aws-sam" / "packages"
# Of each kind; whoever builds for another target, or from a branch, finds the earlier one again.
KEPT_AT_MOST = 6
NOT_PACKAGED = ("__pycache__", "Makefile", LOCK.name)


@dataclass(frozen=True, slots=True)
class Packages:
    """The folder in which packages are kept, each under a digest of what it follows from."""

    kept: Path = KEPT

    def deliver(self, target: Target, folder: Path, src: Path = SRC) -> None:
        """Fill the folder with the package for the target. Raises `NotPackaged`."""
        self.kept.mkdir(parents=True, exist_ok=True)
        with locked(self.kept / ".lock"):
            link(self._package(target, src), folder)

    def _package(self, target: Target, src: Path) -> Path:
        called = libraries.services(src)
        installed = self._made(
            "libraries", libraries_key(target, called), lambda folder: fill(target, called, folder)
        )
        return self._made(
            "package",
            [installed.name, digest(src), API.read_text(encoding="utf-8")],
            lambda folder: complete(target, installed, src, folder),
        )

    def _made(self, kind: str, key: list[object], make: Callable[[Path], None]) -> Path:
        """Return the folder of this key, made anew or used again."""
        name = hashlib.sha256(json.dumps(key).encode()).hexdigest()[:32]
        folder = self.kept / f"{kind}-{name}"
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=self.kept, prefix=".making-") as fresh:
                make(Path(fresh, "made"))
                Path(fresh, "made").rename(folder)
        os.utime(folder)
        self._forget_old(kind)
        return folder

    def _forget_old(self, kind: str) -> None:
        found = sorted(self.kept.glob(f"{kind}-*"), key=lambda f: f.stat().st_mtime, reverse=True)
        for folder in found[KEPT_AT_MOST:]:
            shutil.rmtree(folder)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Let one build at a time work: SAM begins those of all functions at once."""
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def libraries_key(target: Target, called: list[str]) -> list[object]:
    """Return all that the folder of libraries follows from."""
    scripts = [file.read_text() for file in sorted(Path(__file__).parent.glob("*.py"))]
    compiled_by = bytecode.interpreter(target.version)
    python = compiled_by and compiled_by.full_version
    return [astuple(target), LOCK.read_text(), scripts, called, python]


def fill(target: Target, called: list[str], folder: Path) -> None:
    libraries.install(target, folder)
    notices.write(folder)
    libraries.prune(folder, called)
    bytecode.write(target.version, folder)


def complete(target: Target, installed: Path, src: Path, folder: Path) -> None:
    shutil.copytree(src, folder, ignore=shutil.ignore_patterns(*NOT_PACKAGED))
    shutil.copy(API, folder)
    bytecode.write(target.version, folder)
    link(installed, folder)


def link(source: Path, folder: Path) -> None:
    """Lay the files of a folder into another one, without a copy where the disk allows it."""
    shutil.copytree(source, folder, copy_function=linked, dirs_exist_ok=True)


def linked(source: str, target: str) -> None:
    Path(target).unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another disk, or one without links
        shutil.copy2(source, target)


def digest(folder: Path) -> str:
    """Return a digest of the names and contents of what a folder gives to a package."""
    found = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not {*NOT_PACKAGED} & {*file.relative_to(folder).parts}:
            content = file.read_bytes()
            found.update(f"{file.relative_to(folder).as_posix()} {len(content)}\n".encode())
            found.update(content)
    return found.hexdigest()
