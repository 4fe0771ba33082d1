"""Copies of the tree that run by themselves, with the environments that are installed here."""

import shutil
from pathlib import Path

from scripts.trees import ROOT, Tree

NODE_MODULES = ("node_modules", "local/appsync/node_modules", "frontend/node_modules")
SITE_PACKAGES = "lib/python*/site-packages"


def copy(tree: Tree, folder: Path) -> None:
    """Copy every file of the tree; nothing of it is shared, so that a change stays in the copy."""
    for name in tree.files:
        to = folder / name
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(tree.root / name, to)


def link_environments(folder: Path) -> None:
    """Give the copy what `make setup` installed here, by symbolic links: that takes no time."""
    link_python(ROOT / ".venv", folder / ".venv")
    for name in (".tools", *NODE_MODULES):
        (folder / name).symlink_to(ROOT / name)


def link_python(here: Path, there: Path) -> None:
    """Link every package and program but those that name the folder of the tree."""
    there.mkdir()
    shutil.copy2(here / "pyvenv.cfg", there)
    for entry in (here / "bin").iterdir():
        link_or_rewrite(entry, there / "bin" / entry.name, here, there)
    (packages,) = here.glob(SITE_PACKAGES)
    for entry in packages.iterdir():
        to = there / packages.relative_to(here) / entry.name
        link_or_rewrite(entry, to, here.parent, there.parent)


def link_or_rewrite(file: Path, to: Path, old: Path, new: Path) -> None:
    """Link a file, or copy it with another folder's name in it where it names the old one."""
    to.parent.mkdir(parents=True, exist_ok=True)
    if file.is_symlink() or file.is_dir() or not names(file, old):
        to.symlink_to(file.readlink() if file.is_symlink() else file)
        return
    shutil.copy2(file, to)
    to.write_text(file.read_text().replace(str(old), str(new)))


def names(file: Path, folder: Path) -> bool:
    """Tell whether a small file of text names the folder, as programs and `.pth` files do."""
    small = file.stat().st_size < 10_000
    return small and str(folder).encode() in file.read_bytes()
