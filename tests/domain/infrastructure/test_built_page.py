"""The page as it is built: what a browser loads before it shows something, and whose work it is."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infrastructure.test_licences import refused
from tests.support.paths import ROOT

VITE = ("node", "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn", "--outDir")
SIZE = ("node", "scripts/size.mjs")

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    subprocess.run([*VITE, str(folder)], cwd=ROOT / "frontend", check=True)
    return folder


def test_its_notices_name_what_is_in_it_with_an_allowed_licence(built: Path) -> None:
    text = (built / "THIRD_PARTY_NOTICES.txt").read_text()
    found = dict(re.findall(r"^## (\S+) - \S+ \((.+)\)$", text, re.MULTILINE))

    assert {"react", "react-router", "@aws-amplify/ui-react", "uuid"} <= found.keys()
    assert refused(found) == {}
    assert "Permission is hereby granted" in text


def measured(dist: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*SIZE, str(dist)], cwd=ROOT / "frontend", capture_output=True, text=True, check=False
    )


def test_its_first_javascript_stays_below_300_kilobytes(built: Path) -> None:
    within = measured(built)
    assert within.returncode == 0, within.stdout + within.stderr
    sizes = [float(size) for size in re.findall(r": ([\d.]+) KB gzipped", within.stdout)]
    assert len(sizes) == 3
    assert all(100 < size <= 300 for size in sizes)


def test_javascript_that_is_too_large_is_noticed(built: Path, tmp_path: Path) -> None:
    large = shutil.copytree(built, tmp_path / "page")
    (entry,) = large.glob("assets/index-*.js")
    noise = "".join(str(hash((number, "noise"))) for number in range(20_000))
    entry.write_text(f"// {noise}")

    assert measured(large).returncode == 1
