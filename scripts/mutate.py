"""Change the code in small ways, one at a time, and find the changes that no test notices.

Each change is tried in a process of its own, with the tests that reach the changed line, quick
ones first. The plan names modules and tests, and lists the known survivors with their reasons: a
survivor that is not listed fails the run, and so does a listed one that a test notices now or
that does not exist any more.
"""

import hashlib
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, NamedTuple, TypeVar

import pytest
import typer

from scripts.mutating import processes, survivors
from scripts.mutating.mutations import Mutant, mutants
from scripts.mutating.session import (
    PASSED,
    TOO_SLOW,
    UNCHANGED,
    Reached,
    Session,
    file_of,
)
from scripts.mutating.survivors import Name, Plan, name_of

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent
PLAN = "tests/mutation/plan.yaml"
KEPT = "test-results/mutation"
BUDGET = 4.0  # seconds of processor time: the tests of one mutant, of all those that reach it
BESIDE = 8.0  # seconds more, for those of them that lie where the tests of its module do
LONGEST = 900.0  # seconds for a process, however much else the machine does
EVERY = 100  # jobs between two lines of progress where there is no terminal
SHARED = 3  # tests: when so few reach a line, others may use what these left behind
SURVIVED = "survived"
# Any other way in which the process ends is a test that noticed.
OUTCOMES = {PASSED: SURVIVED, UNCHANGED: "the same code", TOO_SLOW: "too slow"}
PYTEST = (
    "-qq", "-s", "-p", "no:randomly", "-p", "no:cacheprovider",
    # Nobody reads how a test failed, and to show it costs more than most tests do.
    "--tb=native", "--show-capture=no",
    # What is changed is imported before pytest begins, and with it some of pytest's plugins.
    "-W", "ignore::pytest.PytestAssertRewriteWarning",
)  # fmt: skip
EXAMPLES = """
Examples:

  python -m scripts.mutate                                    all modules of the plan

  python -m scripts.mutate src/edge/caller.py src/adapters/dynamodb

  python -m scripts.mutate --sample 200 --seed 7              some of them

  python -m scripts.mutate --fresh                            nothing is taken from earlier runs

What is known from an earlier run is not tried again while module and tests are the same, so an
interrupted run goes on where it was.
"""


class Options(NamedTuple):
    root: Path
    plan: Plan
    files: Sequence[str]
    sample: int | None
    seed: int
    jobs: int
    fresh: bool


def main(
    modules: Annotated[list[str] | None, typer.Argument(help="files or folders")] = None,
    sample: Annotated[int | None, typer.Option(help="try so many mutants, not all")] = None,
    seed: Annotated[int, typer.Option(help="chooses the sample")] = 0,
    jobs: Annotated[int, typer.Option(help="processes at a time")] = os.cpu_count() or 1,
    fresh: Annotated[bool, typer.Option("--fresh", help="forget earlier runs")] = False,
    root: Annotated[Path, typer.Option(help="the tree", show_default=False)] = ROOT,
) -> None:
    """Find the changes to the code that no test notices, and compare them with the list."""
    plan = survivors.read(root / PLAN)
    files = chosen(plan.files(root), root, modules)
    run = Run(Options(root, plan, files, sample, seed, jobs, fresh))
    # All modules of the plan are covered, so that what is reached is known for any choice of them.
    session = Session(root, plan.every(root), run.use)
    arguments = [*PYTEST, f"--rootdir={root}"]
    os.chdir(root)
    session.begin()
    code = pytest.main([*arguments, *plan.tests], plugins=[session])
    raise typer.Exit(0 if code == 0 and run.passed else 1)


def chosen(files: Sequence[str], root: Path, words: Sequence[str] | None) -> Sequence[str]:
    wanted = [file for word in words or () for file in survivors.modules_in(root, word)]
    if unknown := [word for word in words or () if not (root / word).exists()]:
        raise typer.BadParameter(f"no such file or folder: {', '.join(unknown)}")
    if words and not set(wanted) & set(files):
        raise typer.BadParameter(f"none of these is in {PLAN}")
    return [file for file in files if file in wanted] if words else files


