"""One thing that is missing, and the files that things belong in."""

import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple, assert_never

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
DOMAIN = (SRC / "domain", SRC / "projections")
REGISTRY = "src/domain/contents.py"

Frame = tuple[FrameType, int]


class Missing(NamedTuple):
    """`what` is missing in `file`, a path in the repository."""

    file: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"


def file_of(module: str) -> str:
    """Return the file of a module below `src`."""
    return f"src/{module.replace('.', '/')}.py"


def beside(module: str, name: str) -> str:
    """Return the file of another module in the same package."""
    return file_of(f"{module.rpartition('.')[0]}.{name}")


def file_of_function(function: Callable[..., Any]) -> str:
    return file_of(function.__module__)


def first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "")


def raised(error: BaseException, otherwise: str = "") -> Missing:
    """Return the place in the domain, or else in `src`, that raised the error, and what it says.

    Raises the error again when it came from elsewhere and there is no other file to name.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return Missing(f"{relative(error.filename)}:{error.lineno}", f"SyntaxError: {error.msg}")
    frames = list(traceback.walk_tb(error.__traceback__))
    own = within(frames, *DOMAIN) or within(frames, SRC)
    if not own and not otherwise:
        raise error
    if not own:
        return Missing(otherwise, f"{type(error).__name__}: {first_line(error)}")
    frame, line = own[-1]
    file, last = relative(frame.f_code.co_filename), frames[-1][0]
    if last.f_code is assert_never.__code__:
        unknown = type(next(iter(last.f_locals.values()))).__name__
        return Missing(file, f"{frame.f_code.co_name} has no case for {unknown}")
    return Missing(f"{file}:{line}", f"{type(error).__name__}: {first_line(error)}")


def within(frames: Iterable[Frame], *folders: Path) -> list[Frame]:
    files = ((frame, Path(frame[0].f_code.co_filename)) for frame in frames)
    return [frame for frame, file in files if any(file.is_relative_to(f) for f in folders)]


def relative(file: str) -> str:
    return Path(file).resolve().relative_to(ROOT).as_posix()


def twice(names: Iterable[str]) -> Iterator[str]:
    """Yield each name that is there more than once."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield name
        seen.add(name)
