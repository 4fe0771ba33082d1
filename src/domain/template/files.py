"""Files of a template: their paths, their syntax, and the parameters that they use."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from domain.template.events import File, Parameter
from domain.template.parameters import GIVEN
from domain.template.paths import check
from kernel.errors import DomainError
from kernel.scaffolds import Unusable, names_used


class UnusableFile(DomainError):
    text = "{path}, line {line}: {reason}"


class ParameterInUse(DomainError):
    text = "The files use the parameter {name!r}: send files without it together with this change."


class Commanded(Protocol):
    @property
    def path(self) -> str: ...
    @property
    def content(self) -> str: ...


def recorded_files(files: Iterable[Commanded]) -> tuple[File, ...]:
    """Return the files as the event holds them.

    Raises `DuplicatePath`, `CollidingPaths` and `UnusablePath`.
    """
    found = tuple(File(path=file.path, content=file.content) for file in files)
    check([file.path for file in found])
    return found


def parameters_used(files: Iterable[File], declared: Sequence[Parameter]) -> tuple[str, ...]:
    """Return the names of the parameters that the files use. Raises `UnusableFile`."""
    known = {*GIVEN, *(parameter.name for parameter in declared)}
    used = {name for file in files for name in names_of(file, known)}
    return tuple(sorted(used - {*GIVEN}))


def names_of(file: File, known: set[str]) -> Iterable[str]:
    try:
        found = names_used(file.content)
    except Unusable as error:
        raise UnusableFile(path=file.path, line=error.line, reason=str(error)) from None
    for name, line in found.items():
        if name not in known:
            reason = f"There is no parameter {name[:40]}. There are {', '.join(sorted(known))}."
            raise UnusableFile(path=file.path, line=line, reason=reason)
    return found


def check_declared(used: Iterable[str], declared: Sequence[Parameter]) -> None:
    """Raise `ParameterInUse` when files use a parameter that is no longer declared."""
    for name in used:
        if name not in {parameter.name for parameter in declared}:
            raise ParameterInUse(name=name)
