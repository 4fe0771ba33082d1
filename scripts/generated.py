"""Every generated file of the repository: `--write` makes them anew, otherwise they are compared.

The order is that of dependence: what Amplify's schema yields comes first, the pages last.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from scripts import proof

ROOT = Path(__file__).resolve().parent.parent
PNPM = str(ROOT / ".tools/pnpm/node_modules/.bin/pnpm")


@dataclass(frozen=True, slots=True)
class Generated:
    """Files with a command that writes them and one that fails when they are stale."""

    files: str
    write: Sequence[str]
    check: Sequence[str]


GENERATED = (
    Generated(
        "amplify/generated",
        (PNPM, "run", "export"),
        (PNPM, "run", "export:check"),
    ),
    Generated(
        "rows, documents, OpenAPI, schemas of events",
        (sys.executable, "-m", "skafu.generate"),
        (sys.executable, "-m", "skafu.generate", "--check"),
    ),
    Generated(
        "groups of read models in template.yaml",
        (sys.executable, "-m", "skafu.generate.template"),
        (sys.executable, "-m", "skafu.generate.template", "--check"),
    ),
    Generated(
        "docs/permissions.md",
        (sys.executable, "-m", "tests.support.permissions"),
        (sys.executable, "-m", "tests.support.permissions", "--check"),
    ),
    Generated(
        "frontend/src/api/openapi.d.ts",
        (PNPM, "--dir", "frontend", "run", "api"),
        (PNPM, "--dir", "frontend", "run", "api:check"),
    ),
    Generated(
        "docs/features.md, docs/guarantees.md, and their tests",
        (sys.executable, "-m", "scripts.generated", "--features"),
        (sys.executable, "-m", "scripts.generated", "--features", "--check"),
    ),
)


def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, "CI": "true"}, capture_output=True, text=True
    )


def write_all() -> int:
    for generated in GENERATED:
        sys.stdout.write(f"{generated.files}\n")
        made = run(generated.write)
        if made.returncode:
            sys.stderr.write(made.stdout + made.stderr)
            return 1
    return 0


def proof_pages(*, check: bool) -> int:
    pages = proof.pages()
    if not check:
        for name, page in pages.items():
            (ROOT / name).parent.mkdir(exist_ok=True)
            (ROOT / name).write_text(page)
        return 0
    return min(1, sum(stale(ROOT / name, page) for name, page in pages.items()))


def stale(file: Path, page: str) -> bool:
    """Say how a page differs from what it should be."""
    found = file.read_text() if file.exists() else ""
    differences = list(unified_diff(found.splitlines(), page.splitlines(), n=0))
    if differences:
        sys.stderr.write(f"{file.relative_to(ROOT)} is stale: run `make docs`\n")
        sys.stderr.writelines(f"{line[:200]}\n" for line in differences[:20])
    return bool(differences)


def main(arguments: Sequence[str]) -> int:
    if "--features" in arguments:
        return proof_pages(check="--check" in arguments)
    return write_all()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
