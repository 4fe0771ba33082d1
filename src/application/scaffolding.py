"""Scaffolds: files rendered with values, and the archive that they become."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Protocol

Value = bool | int | float | str | Sequence[str] | Sequence[Mapping[str, str]]
Values = Mapping[str, Value]
Files = Mapping[str, str]
"""Contents by path."""

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first date that an archive can hold."""
MODE = 0o100644  # a file that its owner writes and everybody reads


class NotRendered(Exception):
    """A file cannot be rendered with these values. The message is a sentence for users."""


class Renderer(Protocol):
    def render(self, files: Files, values: Values) -> Files:
        """Return the files with the values in them. Raises `NotRendered`."""
        ...


def archive(files: Files) -> bytes:
    """Return a zip file: the same files yield the same bytes, whenever and wherever."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as whole:
        for path in sorted(files):
            whole.writestr(entry(path), files[path].encode())
    return made.getvalue()


def entry(path: str) -> zipfile.ZipInfo:
    """Return an entry as Unix writes it, not compressed: not every zlib yields the same bytes."""
    found = zipfile.ZipInfo(path, EARLIEST)
    found.create_system = 3
    found.external_attr = MODE << 16
    return found
