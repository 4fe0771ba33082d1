"""Seeds in folders: each has a `manifest.yaml`, and what is below `files/`."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from domain.contents import contents
from kernel.seeding import Seed
from skafu.reach.trouble import Trouble

MANIFEST = "manifest.yaml"
FILES = "files"
LEFT_OUT = ("__pycache__", ".DS_Store")


def read(folder: Path) -> list[Seed]:
    """Return the seeds of a folder: of its folders, or of itself where it has a manifest.

    Raises `Trouble`.
    """
    alone = (folder / MANIFEST).exists()
    found = [folder] if alone else sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))
    if not found:
        raise Trouble(f"{folder} has no folder with a {MANIFEST}.")
    return [seed(each) for each in found]


def seed(folder: Path) -> Seed:
    """Return the seed of one folder. Raises `Trouble`."""
    manifest = folder / MANIFEST
    if contents.seed is None:
        raise Trouble("This domain has nothing that a system begins with.")
    try:
        found = yaml.safe_load(text(manifest))
        if not isinstance(found, dict):
            raise ValueError("It holds no fields.")
        return contents.seed(found, dict(files(folder / FILES)))
    except yaml.YAMLError as error:
        raise Trouble(f"{manifest} is no YAML: {' '.join(str(error).split())}.") from error
    except ValueError as error:
        raise Trouble(f"{manifest}: {error}") from error


def files(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield path and content of each file below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not {*path.relative_to(folder).parts} & {*LEFT_OUT}:
            yield path.relative_to(folder).as_posix(), text(path)


def text(path: Path) -> str:
    """Return a file's text as it is, its line ends included. Raises `Trouble`."""
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise Trouble(f"{path} is not text in UTF-8.") from error
