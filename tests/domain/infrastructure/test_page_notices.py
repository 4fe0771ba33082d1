"""THIRD_PARTY_NOTICES of the page: its build names what is in the bundle."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.infrastructure.test_licences import refused
from tests.support.paths import ROOT

VITE = ("node", "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn", "--outDir")


@pytest.mark.timeout(180)
def test_the_build_of_the_page_names_what_is_in_it_with_an_allowed_licence(tmp_path: Path) -> None:
    subprocess.run([*VITE, str(tmp_path)], cwd=ROOT / "frontend", check=True)
    text = (tmp_path / "THIRD_PARTY_NOTICES.txt").read_text()
    found = dict(re.findall(r"^## (\S+) - \S+ \((.+)\)$", text, re.MULTILINE))

    assert {"react", "react-router", "@aws-amplify/ui-react", "uuid"} <= found.keys()
    assert refused(found) == {}
    assert "Permission is hereby granted" in text
