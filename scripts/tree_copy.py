"""A copy of the tree that may be changed, set up like the original: `make` has nothing to install.

The copy is a git repository with one commit. Environments are not copied: folders of links stand
for them, and the copy's Python imports the copy's code.
"""

import os
import shutil
import subprocess
from pathlib import Path

from scripts.trees import ROOT, working_tree

ENVIRONMENTS = (
    ".venv", ".tools/ministack", ".tools/sam", ".tools/pnpm",
    "node_modules", "local/appsync/node_modules", "frontend/node_modules",
)  # fmt: skip
# The names of these files are checksums that only the Makefile can make.
STAMPS = (
    "VENV", "MINISTACK", "SAM", "PNPM", "AMPLIFY_NODE", "APPSYNC_NODE", "FRONTEND_NODE",
)  # fmt: skip


def copy_of_the_tree(tree: Path) -> Path:
    """Copy what git knows and what it does not ignore, as it is now, and commit it."""
    tree.mkdir(parents=True)
    for name in working_tree().files:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, tree / name)
    for name in ENVIRONMENTS:
        if (ROOT / name).is_dir():
            link_entries(ROOT / name, tree / name)
    adopt_python(tree)
    adopt_node(tree)
    mark_as_set_up(tree)
    commit(tree)
    return tree


def git(*words: str, folder: Path) -> str:
    command = ("git", "-c", "user.name=Guide", "-c", "user.email=guide@example.org",
               "-c", "commit.gpgsign=false", *words)  # fmt: skip
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def commit(tree: Path) -> None:
    git("init", "--quiet", folder=tree)
    git("add", "--all", folder=tree)
    git("commit", "--quiet", "--no-verify", "--message", "As it was", folder=tree)


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


def adopt_node(tree: Path) -> None:
    """Tell pnpm whose packages these are: it would install them anew, through the links."""
    for folder in ENVIRONMENTS:
        for file in (tree / folder).glob(".pnpm-workspace-state*.json"):
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
    rules = "stamps:\n\t@echo " + " ".join(f"$({name})" for name in STAMPS) + "\n"
    command = ("make", "--no-print-directory", "-f", "Makefile", "-f", "-", "stamps")
    done = subprocess.run(
        command, cwd=tree, input=rules, capture_output=True, text=True, check=True
    )
    for stamp in done.stdout.split():
        if (tree / stamp).parent.is_dir():
            (tree / stamp).touch()
