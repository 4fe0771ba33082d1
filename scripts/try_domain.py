"""Try a domain: lay it over a copy of the tree, generate, check, test, run and simulate it."""

import shutil
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from scripts.tree_copy import copy_of_the_tree
from scripts.trees import ROOT, working_tree
from scripts.trying import cases, copies, results
from scripts.trying.belongings import goes, may_differ
from scripts.trying.reach import Reach
from scripts.trying.trial import PYTHON, Job, Outcome, Trial, job, suite

SKAFU = (PYTHON, "-m", "skafu.cli")
# Few are enough to meet every command, way and fault, which the test of the schedules demands.
SCHEDULES, MANY_SCHEDULES = 250, 2_500
# What takes its cases from the registry of the domain; the other suites are about the engine alone.
UNIT = "tests/unit"
DOMAIN = ("tests/domain", "tests/infrastructure/test_template.py")
STACK = (
    "tests/integration/verified/test_first_command.py",
    "tests/integration/test_authorization.py",
    "tests/integration/test_authorization_graphql.py",
    "tests/integration/test_bad_input.py",
    "tests/integration/test_generated_requests.py",
)
# That each guard is missed when it is not there takes minutes: the tree's own domain shows it.
SIMULATION = ("tests/simulation", "-k", "not guard_that_is_missing")
EXAMPLES = """
Examples:

  python -m scripts.try_domain examples/orders

  python -m scripts.try_domain examples/orders --keep /tmp/orders

  python -m scripts.try_domain examples/orders --only check,stack

The domain's folder mirrors the tree: its files take the place of those of Skafu's domain. The copy
is a git repository, whose only commit is the tree: `git diff HEAD` shows what the domain changes.

Unit tests that cannot tell which domain is there do in the copy what they do in the tree. They are
left out, unless `--whole` is given.
"""


def generate() -> Iterator[Job]:
    """Make what follows from the domain, and the records of one that nobody has used yet."""
    yield job("generate", PYTHON, "-m", "scripts.generated", "--write")
    yield job("release the contract", *SKAFU, "contract", "release")
    yield job("accept the cost", *SKAFU, "cost", "--accept")
    yield job("store the corpus", PYTHON, "-m", "tests.support.corpus")


def check(whole: bool) -> Iterator[Job]:
    yield job("types", "mypy", "src", "tests/domain")
    # What uses the schema is the tree's, and with it come seven thousand files of CDK.
    project = "amplify/tsconfig.json" if whole else "amplify/tsconfig.schema.json"
    yield job("types of the schema", "pnpm", "exec", "tsc", "--noEmit", "-p", project)
    yield job("completeness", PYTHON, "-m", "skafu.completeness")
    yield job("format", "ruff", "format", "--check", "src", "tests/domain")
    yield job("lint", "ruff", "check", "src", "tests/domain")
    yield job("contract", *SKAFU, "contract", "check")


def run_tests(whole: bool) -> Iterator[Job]:
    left_out = () if whole else sorted(blind())
    yield suite("unit", UNIT, *(f"--ignore={file}" for file in left_out))
    yield suite("domain", *DOMAIN)


@cache
def blind() -> frozenset[str]:
    """Return the files of unit tests that cannot tell which domain is there."""
    tree = working_tree()
    return Reach(tree).blind(tree.under(UNIT, ".py"))


def stack() -> Iterator[Job]:
    yield suite("stack", *STACK)


def simulate(whole: bool) -> Iterator[Job]:
    schedules = MANY_SCHEDULES if whole else SCHEDULES
    fewer = ("env", f"SKAFU_SCHEDULES={schedules}", "SKAFU_KIND=whole")
    yield suite(f"{schedules} schedules", *SIMULATION, before=fewer)


# The longest first: no processor is left alone with a long one at the end.
STEPS: Mapping[str, Callable[[bool], Iterator[Job]]] = {
    "generate": lambda _: generate(),
    "tests": run_tests,
    "stack": lambda _: stack(),
    "simulate": simulate,
    "check": check,
}


