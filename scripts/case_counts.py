"""Print the number of cases of each test file that holds for any domain; none may be without.

`python -m scripts.case_counts` counts with the domain of this tree; `python -m scripts.try_domain`
prints the numbers of both domains where they differ.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.trees import ROOT
from scripts.trying.cases import collected

TESTS = ROOT / "tests"
DOMAIN = "domain"  # the folder of the domain's own tests


def paths() -> list[str]:
    """Return the folders of tests that hold for any domain."""
    folders = (file.parent for file in TESTS.rglob("test_*.py"))
    tops = {folder.relative_to(TESTS).parts[0] for folder in folders if folder != TESTS}
    return [f"tests/{name}" for name in sorted(tops - {DOMAIN})]


def main(given: Sequence[str]) -> int:
    numbers = collected(list(given) or paths())
    for file, number in sorted(numbers.items()):
        sys.stdout.write(f"{file:<72}{number:>6}\n")
    missing = sorted(files(given or paths()) - numbers.keys())
    sys.stdout.writelines(f"{file:<72}     0\n" for file in missing)
    return int(bool(missing) or not numbers)


def files(folders: Sequence[str]) -> set[str]:
    """Return the test files of folders; a folder may be a file itself."""
    found = (Path(ROOT / folder) for folder in folders)
    tests = (file for top in found for file in ([top] if top.is_file() else top.rglob("test_*.py")))
    return {file.relative_to(ROOT).as_posix() for file in tests}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
