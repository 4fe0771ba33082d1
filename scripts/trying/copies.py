"""What is done to a copy of the tree, and what differs from the tree afterwards."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from scripts.tree_copy import git

KINDS = {"A": "added", "D": "removed"}


def remove(folder: Path, names: Iterable[str]) -> None:
    """Remove files, and folders that are empty then: Python would import them as packages."""
    for name in names:
        (folder / name).unlink()
        for parent in (folder / name).parents:
            if any(parent.iterdir()):
                break
            parent.rmdir()


def changed(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each file that differs from the tree, and how: `added`, `changed`, `removed`."""
    git("add", "--all", folder=folder)
    words = ("diff", "--cached", "--name-status", "--no-renames", "-z")
    listed = git(*words, folder=folder).split("\0")
    for letter, name in zip(listed[::2], listed[1::2], strict=False):
        yield name, KINDS.get(letter, "changed")
