"""CPU of a cold start: of importing each handler from the package of `sam build`, clients made.

    .venv/bin/python -m benchmarks.cold_start [--rounds 5] [--before COMMIT]

Milliseconds, the least of several processes. `before`: the sources of an earlier commit, without
bytecode, as packages were then. `without`: today's sources without bytecode. `with`: what is
shipped. All in one run, in turn; Lambda gives less CPU, so compare the columns. Python is this one.
Results go to benchmarks/results/cold_start.json.
"""

import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.record import ROOT, circumstances, write
from scripts.packaging.package import SRC, Packages
from scripts.packaging.target import Target, target
from tests.support import init

# The last commit whose packages had no bytecode, and whose ApiDocs built both APIs at init.
BEFORE = "f637cd6"
MEASURE = """
import importlib, sys, time
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
began = time.process_time()
importlib.import_module("handlers." + sys.argv[2])
print(time.process_time() - began)
"""
Figures = dict[str, dict[str, float]]
"""Milliseconds of each handler by column."""


def here() -> Target:
    architecture = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    return target(f"python3.{sys.version_info.minor}", architecture)


def folders(scratch: Path, before: str) -> Iterator[tuple[str, Path]]:
    """Yield each column with its package."""
    if (old := sources_of(before, scratch / "src")) is not None:
        yield "before", without_bytecode(old, scratch / "before")
    yield "without", without_bytecode(SRC, scratch / "without")
    Packages().deliver(here(), scratch / "with")
    yield "with", scratch / "with"


def sources_of(commit: str, folder: Path) -> Path | None:
    """Return the sources of a commit; None where the history does not reach so far."""
    command = ["git", "archive", commit, "src"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        return None
    with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder / "src"


def without_bytecode(src: Path, folder: Path) -> Path:
    Packages().deliver(here(), folder, src)
    for compiled in [*folder.rglob("__pycache__")]:
        shutil.rmtree(compiled)
    return folder


def milliseconds(folder: Path, handler: str, variables: Mapping[str, str]) -> float:
    command = [sys.executable, "-I", "-S", "-c", MEASURE, str(folder), handler]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    return float(done.stdout) * 1000


def measure(packages: Mapping[str, Path], rounds: int) -> Figures:
    return {
        handler: least(
            [
                {c: milliseconds(folder, handler, variables) for c, folder in packages.items()}
                for _ in range(rounds)
            ]
        )
        for handler, variables in init.handlers().items()
    }


def least(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {column: round(min(one[column] for one in rounds), 1) for column in rounds[0]}


def table(figures: Figures) -> str:
    columns = [*next(iter(figures.values()))]
    head = f"{'CPU, ms':<18}" + "".join(f"{column:>10}" for column in columns)
    lines = (
        f"{handler:<18}" + "".join(f"{row[column]:>10.0f}" for column in columns)
        for handler, row in figures.items()
    )
    return "\n".join([head, *lines])


def main(
    rounds: Annotated[int, typer.Option(help="Processes for each handler and column.")] = 5,
    before: Annotated[str, typer.Option(help="The earlier commit.")] = BEFORE,
) -> None:
    """Print what a cold start of each function costs, before and after."""
    begun = circumstances()
    with tempfile.TemporaryDirectory() as scratch:
        figures = measure(dict(folders(Path(scratch), before)), rounds)
    typer.echo(table(figures))
    write("cold_start", {**begun, "before is": before, "milliseconds of CPU": figures})


if __name__ == "__main__":
    typer.run(main)
