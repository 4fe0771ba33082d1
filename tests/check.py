"""What `make check` does: the completeness of the domain first, and nothing else if it lacks
something; then the quick checks, all of them even when one fails.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import run

ROOT = Path(__file__).resolve().parent.parent
PYTEST = (sys.executable, "-m", "pytest", "--quiet")


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    command: Sequence[str]


COMPLETENESS = Check("completeness", (sys.executable, "-m", "skafu.completeness"))
CHECKS = (
    Check("format", ("ruff", "format", "--check", ".")),
    Check("lint", ("ruff", "check", ".")),
    Check("types", ("mypy",)),
    Check("frontend format", ("pnpm", "--dir", "frontend", "run", "format:check")),
    Check("frontend types", ("pnpm", "--dir", "frontend", "run", "types")),
    Check("appsync types", ("pnpm", "--dir", "local/appsync", "run", "typecheck")),
    Check("amplify types", ("pnpm", "run", "typecheck")),
    Check("unit tests", (*PYTEST, "tests/unit")),
    Check("architecture", (*PYTEST, "tests/test_architecture.py")),
    Check("contract", (sys.executable, "-m", "skafu.cli", "contract", "check")),
    Check("generated files", (*PYTEST, "tests/test_generated.py")),
)


def passes(check: Check) -> bool:
    """Says what it found only when there is something to say."""
    began = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env=run.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    verdict = "failed" if done.returncode else "ok"
    sys.stdout.write(f"{check.name:<18}{verdict:<8}{time.monotonic() - began:6.1f} s\n")
    sys.stdout.write(done.stdout if done.returncode else "")
    sys.stdout.flush()
    return not done.returncode


def main() -> int:
    if not passes(COMPLETENESS):
        return 1
    verdicts = [passes(check) for check in CHECKS]
    return int(not all(verdicts))


if __name__ == "__main__":
    sys.exit(main())
