"""What a browser loads before the page shows something."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.domain.infrastructure.test_page_notices import VITE
from tests.support.paths import ROOT

SIZE = ("node", "scripts/size.mjs")


def measured(dist: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*SIZE, str(dist)], cwd=ROOT / "frontend", capture_output=True, text=True, check=False
    )


@pytest.mark.timeout(180)
def test_the_first_javascript_of_the_page_stays_below_300_kilobytes(tmp_path: Path) -> None:
    subprocess.run([*VITE, str(tmp_path)], cwd=ROOT / "frontend", check=True)
    within = measured(tmp_path)
    assert within.returncode == 0, within.stdout + within.stderr
    sizes = [float(size) for size in re.findall(r": ([\d.]+) KB gzipped", within.stdout)]
    assert len(sizes) == 3
    assert all(100 < size <= 300 for size in sizes)

    (entry,) = tmp_path.glob("assets/index-*.js")
    noise = "".join(str(hash((number, "noise"))) for number in range(20_000))
    entry.write_text(f"// {noise}")
    assert measured(tmp_path).returncode == 1
