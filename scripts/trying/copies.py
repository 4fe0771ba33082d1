"""Copies of the tree that run by themselves, with the environments that are installed here."""

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from scripts.trees import ROOT, Tree

LINKED = (".tools", "node_modules", "local/appsync/node_modules", "frontend/node_modules")
SITE_PACKAGES = "lib/python*/site-packages"
LARGEST = 10_000  # bytes of a file that may name the folder of its environment
NOBODY = ("-c", "user.name=trial", "-c", "user.email=", "-c", "commit.gpgsign=false")


def copy(tree: Tree, folder: Path) -> None:
    """Copy the tree into a repository of its own, so that `git diff` shows what changes there."""
    for name in tree.files:
        to = folder / name
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(tree.root / name, to)
    git(folder, "init", "--quiet")
    # A pattern that ends in a slash, as in .gitignore, matches no link.
    (folder / ".git/info/exclude").write_text("".join(f"/{name}\n" for name in LINKED))
    git(folder, "add", "--all")
    git(folder, *NOBODY, "commit", "--quiet", "--no-verify", "--message", "The tree")


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
    git(folder, "add", "--all")
    listed = git(folder, "diff", "--cached", "--name-status", "--no-renames", "-z").split("\0")
    for letter, name in zip(listed[::2], listed[1::2], strict=False):
        yield name, {"A": "added", "D": "removed"}.get(letter, "changed")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout


def link_environments(folder: Path) -> None:
    """Give the copy what `make setup` installed here, by symbolic links: that takes no time."""
    link_python(ROOT / ".venv", folder / ".venv")
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)


def link_python(here: Path, there: Path) -> None:
    """Link every package and program but those that name the folder of the tree."""
    there.mkdir()
    shutil.copy2(here / "pyvenv.cfg", there)
    (packages,) = here.glob(SITE_PACKAGES)
    for entry in (*(here / "bin").iterdir(), *packages.iterdir()):
        link(entry, there / entry.relative_to(here), here.parent, there.parent)


def link(file: Path, to: Path, old: Path, new: Path) -> None:
    """Link a file, or copy it with the other folder's name where it names the old one."""
    to.parent.mkdir(parents=True, exist_ok=True)
    if file.is_symlink():
        to.symlink_to(file.readlink())
    elif names(file, old):
        shutil.copy2(file, to)
        to.write_text(file.read_text().replace(str(old), str(new)))
    else:
        to.symlink_to(file)


def names(file: Path, folder: Path) -> bool:
    """Tell whether a file names the folder, as programs and `.pth` files do."""
    small = file.is_file() and file.stat().st_size < LARGEST
    return small and str(folder).encode() in file.read_bytes()
