"""`skafu bench`: benchmarks, each in a process of its own; each writes its results."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from skafu.terminal import say

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = ("rows", "units", "cold_start", "peers", "upkeep", "survey", "way")
ENVIRONMENT = {"PYTHONPATH": os.pathsep.join(("src", "."))}


def bench(
    names: Annotated[
        list[str] | None,
        typer.Argument(help=f"Benchmarks: {', '.join(BENCHMARKS)}; all by default."),
    ] = None,
) -> None:
    """Run benchmarks: units, cold starts, Castore beside it, feed, verify, time to the browser."""
    for name in names or BENCHMARKS:
        if name not in BENCHMARKS:
            raise typer.BadParameter(f"no benchmark {name}; there are {', '.join(BENCHMARKS)}")
        say(f"=== {name} ===")
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        subprocess.run(command, cwd=ROOT, env=os.environ | ENVIRONMENT, check=True)
