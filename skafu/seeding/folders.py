"""Seeds in folders: each has a `manifest.yaml`, and what is below `files/`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
    for path in (folder, manifest, folder / FILES):
        require_no_link(path)
    if contents.seed is None:
        raise Trouble("This domain has nothing that a system begins with.")
    try:
        found = fields(text(manifest))
        return contents.seed(found, dict(files(folder / FILES)))
    except yaml.YAMLError as error:
        raise Trouble(f"{manifest} is no YAML: {' '.join(str(error).split())}.") from error
    except ValueError as error:
        raise Trouble(f"{manifest}: {error}") from error


class Manifest(yaml.SafeLoader):
    """Reads YAML as the command API reads JSON: no field twice, and a date is a text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _ in node.value]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"The field {name} is given twice.")
        return super().construct_mapping(node, deep)


Manifest.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in found if tag != "tag:yaml.org,2002:timestamp"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def fields(manifest: str) -> dict[str, Any]:
    """Return the fields of a manifest. Raises `ValueError` for what is no JSON."""
    found = yaml.load(manifest, Manifest)
    if not isinstance(found, dict):
        raise ValueError("It holds no fields.")
    try:
        json.dumps(found, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"It holds a value that JSON cannot hold: {error}.") from None
    return found


def files(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield path and content of each file below a folder. Raises `Trouble` for a link."""
    for path in sorted(folder.rglob("*")):
        require_no_link(path)
        if path.is_file() and not {*path.relative_to(folder).parts} & {*LEFT_OUT}:
            yield path.relative_to(folder).as_posix(), text(path)


def require_no_link(path: Path) -> None:
    """Raise `Trouble` for a link: one from elsewhere could lead to a file of this machine."""
    if path.is_symlink():
        raise Trouble(f"{path} is a link: put the file itself there.")


def text(path: Path) -> str:
    """Return a file's text as it is, its line ends included. Raises `Trouble`."""
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise Trouble(f"{path} is not text in UTF-8.") from error
