"""Runs the quick checks side by side, all of them even when one fails, and prints failures briefly.

The completeness of the domain comes first, and nothing else when something is missing there.

`python -m scripts.check` runs all, `... types lint` those two, `... --list` names them.
A check that depends on a few files only is left out while these are as they were when it passed,
unless it is named. `... --untested` is for where `make test` follows.
"""

import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from scripts import generated, run, unchanged

Command = Sequence[str]

LINES = 40  # printed of a failed check; all of them are in its file
UNIT_PARTS = 3  # processes among which the unit tests are dealt out
PYTEST = (sys.executable, "-m", "pytest", "--quiet", "--tb=short", "-p", "no:cacheprovider")
# Which tests failed, then where and why.
FAILED_TESTS = (r"^(FAILED|ERROR) ", r"^E  |^\S+\.py:\d+: ")
TYPESCRIPT = (
    *("amplify", "frontend", "local/appsync", "package.json", "pnpm-lock.yaml"),
    *("eslint.config.js", ".prettierrc.json", ".prettierignore"),
)


@dataclass(frozen=True, slots=True)
class Check:
    """Commands that can run beside any other; the check passes when all of them do.

    `cure` is the command that mends what is complained about, `matters` are patterns of the lines
    worth printing, the most telling first, and `inputs` are the files that the check depends on,
    where these are all of them.
    """

    name: str
    commands: Sequence[Command]
    cure: str | None = None
    matters: Sequence[str] = (r"\S",)
    inputs: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Executed:
    code: int
    output: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Verdict:
    check: Check
    output: str
    seconds: float
    passed: bool


def one(name: str, *command: str, cure: str | None = None) -> Check:
    return Check(name, [command], cure)


def typescript(name: str, *command: str, cure: str | None = None) -> Check:
    return Check(name, [("pnpm", "--silent", *command)], cure, inputs=TYPESCRIPT)


def tests(name: str, *parts: Sequence[str]) -> Check:
    return Check(name, [(*PYTEST, *paths) for paths in parts], matters=FAILED_TESTS)


def dealt_out(suite: str, parts: int) -> list[list[str]]:
    """Deal the test files of a suite out like cards: neighbours often take equally long."""
    folders = [run.ROOT / word for word in run.BY_NAME[suite].command if word.startswith("tests/")]
    files = sorted(file.as_posix() for folder in folders for file in folder.rglob("test_*.py"))
    return [files[part::parts] for part in range(parts)]


COMPLETENESS = one("completeness", sys.executable, "-m", "skafu.completeness")
# The quick ones, then the longest: no processor is left alone with a long one at the end.
CHECKS = (
    COMPLETENESS,
    one("format", "ruff", "format", "--check", ".", cure="make fix"),
    one("lint", "ruff", "check", "--output-format", "concise", ".", cure="make fix"),
    one("contract", sys.executable, "-m", "skafu.cli", "contract", "check"),
    one("types", "mypy"),
    typescript("ts-lint", "run", "lint", cure="make fix"),
    tests("unit", *dealt_out("unit", UNIT_PARTS)),
    Check("generated", [each.check for each in generated.GENERATED], "make docs"),
    typescript("amplify-types", "run", "typecheck"),
    typescript("page-types", "--dir", "frontend", "run", "types"),
    typescript("appsync-types", "--dir", "local/appsync", "run", "typecheck"),
    tests("architecture", ["tests/test_architecture.py"]),
    typescript("ts-format", "run", "format:check", cure="make fix"),
)
BY_NAME = {check.name: check for check in CHECKS}
# What `make test` runs too.
TESTED = frozenset({"unit", "architecture"})


def main(
    names: Annotated[list[str] | None, typer.Argument(help="checks; all by default")] = None,
    show: Annotated[bool, typer.Option("--list", help="name the checks and stop")] = False,
    untested: Annotated[
        bool, typer.Option("--untested", help="leave out what `make test` runs too")
    ] = False,
) -> None:
    """Run checks, print what matters of each failure, fail when one failed."""
    if show:
        typer.echo("\n".join(BY_NAME))
        raise typer.Exit
    began = time.monotonic()
    left_out = TESTED if untested else frozenset[str]()
    failed = failures([check for check in chosen(names or []) if check.name not in left_out])
    outcome = f"failed: {', '.join(failed)}" if failed else "all passed"
    typer.echo(f"{outcome}, {time.monotonic() - began:.1f} s")
    raise typer.Exit(int(bool(failed)))


