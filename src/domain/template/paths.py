"""Paths of a template's files: all of them can be written, in one repository, on every system."""

import re
from collections.abc import Iterator, Sequence

from kernel.errors import DomainError

# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


class DuplicatePath(DomainError):
    text = "Two files have the path {path!r}."


class CollidingPaths(DomainError):
    text = "The paths {path!r} and {other!r} exclude each other: {reason}."


class UnusablePath(DomainError):
    text = "The path {path!r} cannot be used: {reason}."


def check(paths: Sequence[str]) -> None:
    """Raises `DuplicatePath`, `CollidingPaths` and `UnusablePath`."""
    known: dict[str, Place] = {}
    for path in paths:
        for name in path.split("/"):
            check_name(name, path)
        for place in places(path):
            check_beside(place, known.setdefault(place.key, place))


def check_name(name: str, path: str) -> None:
    """Check a file's or a folder's name. Raises `UnusablePath`."""
    if name.lower() == ".git":
        raise UnusablePath(path=path, reason="`.git` belongs to Git itself")
    if name.startswith("-"):
        raise UnusablePath(path=path, reason="commands take names with a hyphen first for options")
    if name.endswith("."):
        raise UnusablePath(path=path, reason="no name may end in a dot on Windows")
    if DEVICE.fullmatch(name):
        raise UnusablePath(path=path, reason=f"`{name}` is the name of a device on Windows")


class Place:
    """The file of a path, or one of the folders that lead to it: `a` and `a/b` of `a/b/c`."""

    def __init__(self, path: str, length: int) -> None:
        self.path = path
        self.spelled = path[:length]
        self.is_file = len(path) == length
        self.key = self.spelled.casefold()


def places(path: str) -> Iterator[Place]:
    for slash in re.finditer("/", path):
        yield Place(path, slash.start())
    yield Place(path, len(path))


def check_beside(place: Place, first: Place) -> None:
    """Compare with the first use of the same place. Raises `DuplicatePath` and `CollidingPaths`."""
    if place is first:
        return
    if place.spelled != first.spelled:
        reason = "many systems do not tell their letters' case apart"
    elif place.is_file and first.is_file:
        raise DuplicatePath(path=place.path)
    elif place.is_file or first.is_file:
        reason = f"`{place.spelled}` is a file and a folder"
    else:
        return
    raise CollidingPaths(path=first.path, other=place.path, reason=reason)