def prepare(trial: Trial, domain: Path) -> None:
    """Copy the tree, take Skafu's domain out and put the other one in."""
    began = time.monotonic()
    copy_of_the_tree(trial.folder)
    copies.remove(trial.folder, filter(goes, working_tree().files))
    shutil.copytree(domain, trial.folder, dirs_exist_ok=True, ignore=its_own_page(domain))
    trial.note(Outcome("copy", passed=True, seconds=time.monotonic() - began))


def its_own_page(domain: Path) -> Callable[[str, list[str]], list[str]]:
    """Leave out the README of the domain's folder, which is about the example."""
    return lambda folder, _: ["README.md"] if Path(folder) == domain else []


def compare(trial: Trial) -> None:
    """Print the difference to the tree, which must lie in the domain's files."""
    changed = sorted(copies.changed(trial.folder))
    typer.echo(results.summary(changed))
    beyond = [f"{kind} {name}" for name, kind in changed if not may_differ(name)]
    trial.note(Outcome("only the domain differs", not beyond, 0, "\n".join(beyond)))


@contextmanager
def folder_of(keep: Path | None) -> Iterator[Path]:
    """Give the path of the copy, which is yet to be made."""
    if keep is not None:
        if keep.exists():
            raise typer.BadParameter(f"{keep} is there already")
        yield keep.resolve()
        return
    with TemporaryDirectory(prefix="skafu-domain-") as folder:
        yield Path(folder).resolve() / "tree"


def chosen(only: str) -> list[str]:
    names = [name.strip() for name in only.split(",")]
    if unknown := sorted(set(names) - STEPS.keys()):
        raise typer.BadParameter(f"no step {', '.join(unknown)}; there are {', '.join(STEPS)}")
    return names


def take(names: Collection[str], trial: Trial, *, whole: bool) -> None:
    """Take the steps all at once, after `generate`: without it none of them works."""
    trial.run(generate())
    steps = [step for name, step in STEPS.items() if name in names and name != "generate"]
    if not trial.passed or not steps:
        return
    trial.run_together(chain(*(step(whole) for step in steps)))
    ran = {"tests": (UNIT, *DOMAIN), "stack": STACK, "simulate": SIMULATION}
    if arguments := [*chain(*(ran[name] for name in ran if name in names))]:
        count(trial, arguments, frozenset() if whole else blind())


def count(trial: Trial, ran: Iterable[str], left_out: Collection[str]) -> None:
    """Print the numbers of cases where they differ; no file of tests may be without."""
    both = [one for one in ran if not goes(f"{one}/")]
    numbers, outcome = cases.compare(trial.results, both, left_out)
    typer.echo(numbers)
    trial.note(outcome)


def main(
    domain: Annotated[
        Path,
        typer.Argument(
            help="The domain's folder.",
            exists=True,
            file_okay=False,
            show_default="examples/orders",
        ),
    ] = ROOT / "examples/orders",
    keep: Annotated[
        Path | None, typer.Option(help="Make the copy in this folder, and leave it there.")
    ] = None,
    only: Annotated[
        str, typer.Option(help="Steps, with commas between them; `generate` is always taken.")
    ] = ",".join(STEPS),
    whole: Annotated[
        bool, typer.Option("--whole", help="Leave out nothing, and simulate ten times as long.")
    ] = False,
    junit: Annotated[
        Path | None, typer.Option(help="Write all results to this JUnit file.")
    ] = None,
) -> None:
    names, began = chosen(only), time.monotonic()
    with folder_of(keep) as folder:
        trial = Trial(folder)
        typer.echo(f"{domain} in {folder}")
        prepare(trial, domain.resolve())
        take(names, trial, whole=whole)
        compare(trial)
        if junit is not None:
            results.write(trial, junit)
    typer.echo(f"{'passed' if trial.passed else 'failed'}, {time.monotonic() - began:.0f} s")
    raise typer.Exit(not trial.passed)


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command(help=f"{__doc__}\n{EXAMPLES}")(main)

if __name__ == "__main__":
    app()
