"""amplify.yml: what AWS Amplify Hosting runs exists here, and puts the outputs where the page reads
them.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.support.paths import ROOT

HOSTING: dict[str, Any] = yaml.safe_load((ROOT / "amplify.yml").read_text())


def commands() -> Iterator[str]:
    for part in ("backend", "frontend"):
        for phase in HOSTING[part]["phases"].values():
            yield from phase["commands"]


@pytest.mark.feature("M5")
def test_the_page_is_built_with_the_outputs_of_the_backend() -> None:
    backend = " ".join(HOSTING["backend"]["phases"]["build"]["commands"])
    folder = re.search(r"--outputs-out-dir (\S+)", backend)
    assert folder is not None
    assert (ROOT / folder[1] / "favicon.svg").exists()
    assert "/amplify_outputs.json" in (ROOT / "frontend/src/api/outputs.ts").read_text()
    assert HOSTING["frontend"]["artifacts"]["baseDirectory"] == "frontend/dist"


def test_pnpm_is_the_one_of_the_makefile() -> None:
    pinned = re.search(r"^PNPM_VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert pinned is not None
    assert f"npm install --global pnpm@{pinned[1]}" in commands()


def test_every_script_and_lock_file_exists() -> None:
    for command in commands():
        folder = re.search(r"--dir (\S+)", command)
        package = ROOT / (folder[1] if folder else ".")
        if "--frozen-lockfile" in command:
            assert (package / "pnpm-lock.yaml").exists()
        if script := re.search(r" run (\S+)", command):
            scripts = json.loads((package / "package.json").read_text())["scripts"]
            assert script[1] in scripts
        if binary := re.search(r"pnpm exec (\S+)", command):
            assert (package / "node_modules/.bin" / binary[1]).exists()
