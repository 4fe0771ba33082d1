"""Trees of the repository: the working tree, and commits extracted into a temporary folder."""

import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
WORKING_TREE = "working tree"


class NoSuchCommit(ValueError):
    """Git knows no such commit."""


@dataclass(frozen=True)
class Tree:
    """One state of the repository; `files` are relative paths, without those that git ignores."""

    name: str
    root: Path
    files: tuple[str, ...]

    def under(self, folder: str, suffix: str = "") -> list[str]:
        """Return the files below `folder` whose names end in `suffix`."""
        return [f for f in self.files if f.startswith(f"{folder}/") and f.endswith(suffix)]

    def text(self, file: str) -> str:
        return (self.root / file).read_text(encoding="utf-8")


@contextmanager
def tree_of(commit: str) -> Iterator[Tree]:
    """Open a commit, or the working tree under its name. Raises `NoSuchCommit`."""
    if commit == WORKING_TREE:
        yield working_tree()
        return
    with TemporaryDirectory(prefix="skafu-tree-") as folder:
        yield extracted(commit, Path(folder).resolve())


def working_tree() -> Tree:
    """Return the working tree, with new files that git does not ignore."""
    listed = git("ls-files", "--cached", "--others", "--exclude-standard", "-z").decode()
    present = (name for name in listed.split("\0") if name and (ROOT / name).is_file())
    return Tree(WORKING_TREE, ROOT, tuple(sorted(set(present))))


def extracted(commit: str, folder: Path) -> Tree:
    archive = git("archive", "--format=tar", commit)
    with tarfile.open(fileobj=BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")
    found = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    return Tree(commit, folder, tuple(sorted(file.as_posix() for file in found)))


def git(*arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        raise NoSuchCommit(done.stderr.decode().strip())
    return done.stdout
