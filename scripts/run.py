"""Runs suites, some side by side, and counts.

A failed test, a skipped one and a suite without any make the run fail.
`python -m scripts.run` runs all, `... unit e2e` those two, `... --list` names them.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from scripts import features, junit

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "test-results"
TOOLS = (ROOT / ".venv/bin", ROOT / ".tools/sam/bin", ROOT / ".tools/pnpm/node_modules/.bin")
# Where the integration suite writes down what functions called.
CALLS = RESULTS / "calls"
PROCESSORS = os.cpu_count() or 1
# Tests of whole stacks wait for a part of their time. With more at once, each waits for the others.
STACKS = PROCESSORS + 1
# Of what gives way: it gets two fifths of a processor that one other wants as well. With less, its
# tests would run into their time limits.
NICENESS = 2
# Many stacks share few processors here: functions may take so many times as long as on AWS.
PATIENCE = "3"
# Beginnings of the variables that no suite sees; make hands `ARGS` down. Without bytecode every
# process would compile what it imports.
HIDDEN = ("AWS_", "MAKE", "MFLAGS", "ARGS", "PYTHONDONTWRITEBYTECODE")
# Seconds; a suite that hangs is stopped, not waited for.
LONGEST_SUITE = 1800.0
LONGEST_SOAK = 4 * 3600.0
LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Suite:
    """A command that leaves a JUnit file, where `{results}` stands in its words."""

    name: str
    command: tuple[str, ...]
    longest: float = LONGEST_SUITE
    gives_way: bool = False
    """To suites that run beside it, which get a processor first."""

    @property
    def results(self) -> Path:
        return RESULTS / f"{self.name}.xml"

    @property
    def output(self) -> Path:
        """The file for what it prints, where several run at once."""
        return RESULTS / f"{self.name}.txt"

    def words(self) -> list[str]:
        before = ("nice", "-n", str(NICENESS)) if self.gives_way else ()
        return [*before, *(word.format(results=self.results) for word in self.command)]


class Counts(NamedTuple):
    passed: int
    failed: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one suite; `trouble` is what its tests themselves cannot tell."""

    suite: Suite
    cases: Sequence[junit.Case]
    seconds: float
    trouble: str | None

    @property
    def counts(self) -> Counts:
        outcomes = [case.outcome for case in self.cases]
        failed = outcomes.count("failed") + bool(self.trouble)
        return Counts(outcomes.count("passed"), failed, outcomes.count("skipped"))


def python_suite(
    name: str, *arguments: str, workers: int = 1, at_once: str = "file",
    longest: float = LONGEST_SUITE,
) -> Suite:  # fmt: skip
    """Return a suite of pytest; with several workers, each takes a file or a test at a time."""
    # The longest files come first: see tests/conftest.py.
    distribution = {"file": ("loadfile", "--no-loadscope-reorder"), "test": ("loadscope",)}
    dist, *more = distribution[at_once]
    shared = (f"--numprocesses={workers}", f"--dist={dist}", *more) if workers > 1 else ()
    pytest = (sys.executable, "-m", "pytest", "--quiet", "--junitxml={results}")
    return Suite(name, (*pytest, *shared, *arguments), longest)


def vitest_suite(name: str, folder: str) -> Suite:
    reporters = ("--reporter=default", "--reporter=junit", "--outputFile.junit={results}")
    return Suite(name, ("pnpm", "--dir", folder, "exec", "vitest", "run", *reporters))


def node_suite(name: str, folder: str, tests: str) -> Suite:
    """`node --test` takes no patterns before Node 21, so the files are named one by one."""
    files = sorted(str(file.relative_to(ROOT / folder)) for file in (ROOT / folder).glob(tests))
    node = ("node", "--import", "tsx", "--test", "--test-concurrency=1")
    spec = ("--test-reporter=spec", "--test-reporter-destination=stdout")
    kept = ("--test-reporter=junit", "--test-reporter-destination={results}")
    return Suite(name, ("pnpm", "--dir", folder, "exec", *node, *spec, *kept, *files))


def domain_suite(name: str) -> Suite:
    """Lay another domain over a copy of the tree, and test it there: most of it computes."""
    command = (sys.executable, "-m", "scripts.try_domain", f"examples/{name}")
    return Suite(name, (*command, "--junit", "{results}"), gives_way=True)