@dataclass
class Trial:
    """A mutant, the tests for it, and a digest of both their texts."""

    mutant: Mutant
    tests: Sequence[str]
    source: str
    digest: str


class Run:
    """One run over the chosen modules; `passed` says how it ended."""

    def __init__(self, options: Options) -> None:
        self.options, self.passed = options, False
        self.kept = options.root / KEPT
        self.kept.mkdir(parents=True, exist_ok=True)
        self.results = Results(self.kept / "results.jsonl", options.fresh)
        self.sources = {file: (options.root / file).read_text() for file in options.files}

    def use(self, session: Session) -> None:
        began = time.monotonic()
        reached = self.reached(session)
        if reached is None:
            return
        typer.echo(f"coverage known after {time.monotonic() - began:.0f} s")
        every = [m for file, text in self.sources.items() for m in mutants(file, text)]
        outcomes = self.outcomes(session, reached, self.sampled(every))
        self.passed = self.report(every, outcomes, time.monotonic() - began)

    def sampled(self, every: Sequence[Mutant]) -> Sequence[Mutant]:
        size = self.options.sample
        if size is None or size >= len(every):
            return every
        return random.Random(self.options.seed).sample(every, size)

    def reached(self, session: Session) -> Reached | None:
        """Run each file of tests once with coverage, unless that was done with the same code."""
        code = digest_of(self.options.root, ["src", "tests/support"])
        targets = {file: self.target(code, file) for file, _ in session.by_file()}
        jobs = [
            processes.Job(file, partial(session.measure, tests, targets[file]), LONGEST)
            for file, tests in session.by_file()
            if self.options.fresh or not session.knows(targets[file])
        ]
        failed = [ended.subject for ended in self.run(jobs, "files of tests") if ended.code]
        for file in failed:
            targets[file].unlink(missing_ok=True)
        if failed:
            typer.echo(f"tests fail without any change to the code: {', '.join(failed)}")
            return None
        for target in targets.values():
            session.imported.add(Reached.read(target))
        return session.imported

    def target(self, code: str, file: str) -> Path:
        text = (self.options.root / file).read_text()
        return self.kept / f"{digest(code, file, text)[:20]}.json"

    def run(self, jobs: Sequence[processes.Job[T]], what: str) -> Iterator[processes.Ended[T]]:
        """Run jobs and show how far they are; a job that took too long counts as failed."""
        for n, ended in enumerate(processes.run(jobs, self.options.jobs), 1):
            progress(f"{n}/{len(jobs)} {what}", important=n % EVERY == 0)
            yield ended._replace(code=TOO_SLOW if ended.code is None else ended.code)

    def outcomes(
        self, session: Session, reached: Reached, every: Sequence[Mutant]
    ) -> dict[Name, str]:
        trials = [self.trial(mutant, reached) for mutant in every]
        known = {name_of(t.mutant): self.known(t, reached) for t in trials}
        jobs = [
            processes.Job(t, partial(session.try_out, t.mutant, t.tests), LONGEST)
            for t in trials
            if not known[name_of(t.mutant)]
        ]
        for ended in self.run(jobs, "mutants"):
            outcome = OUTCOMES.get(ended.code or PASSED, "killed")
            known[name_of(ended.subject.mutant)] = outcome
            self.results.add(ended.subject, outcome)
        return known

    def known(self, trial: Trial, reached: Reached) -> str:
        """Return the outcome, or nothing while it is open."""
        if trial.tests:
            return self.results.known(trial)
        mutant = trial.mutant
        return "at import" if reached.at_import(mutant.file, mutant.lines) else SURVIVED

    def trial(self, mutant: Mutant, reached: Reached) -> Trial:
        direct = reached.tests(mutant.file, mutant.lines)
        stem = Path(mutant.file).stem
        beside = {test for test in direct if folder_of(mutant.file) in test}
        tests = within_budget(beside, reached, stem, BESIDE)
        tests += [t for t in within_budget(direct, reached, stem) if t not in tests]
        if 0 < len(direct) <= SHARED:
            files = {file_of(test) for test in direct}
            others = {t for t in reached.seconds if file_of(t) in files} - direct
            tests += within_budget(others, reached, stem)
        texts = [
            (self.options.root / file).read_text() for file in sorted(set(map(file_of, tests)))
        ]
        return Trial(mutant, tests, self.sources[mutant.file], digest(*tests, *texts))

    def report(self, every: Sequence[Mutant], outcomes: dict[Name, str], took: float) -> bool:
        plan = self.options.plan
        listed = {f: rows for f, rows in plan.survivors.items() if f in self.options.files}
        verdict = survivors.judge(
            plan.model_copy(update={"survivors": listed}),
            existing={name_of(mutant) for mutant in every},
            killed={name for name, outcome in outcomes.items() if outcome != SURVIVED},
            survived=[name for name, outcome in outcomes.items() if outcome == SURVIVED],
        )
        for line in survivors.told(verdict):
            typer.echo(line)
        counts = Counter(outcomes.values())
        parts = ", ".join(f"{counts[word]} {word}" for word in sorted(counts))
        typer.echo(f"{len(outcomes)} of {len(every)} mutants in {took:.0f} s: {parts}")
        return verdict.passed


