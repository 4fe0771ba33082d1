"""A trial: commands that run in a copy of the tree, each with its outcome."""

import os
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import typer

from scripts.run import environment

LINES = 60  # of a failed command's output
LONGEST = 1200.0  # seconds
PYTHON = ".venv/bin/python"
PYTEST = (PYTHON, "-m", "pytest", "--quiet", "--tb=short", "-p", "no:cacheprovider")
RESULTS = Path("test-results")
"""The folder of JUnit files, in a copy."""


@dataclass(frozen=True, slots=True)
class Job:
    """A command that is run in the copy."""

    name: str
    command: tuple[str, ...]


def job(name: str, *command: str) -> Job:
    return Job(name, command)


def suite(name: str, *arguments: str, before: Sequence[str] = ()) -> Job:
    """Return tests that leave a JUnit file of that name; `before` is a command that runs them."""
    return job(name, *before, *PYTEST, f"--junitxml={RESULTS / name}.xml", *arguments)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job, or of something else that was looked at."""

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
        return self.folder / RESULTS

    def run(self, jobs: Iterable[Job]) -> None:
        """Run one job after the other, and none after one that failed."""
        for each in jobs:
            self.note(self._outcome(each))
            if not self.passed:
                return

    def run_together(self, jobs: Iterable[Job]) -> None:
        """Run all of the jobs, as many at a time as there are processors."""
        pool = ThreadPoolExecutor(os.cpu_count())
        try:
            for done in as_completed([pool.submit(self._outcome, each) for each in jobs]):
                self.note(done.result())
        finally:
            pool.shutdown(cancel_futures=True)  # nothing new begins after an interruption

    def _outcome(self, each: Job) -> Outcome:
        began = time.monotonic()
        code, output = executed(each.command, self.folder)
        return Outcome(each.name, code == 0, time.monotonic() - began, output)

    def note(self, outcome: Outcome) -> None:
        """Print how something ended, and remember it."""
        self.outcomes.append(outcome)
        word = "ok" if outcome.passed else "failed"
        typer.echo(f"{outcome.name:<28}{word:<8}{outcome.seconds:6.1f} s")
        if not outcome.passed:
            typer.echo("\n".join(f"  {line}" for line in last_lines(outcome.output)))


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
    """Return the variables of a suite, for another tree; pnpm installs nothing through links.

    What the other tree's functions call is kept there: its own names are no rights of this one.
    """
    tools = (".venv/bin", ".tools/sam/bin", ".tools/pnpm/node_modules/.bin")
    path = os.pathsep.join((*(str(folder / tool) for tool in tools), os.environ["PATH"]))
    kept = {name: value for name, value in environment().items() if name != "PYTHONPATH"}
    own = {"PATH": path, "SKAFU_CALLS": str(folder / RESULTS / "calls")}
    return {**kept, **own, "pnpm_config_verify_deps_before_run": "false"}


def last_lines(output: str) -> Iterator[str]:
    lines = output.rstrip().splitlines()
    if len(lines) > LINES:
        yield f"... ({len(lines) - LINES} lines before)"
    yield from lines[-LINES:]
