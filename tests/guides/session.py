"""A bash that runs one script after the other: variables, functions and folder persist."""

import os
import queue
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

GRACE_SECONDS = 5.0
NO_VARIABLES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Ran:
    """The outcome of a script. `code` is None when it did not end in time."""

    code: int | None
    output: str
    errors: str


class Session:
    """Runs scripts in `folder`; keeps each script, its output and its errors in `files`."""

    def __init__(self, folder: Path, files: Path, environment: Mapping[str, str]) -> None:
        self._files = files
        self._count = 0
        self._codes: queue.Queue[str] = queue.Queue()
        self._bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"], cwd=folder, env=dict(environment), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def run(self, script: str, seconds: float, variables: Mapping[str, str] = NO_VARIABLES) -> Ran:
        """Run a script whose every command must succeed; bash ends with the first that does not."""
        return self._send(script, "set -eo pipefail", seconds, variables)

    def run_to_the_end(self, script: str, seconds: float) -> Ran:
        """Run a script whatever its commands end with, and return the last one's exit code."""
        return self._send(script, "set +e", seconds, NO_VARIABLES)

    def _send(self, script: str, options: str, seconds: float, variables: Mapping[str, str]) -> Ran:
        self._count += 1
        file, output, errors = (
            self._files / f"{self._count}.{kind}" for kind in ("sh", "out", "err")
        )
        exports = "".join(f"export {name}='{value}'\n" for name, value in variables.items())
        file.write_text(exports + script)
        # What is set for one script alone ends with a subshell.
        source = f"( . '{file}' )" if variables else f". '{file}'"
        self._write(f"{options}\n{source} </dev/null >'{output}' 2>'{errors}'; echo $?\n")
        return Ran(self._code(seconds), text_of(output), text_of(errors))

    def _write(self, line: str) -> None:
        assert self._bash.stdin
        self._bash.stdin.write(line)
        self._bash.stdin.flush()

    def _code(self, seconds: float) -> int | None:
        """Return the script's exit code, which is bash's own when the script has ended it."""
        try:
            code = self._codes.get(timeout=seconds)
        except queue.Empty:
            return None
        return int(code) if code else self._bash.wait(GRACE_SECONDS)

    def _listen(self) -> None:
        assert self._bash.stdout
        for line in self._bash.stdout:
            self._codes.put(line.strip())
        self._codes.put("")  # bash has ended

    def end(self) -> None:
        """End bash and everything that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self._bash.pid, signal.SIGKILL)
        self._bash.wait()
        self._listener.join(GRACE_SECONDS)
        for pipe in (self._bash.stdin, self._bash.stdout):
            if pipe:
                pipe.close()


def text_of(file: Path) -> str:
    return file.read_text(errors="replace") if file.exists() else ""


@contextmanager
def session(folder: Path, files: Path, environment: Mapping[str, str]) -> Iterator[Session]:
    files.mkdir(parents=True, exist_ok=True)
    started = Session(folder, files, environment)
    try:
        yield started
    finally:
        started.end()