Stage = tuple[Suite, ...]


def giving_way(stages: Iterable[Stage]) -> Iterator[Stage]:
    for stage in stages:
        yield tuple(replace(suite, gives_way=True) for suite in stage)


OF_STACKS: tuple[Stage, ...] = (
    (python_suite("integration", "tests/integration", "tests/domain/integration", workers=STACKS),),
    (
        # It judges what the functions were made to call.
        python_suite("rights", "tests/domain/rights"),
        python_suite("e2e", "tests/domain/e2e", workers=PROCESSORS, at_once="test"),
    ),
)
"""Tests of whole stacks: they wait for half of their time."""

THE_OTHERS: tuple[Stage, ...] = (
    (
        python_suite(
            "infrastructure",
            "tests/infrastructure",
            "tests/domain/infrastructure",
            workers=PROCESSORS,
        ),
    ),
    (
        node_suite("appsync", "local/appsync", "test/all.ts"),
        node_suite("amplify", ".", "amplify/test/*.test.ts"),
        vitest_suite("frontend", "frontend"),
    ),
    (python_suite("simulation", "tests/simulation", workers=PROCESSORS, at_once="test"),),
    (
        python_suite(
            "architecture",
            "tests/test_architecture.py",
            "tests/domain/test_completeness.py",
            workers=PROCESSORS,
            at_once="test",
        ),
    ),
    (
        python_suite(
            "contract", "tests/contract", "tests/races", "tests/domain/contract", workers=PROCESSORS
        ),
    ),
    (python_suite("unit", "tests/unit", "tests/domain/unit", workers=PROCESSORS),),
)
"""Tests that compute; what is dealt out in the smallest pieces comes last."""

LANES: tuple[tuple[Stage, ...], ...] = (OF_STACKS, tuple(giving_way(THE_OTHERS)))
"""The lanes run side by side, and so do the suites of a stage; stages come one after the other."""

EVERY_TIME = tuple(chain(*chain(*LANES)))
TRIALS = (
    # What it follows has limits of time that no patience changes, and it takes longest.
    python_suite(
        "guides", "tests/guides", "tests/domain/guides", workers=PROCESSORS, at_once="test"
    ),
    domain_suite("orders"),
    replace(
        python_suite(
            "tools",
            "-m",
            "tools",
            "tests/integration",
            "tests/domain/integration",
            "tests/simulation",
            "tests/infrastructure",
            "tests/unit/tooling",
            workers=STACKS,
        ),
        gives_way=True,
    ),
)
"""The project as others use it, and the tools with which they do."""

ON_DEMAND = (
    *TRIALS,
    python_suite("soak", "-m", "soak", "tests", longest=LONGEST_SOAK),
    python_suite("screenshots", "-m", "screenshots", "tests/domain/e2e"),
)
BY_NAME = {suite.name: suite for suite in (*EVERY_TIME, *ON_DEMAND)}


def main(
    names: Annotated[
        list[str] | None, typer.Argument(help="suites; all of them by default")
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="name the suites and stop")] = False,
) -> None:
    """Run suites, print counts, fail when a test failed, was skipped or never ran."""
    if show:
        typer.echo("\n".join(BY_NAME))
        raise typer.Exit
    shutil.rmtree(CALLS, ignore_errors=True)
    picked = chosen(names or [])
    results = list(side_by_side(lanes(picked)))
    unshown = [] if names else features.unshown(case for r in results for case in r.cases)
    total = add(result.counts for result in results)
    typer.echo(report(results, total, unshown))
    raise typer.Exit(int(bool(unshown or total.failed or total.skipped)))


def chosen(names: Sequence[str]) -> Sequence[Suite]:
    if unknown := sorted(set(names) - set(BY_NAME)):
        raise typer.BadParameter(f"no suite {', '.join(unknown)}; there are {', '.join(BY_NAME)}")
    return [BY_NAME[name] for name in names] or EVERY_TIME


def lanes(picked: Sequence[Suite]) -> Sequence[Sequence[Stage]]:
    """Return the lanes with what was picked of them; a suite of no lane has one of its own."""
    shared = [[tuple(s for s in stage if s in picked) for stage in lane] for lane in LANES]
    alone = [[(suite,)] for suite in picked if suite not in EVERY_TIME]
    return [*(list(filter(None, lane)) for lane in shared), *alone]


