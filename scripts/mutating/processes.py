"""Run work in forked processes, so many at a time, each within a time limit."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

PAUSE = 0.005  # seconds between two looks at what is running


class Job(NamedTuple, Generic[T]):
    """What a process does, and for how many seconds at most; `work` returns its exit code."""

    subject: T
    work: Callable[[], int]
    seconds: float


class Ended(NamedTuple, Generic[T]):
    """The exit code is None when the time was up."""

    subject: T
    code: int | None


class Running(NamedTuple, Generic[T]):
    subject: T
    deadline: float
    folder: str


def run(jobs: Iterable[Job[T]], at_once: int) -> Iterator[Ended[T]]:
    """Yield the jobs as they end. What is still running is stopped when the caller leaves."""
    waiting = iter(jobs)
    running: dict[int, Running[T]] = {}
    try:
        while fill(running, waiting, at_once):
            for pid in list(running):
                if (ended := look(pid, running[pid])) is not None:
                    shutil.rmtree(running.pop(pid).folder, ignore_errors=True)
                    yield ended
            time.sleep(PAUSE)
    finally:
        for pid, left in running.items():
            stop(pid)
            shutil.rmtree(left.folder, ignore_errors=True)


def fill(running: dict[int, Running[T]], waiting: Iterator[Job[T]], at_once: int) -> bool:
    """Start what there is room for; return whether anything runs."""
    while len(running) < at_once and (job := next(waiting, None)) is not None:
        folder = tempfile.mkdtemp(prefix="skafu-mutant-")
        pid = fork(job.work, folder)
        running[pid] = Running(job.subject, time.monotonic() + job.seconds, folder)
    return bool(running)


def fork(work: Callable[[], int], folder: str) -> int:
    if pid := os.fork():
        return pid
    code = 70  # the work itself broke
    try:
        os.setpgid(0, 0)
        os.environ["TMPDIR"] = os.environ["PYTEST_DEBUG_TEMPROOT"] = folder
        tempfile.tempdir = None
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        code = work()
    finally:
        os._exit(code)


def look(pid: int, running: Running[T]) -> Ended[T] | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    if ended:
        end_group(pid)
        return Ended(running.subject, os.waitstatus_to_exitcode(status))
    if time.monotonic() < running.deadline:
        return None
    stop(pid)
    return Ended(running.subject, None)


def stop(pid: int) -> None:
    end_group(pid)
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)


def end_group(pid: int) -> None:
    """End what the process started as well."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