class Results:
    """What earlier runs found; killed stays killed while the module is the same."""

    def __init__(self, path: Path, fresh: bool) -> None:
        self.path = path
        lines = [] if fresh or not path.exists() else path.read_text().splitlines()
        self.rows = {row[0]: row[1:] for row in map(json.loads, lines)}
        if fresh:
            path.unlink(missing_ok=True)

    def known(self, trial: Trial) -> str:
        tests, outcome = self.rows.get(self._key(trial), ("", ""))
        return outcome if outcome != SURVIVED or tests == trial.digest else ""

    def add(self, trial: Trial, outcome: str) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps([self._key(trial), trial.digest, outcome]) + "\n")

    def _key(self, trial: Trial) -> str:
        return digest(*name_of(trial.mutant), trial.source)[:24]


def folder_of(module: str) -> str:
    """Return what the paths of the module and of its own tests have in common: `/edge/http/`."""
    return "/" + "/".join(Path(module).parts[1:-1]) + "/"


def within_budget(
    tests: Iterable[str], reached: Reached, stem: str, left: float = BUDGET
) -> list[str]:
    """Return tests, at least one: first those of files that bear the module's name, quick ones
    first, those of one file together."""
    kept: list[str] = []
    for test in sorted(tests, key=lambda t: (stem not in file_of(t), reached.seconds[t], t)):
        left -= reached.seconds[test]
        if kept and left < 0:
            break
        kept.append(test)
    order = {file: n for n, file in enumerate(dict.fromkeys(file_of(t) for t in kept))}
    return sorted(kept, key=lambda t: order[file_of(t)])


def digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def digest_of(root: Path, places: Iterable[str]) -> str:
    files = [file for place in places for file in sorted((root / place).rglob("*.py"))]
    return digest(*(file.read_text() for file in files))


def progress(text: str, important: bool = False) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r\033[K{text}", nl=False, err=True)
    elif important:
        typer.echo(text, err=True)


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        # Sets have one order in every run, so a survivor is one every time.
        words = (sys.executable, "-m", "scripts.mutate", *sys.argv[1:])
        os.execve(sys.executable, words, {**os.environ, "PYTHONHASHSEED": "0"})
    app = typer.Typer(rich_markup_mode=None)
    app.command(epilog=EXAMPLES)(main)
    app()
