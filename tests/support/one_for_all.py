"""One running thing for all processes of a test run.

The first that asks starts it, and stops it when none of the others uses it any more.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support.api_client import Json


def folder_of_all(folders: pytest.TempPathFactory, worker: str) -> Path:
    """Return a folder that every process of this run knows; `worker` is the fixture worker_id."""
    own = folders.getbasetemp()
    return own if worker == "master" else own.parent


@contextmanager
def one_for_all(file: Path, started: AbstractContextManager[Json]) -> Iterator[Json]:
    """Yield what the thing says of itself, which is in the file while it runs."""
    starting, using = (file.with_suffix(suffix) for suffix in (".starting", ".using"))
    with ExitStack() as running:
        with locked(starting, fcntl.LOCK_EX):
            if mine := not file.exists():
                file.write_text(json.dumps(running.enter_context(started)))
            use = ExitStack()
            use.enter_context(locked(using, fcntl.LOCK_SH))
        with use:
            yield json.loads(file.read_text())
        if mine:
            running.enter_context(locked(starting, fcntl.LOCK_EX))
            running.enter_context(locked(using, fcntl.LOCK_EX))
            file.unlink()


@contextmanager
def locked(file: Path, how: int) -> Iterator[None]:
    with file.open("a") as lock:
        fcntl.flock(lock, how)
        yield
