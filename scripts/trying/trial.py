"""A trial: commands run in a copy of the tree, each with its outcome."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import typer

from scripts.run import environment

LINES = 60  # of a failed command's output
LONGEST = 1200.0  # seconds
PYTHON = ".venv/bin/python"
PYTEST = (PYTHON, "-m", "pytest", "--quiet", "-p", "no:cacheprovider")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One command's name, duration and output; `passed` when it ended as it should."""

    name: str
    passed: bool
    seconds: float
    output: str = ""


@dataclass
class Trial:
    """A copy of the tree with another domain, and what became of the commands that ran in it."""

    folder: Path
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return all(outcome.passed for outcome in self.outcomes)

    @property
    def results(self) -> Path:
        """The folder of JUnit files."""
        return self.folder / "test-results"

    def run(self, name: str, *command: str) -> Outcome:
        """Run a command, and say how it ended."""
        began = time.monotonic()
        code, output = executed(command, self.folder)
        return self.note(Outcome(name, code == 0, time.monotonic() - began, output))

    def test(self, name: str, *arguments: str) -> Outcome:
        """Run tests, which leave a JUnit file of that name."""
        self.results.mkdir(exist_ok=True)
        return self.run(name, *PYTEST, f"--junitxml={self.results / name}.xml", *arguments)

    def note(self, outcome: Outcome) -> Outcome:
        self.outcomes.append(outcome)
        word = "ok" if outcome.passed else "failed"
        typer.echo(f"{outcome.name:<28}{word:<8}{outcome.seconds:6.1f} s")
        if not outcome.passed:
            typer.echo("\n".join(f"  {line}" for line in last_lines(outcome.output)))
        return outcome


def executed(command: Sequence[str], folder: Path) -> tuple[int | None, str]:
    """Return exit code and output; no code for a command that took too long."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=surroundings(folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LONGEST,
            text=True,
            errors="replace",
        )
    except subprocess.TimeoutExpired as expired:
        return None, f"{expired.output or ''}\nstopped after {LONGEST:.0f} s"
    return done.returncode, done.stdout


def surroundings(folder: Path) -> Mapping[str, str]:
    """Return the variables of a suite, for another tree."""
    tools = (".venv/bin", ".tools/sam/bin", ".tools/pnpm/node_modules/.bin")
    path = os.pathsep.join((*(str(folder / tool) for tool in tools), os.environ["PATH"]))
    kept = {name: value for name, value in environment().items() if name != "PYTHONPATH"}
    return {**kept, "PATH": path}


def last_lines(output: str) -> Iterator[str]:
    lines = output.rstrip().splitlines()
    if len(lines) > LINES:
        yield f"... ({len(lines) - LINES} lines before)"
    yield from lines[-LINES:]