def failures(checks: Sequence[Check]) -> list[str]:
    """Run checks and return the names of those that failed."""
    first = [check for check in checks if check is COMPLETENESS]
    rest = [check for check in checks if check is not COMPLETENESS]
    found = [verdict.check.name for verdict in told(first) if not verdict.passed]
    return found or [verdict.check.name for verdict in told(rest) if not verdict.passed]


def chosen(names: Sequence[str]) -> Sequence[Check]:
    if unknown := sorted(set(names) - set(BY_NAME)):
        raise typer.BadParameter(f"no check {', '.join(unknown)}; there are {', '.join(BY_NAME)}")
    return [BY_NAME[name] for name in names] or [check for check in CHECKS if is_due(check)]


def is_due(check: Check) -> bool:
    if not unchanged.since_passed(check.name, check.inputs):
        return True
    typer.echo(f"{check.name:<16}ok      unchanged")
    return False


def told(checks: Sequence[Check]) -> Iterator[Verdict]:
    # Before they run: what is edited meanwhile has not been checked.
    seen = {check.name: unchanged.fingerprint(check.inputs) for check in checks if check.inputs}
    for verdict in verdicts(checks):
        keep(verdict, seen.get(verdict.check.name, ""))
        tell(verdict)
        yield verdict


def verdicts(checks: Sequence[Check]) -> Iterator[Verdict]:
    """Yield the verdicts as they come; there is a command for each processor at any time."""
    pool = ThreadPoolExecutor(os.cpu_count())
    jobs = {pool.submit(execute, words): check for check in checks for words in check.commands}
    left = Counter(check.name for check in jobs.values())
    try:
        for done in as_completed(jobs):
            check = jobs[done]
            left[check.name] -= 1
            if not left[check.name]:
                yield verdict_of(check, [job for job, owner in jobs.items() if owner is check])
    finally:
        pool.shutdown(cancel_futures=True)  # nothing new begins after an interruption


def execute(command: Command) -> Executed:
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=run.ROOT,
        env=run.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    return Executed(done.returncode, done.stdout, time.monotonic() - began)


def verdict_of(check: Check, jobs: Iterable[Future[Executed]]) -> Verdict:
    parts = [job.result() for job in jobs]
    failed = [part.output for part in parts if part.code]
    return Verdict(check, "\n".join(failed), sum(part.seconds for part in parts), not failed)


def keep(verdict: Verdict, seen: str) -> None:
    """Write the whole output down, and on which files the check passed."""
    run.RESULTS.mkdir(exist_ok=True)
    kept_at(verdict.check).write_text(verdict.output)
    unchanged.remember(verdict.check.name, seen if verdict.passed else "")


def kept_at(check: Check) -> Path:
    return run.RESULTS / f"check-{check.name}.txt"


def tell(verdict: Verdict) -> None:
    check, word = verdict.check, "ok" if verdict.passed else "failed"
    cure = f"  run `{check.cure}`" if check.cure and not verdict.passed else ""
    typer.echo(f"{check.name:<16}{word:<8}{verdict.seconds:6.1f} s{cure}")
    if not verdict.passed:
        typer.echo("\n".join(f"  {line}" for line in excerpt(check, verdict.output.splitlines())))


def excerpt(check: Check, lines: Sequence[str]) -> list[str]:
    """Choose the lines that matter, at most LINES, and say where the others are."""
    telling = [line for what in check.matters for line in lines if re.search(what, line)]
    where = f"({len(lines)} lines in {kept_at(check).relative_to(run.ROOT)})"
    return [*(telling or lines[-LINES:])[:LINES], where]


if __name__ == "__main__":
    typer.run(main)
