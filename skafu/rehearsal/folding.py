"""Folding with the code of a folder, in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from application.commit import Commit
from kernel.messages import AggregateId
from skafu.reach.trouble import Trouble

Json = dict[str, Any]
CHILD = Path(__file__).with_name("child.py")
# All that a fold may look at; neither hashes nor what is sealed of the client leaves this process.
GIVEN = (
    *("first_sequence", "command_id", "actor", "correlation_id", "timestamp"),
    *("events", "count", "traceparent"),
)


@dataclass(frozen=True)
class Folding:
    """A process that folds streams with the code of one folder; `head` says what it can fold."""

    folder: Path
    process: "subprocess.Popen[str]"
    errors: IO[str]
    head: Json

    def ask(self, line: str) -> None:
        """Send a stream; the answer is read afterwards, so that several processes may work."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{line}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise ended(self.folder, self.errors) from None

    def answer(self) -> Json:
        return read(self.folder, self.process, self.errors)


@contextmanager
def folding(folder: Path) -> Iterator[Folding]:
    """Start the process. Raises `Trouble` if the folder's code cannot fold."""
    with TemporaryFile("w+") as errors:
        command = [sys.executable, "-P", "-B", str(CHILD), str(folder.resolve() / "src")]
        pipe = subprocess.PIPE
        with subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=errors, text=True, encoding="utf-8"
        ) as process:
            try:
                yield Folding(folder, process, errors, read(folder, process, errors))
            finally:
                process.kill()


def read(folder: Path, process: "subprocess.Popen[str]", errors: IO[str]) -> Json:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise ended(folder, errors)
    found: Json = json.loads(line)
    return found


def ended(folder: Path, errors: IO[str]) -> Trouble:
    """Return the last line that the process wrote about its end."""
    errors.seek(0)
    said = errors.read().strip().splitlines() or ["its process ended"]
    return Trouble(f"The code in {folder} cannot fold the history: {said[-1]}.")


def line_of(stream: AggregateId, commits: Sequence[Commit]) -> str:
    given = [{name: getattr(commit, name) for name in GIVEN} for commit in commits]
    return json.dumps({"stream": stream, "commits": given})
