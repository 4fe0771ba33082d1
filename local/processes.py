"""Processes of a stack: started together, recorded in a file, and never left behind.

What was recorded is killed only when its start time and command line still match: a process number
may have been given to a stranger meanwhile.
"""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from local.state import UNSAVED

RECORD = "processes.json"
GRACE_SECONDS = 3.0


@dataclass(frozen=True)
class Recorded:
    """A started process, as it can be recognised again."""

    name: str
    pid: int
    started: str
    command: str

    def alive(self) -> bool:
        return identity(self.pid) == (self.started, self.command)


def identity(pid: int) -> tuple[str, str] | None:
    """Start time and command line of a running process; None when there is none of that number."""
    return _identity_from_proc(pid) if Path("/proc/self/stat").exists() else _identity_from_ps(pid)


def identity_of_started(popen: subprocess.Popen[bytes]) -> tuple[str, str]:
    """Return the `identity` of a process that has just started.

    Its command line is empty for a moment while it is being replaced. Recorded like that it would
    never be recognised again, and so never be ended.
    """
    while popen.poll() is None:
        found = identity(popen.pid)
        if found and found[1]:
            return found
        time.sleep(0.001)
    return "", ""


def _identity_from_proc(pid: int) -> tuple[str, str] | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        command = (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    except OSError:
        return None
    # The name, in parentheses, may contain anything; the start time is the 22nd field of all.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else (fields[19], command.strip())


def _identity_from_ps(pid: int) -> tuple[str, str] | None:
    command = ["ps", "-ww", "-o", "lstart=,command=", "-p", str(pid)]
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
    answer = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    line = answer.stdout.strip()
    return (line[:24], line[24:].strip()) if line else None


def read_record(state_dir: Path) -> list[Recorded]:
    try:
        return [Recorded(**entry) for entry in json.loads((state_dir / RECORD).read_text())]
    except (FileNotFoundError, ValueError, TypeError):
        return []


def write_record(state_dir: Path, processes: Iterable[Recorded]) -> None:
    fresh = state_dir / f"{RECORD}.new"
    fresh.write_text(json.dumps([asdict(process) for process in processes], indent=1))
    fresh.replace(state_dir / RECORD)


def signal_group(pid: int, number: int) -> None:
    """Signal a process and what it started; each of ours leads a group of its own."""
    with suppress(ProcessLookupError):
        os.killpg(pid, number)


def end(processes: Sequence[Recorded], grace: float = GRACE_SECONDS) -> None:
    """Ask every process to stop, wait for `grace` seconds in all, and kill what has not."""
    ours = [process for process in processes if process.alive()]
    for process in ours:
        signal_group(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline and any(process.alive() for process in ours):
        time.sleep(0.02)
    for process in ours:
        # What it started may outlive it for a moment, and its number is not given away meanwhile.
        if process.alive() or identity(process.pid) is None:
            signal_group(process.pid, signal.SIGKILL)


def end_recorded(state_dir: Path) -> list[str]:
    """End what an earlier start from this folder left running, and return the names."""
    left = [process for process in read_record(state_dir) if process.alive()]
    end(left)
    (state_dir / RECORD).unlink(missing_ok=True)
    return [process.name for process in left]


def end_group(popen: "subprocess.Popen[bytes]") -> None:
    """Reap a process; what it started and left behind is killed while its number is still ours."""
    if popen.stdin:
        popen.stdin.close()
    if popen.returncode is None:
        signal_group(popen.pid, signal.SIGKILL)
    popen.wait()


class ProcessEnded(Exception):
    """A process of the stack stopped by itself; the message ends with its last words."""

    def __init__(self, name: str, code: int | None, log: Path) -> None:
        super().__init__(f"{name} ended {how(code)}. The end of {log}:\n{tail(log)}")


def how(code: int | None) -> str:
    """Return how a process ended, as far as its exit code says."""
    if code is None:
        return "not, but does not answer"
    if code == UNSAVED:
        return (
            "because its data could not be written: is the disk full? All that was answered "
            "before is kept. Make room, and start again"
        )
    return f"by signal {signal.Signals(-code).name}" if code < 0 else f"with code {code}"


def tail(path: Path, count: int = 15) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-count:])
    except FileNotFoundError:
        return "(it wrote nothing)"


class Stopping(Exception):
    """The stack is being stopped; nothing more is started."""


@dataclass
class Processes:
    """The running processes of one stack."""

    state_dir: Path
    _running: dict[str, tuple[subprocess.Popen[bytes], Recorded]] = field(default_factory=dict)
    _guard: subprocess.Popen[bytes] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopping: bool = False
    _expected: set[str] = field(default_factory=set)

    def start(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path
    ) -> subprocess.Popen[bytes]:
        """Start a process that leads a group of its own and can notice by its standard input that
        we are gone.
        """
        with self._lock, self.log(name).open("wb") as log:
            if self._stopping:
                raise Stopping(name)
            popen = subprocess.Popen(
                command, cwd=folder, env=dict(environment), start_new_session=True,
                stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
            started, line = identity_of_started(popen)
            self._running[name] = popen, Recorded(name, popen.pid, started, line)
            write_record(self.state_dir, self._recorded())
            return popen

    def guard(self, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        """Start the process that ends the others when this one is gone; it notices by its standard
        input.
        """
        with self.log("guard").open("wb") as log:
            self._guard = subprocess.Popen(
                command, cwd=folder, env=dict(environment), start_new_session=True,
                stdin=subprocess.PIPE, stdout=log, stderr=log,
            )  # fmt: skip

    def log(self, name: str) -> Path:
        folder = self.state_dir / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"

    def check(self, name: str) -> None:
        """Raise ProcessEnded if the process has stopped."""
        popen, _ = self._running[name]
        if popen.poll() is not None:
            raise ProcessEnded(name, popen.returncode, self.log(name))

    def check_all(self) -> None:
        """Raise ProcessEnded if one has stopped that should run as long as the stack."""
        with self._lock:
            names = self._running.keys() - self._expected
            for name in sorted(names):
                self.check(name)

    def run(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path
    ) -> int:
        """Run a command to its end and return its exit code; it is stopped with the stack."""
        with self.may_end(name):
            code = self.start(name, command, environment, folder).wait()
            self.kill(name)
        return code

    @contextmanager
    def may_end(self, name: str) -> Iterator[None]:
        """Let a process end without that being the end of the stack."""
        self._expected.add(name)
        try:
            yield
        finally:
            self._expected.discard(name)

    def kill(self, name: str) -> None:
        """End a process and what it started at once, as `kill -9` does."""
        with self._lock:
            if found := self._running.pop(name, None):
                end_group(found[0])
                write_record(self.state_dir, self._recorded())

    def pid(self, name: str) -> int:
        return self._running[name][0].pid

    def _recorded(self) -> list[Recorded]:
        return [recorded for _, recorded in self._running.values()]

    def stop(self) -> None:
        """End all, at the latest after GRACE_SECONDS, with everything that they started."""
        with self._lock:
            self._stopping = True
            running, self._running = self._running, {}
        end([recorded for _, recorded in running.values()])
        for popen, _ in running.values():
            end_group(popen)
        (self.state_dir / RECORD).unlink(missing_ok=True)
        if self._guard:
            self._guard.communicate()
