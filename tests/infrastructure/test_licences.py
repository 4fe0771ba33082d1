"""Licences of what is shipped: the libraries of the functions, and those of the page."""

import json
import subprocess
from pathlib import Path

import pytest

from scripts.packaging import libraries, notices
from scripts.packaging.package import Packages
from scripts.packaging.target import target
from tests.support.paths import ROOT
from tests.support.runtimes import HERE, IMPORTABLE

# None asks to publish the source of what is built on it. What is not here needs a decision.
ALLOWED = {
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "OFL-1.1"),
    *("MPL-2.0", "PSF-2.0", "Apache-2.0 OR BSD-3-Clause"),
}
PNPM = str(ROOT / ".tools/pnpm/node_modules/.bin/pnpm")
LISTED = (PNPM, "licenses", "list", "--prod", "--json")


def refused(licences: dict[str, str]) -> dict[str, str]:
    return {name: licence for name, licence in licences.items() if licence not in ALLOWED}


def installed(folder: Path, *metadata: str) -> notices.Library:
    """Return a library that is installed in the folder, with these lines of metadata."""
    info = folder / "one-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("\n".join(["Name: one", "Version: 1.0", *metadata, ""]))
    (found,) = notices.installed(folder)
    return found


@pytest.mark.timeout(300)
def test_every_library_in_a_package_is_noticed_with_a_licence_that_is_allowed(
    tmp_path: Path,
) -> None:
    wanted = target(IMPORTABLE[0], HERE)
    libraries.install(wanted, tmp_path / "installed")
    found = {one.name: one for one in notices.installed(tmp_path / "installed")}
    Packages().deliver(wanted, tmp_path / "function")
    text = (tmp_path / "function" / notices.FILE).read_text()

    assert len(found) > 20
    assert refused({name: one.licence for name, one in found.items()}) == {}
    assert [name for name, one in found.items() if f"{name} {one.version}\n" not in text] == []
    assert [name for name, one in found.items() if not one.texts] == []


def test_every_package_of_the_page_has_a_licence_that_is_allowed() -> None:
    """The page's build writes down those that are in the bundle."""
    listed = subprocess.run(
        LISTED, cwd=ROOT / "frontend", capture_output=True, text=True, check=True
    )
    found = {
        package["name"]: licence
        for licence, packages in json.loads(listed.stdout).items()
        for package in packages
    }

    assert len(found) > 100
    assert refused(found) == {}


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        ("License-Expression: GPL-3.0-or-later", "GPL-3.0-or-later"),
        ("Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)", None),
        ("License: AGPL-3.0", "AGPL-3.0"),
        ("License: see the web", None),
        ("Summary: says nothing", "UNKNOWN"),
    ],
)
def test_another_licence_and_none_are_refused(
    metadata: str, licence: str | None, tmp_path: Path
) -> None:
    found = installed(tmp_path, metadata).licence

    assert licence in (None, found)
    assert refused({"one": found})


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        ("License-Expression: MIT", "MIT"),
        ("Classifier: License :: OSI Approved :: MIT License", "MIT"),
        ("License: Apache-2.0", "Apache-2.0"),
    ],
)
def test_the_same_licence_is_known_by_all_its_names(
    metadata: str, licence: str, tmp_path: Path
) -> None:
    assert installed(tmp_path, metadata).licence == licence