@dataclass(frozen=True, slots=True)
class Running:
    """A suite that has begun, and when."""

    suite: Suite
    process: subprocess.Popen[bytes]
    began: float

    def over(self) -> bool:
        return self.process.poll() is not None or self.seconds() > self.suite.longest

    def seconds(self) -> float:
        return time.monotonic() - self.began

    def result(self) -> Result:
        cases, longest = junit.read(self.suite.results), self.suite.longest
        wrong = trouble(self.process.poll(), cases, longest)
        return Result(self.suite, cases, self.seconds(), wrong)


def side_by_side(lanes: Sequence[Sequence[Stage]]) -> Iterator[Result]:
    """Run lanes at once; yield the result of each suite as it ends, or has taken too long."""
    RESULTS.mkdir(exist_ok=True)
    alone = len([*chain(*chain(*lanes))]) == 1
    waiting = [deque(lane) for lane in lanes]
    running: list[list[Running]] = [[] for _ in waiting]
    with ExitStack() as started:
        while any(waiting) or any(running):
            for stages, now in zip(waiting, running, strict=True):
                if stages and not now:
                    now += [started.enter_context(begun(s, alone)) for s in stages.popleft()]
                for each in [each for each in now if each.over()]:
                    now.remove(each)
                    yield ended(each, alone)
            time.sleep(LOOK_SECONDS)


def ended(each: Running, alone: bool) -> Result:
    """Return the result of a suite, stop it if it still runs, and show what it printed."""
    result = each.result()
    stop(each.process)
    if not alone:
        printed = each.suite.output.read_text(errors="replace")
        typer.echo(f"\n=== {each.suite.name} ===\n{printed}")
    return result


@contextmanager
def begun(suite: Suite, alone: bool) -> Iterator[Running]:
    """Start a suite, and stop it at the end. One that is alone shows at once what it prints."""
    suite.results.unlink(missing_ok=True)
    typer.echo(f"\n=== {suite.name} ===" if alone else f"{suite.name} has begun")
    with ExitStack() as files:
        output = None if alone else files.enter_context(suite.output.open("wb"))
        # A group of its own, so that stopping a suite stops what it started.
        process = subprocess.Popen(
            suite.words(), cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, process_group=0,
            stdout=output, stderr=output,
        )  # fmt: skip
        try:
            yield Running(suite, process, time.monotonic())
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """A suite that is still running is asked to end, and then made to."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)


def environment() -> Mapping[str, str]:
    """Return what every suite sees: it asks nothing, and reaches no AWS account by accident.

    A `make` that a test starts does not talk to the `make` that runs the tests.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(HIDDEN)}
    path = os.pathsep.join((*map(str, TOOLS), os.environ["PATH"]))
    own = {"CI": "true", "AWS_EC2_METADATA_DISABLED": "true", "SKAFU_CALLS": str(CALLS)}
    return {"SKAFU_PATIENCE": PATIENCE, **kept, **own, "PATH": path}


def trouble(
    code: int | None, cases: Sequence[junit.Case], longest: float = LONGEST_SUITE
) -> str | None:
    """Why a suite counts as failed although none of its tests did."""
    if code is None:
        return f"stopped after {longest:.0f} s"
    if not cases:
        return "no test ran"
    if code and all(case.outcome != "failed" for case in cases):
        return f"ended with exit code {code}"
    return None


def add(counts: Iterable[Counts]) -> Counts:
    return Counts(*map(sum, zip(*counts, strict=True)))


def report(results: Sequence[Result], total: Counts, unshown: Sequence[str]) -> str:
    head = f"\n{'suite':<16}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}"
    faults = [f"the documents name {line}" for line in unshown]
    end = f"\n{total.passed} passed, {total.failed} failed, {total.skipped} skipped"
    return "\n".join((head, *map(row, results), *faults, end))


def row(result: Result) -> str:
    passed, failed, skipped = result.counts
    line = f"{result.suite.name:<16}{passed:>8}{failed:>8}{skipped:>9}{result.seconds:>9.1f}"
    return f"{line}  {result.trouble}" if result.trouble else line


def listen() -> None:
    """Let both signals that ask a process to end stop the suites first."""
    # A shell's background job ignores SIGINT and hands that down, also to tests of interrupting.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))


if __name__ == "__main__":
    listen()
    typer.run(main)
