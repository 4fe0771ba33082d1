"""Finding a Chromium, and installing one where a package manager has it."""

import os
from pathlib import Path

import pytest

from scripts import chromium

# Tells what it is asked for; the packages that it has are files beside it.
APT_GET = """#!/bin/sh
echo "$@" >> "$(dirname "$0")/asked"
[ "$2" = update ] && exit 0
for word; do package=$word; done
[ -e "$(dirname "$0")/has-$package" ] && exit 0
echo "E: Unable to locate package $package" >&2
exit 100
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs: of a machine with apt-get, where one may install."""
    executable(tmp_path / "apt-get", APT_GET)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.delenv("CHROME_PATH", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return tmp_path


def executable(path: Path, text: str = "") -> None:
    path.write_text(text)
    path.chmod(0o755)


def asked(machine: Path) -> list[str]:
    return [line.split()[-1] for line in (machine / "asked").read_text().splitlines()]


def test_the_quicker_one_is_taken_where_both_are_there(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(machine))
    executable(machine / "chromium")
    assert chromium.find() == machine / "chromium"

    executable(machine / "chromium-headless-shell")
    assert chromium.find() == machine / "chromium-headless-shell"


def test_the_first_package_that_there_is_gets_installed(machine: Path) -> None:
    (machine / "has-chromium").touch()

    chromium.install()

    assert asked(machine) == ["update", "chromium-headless-shell", "chromium"]


def test_no_more_is_installed_than_one(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for package in ("chromium-headless-shell", "chromium"):
        (machine / f"has-{package}").touch()

    chromium.install()

    assert asked(machine) == ["update", "chromium-headless-shell"]
    assert capsys.readouterr().err == ""


def test_what_apt_get_complains_of_is_told(
    machine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chromium.install()

    assert "Unable to locate package chromium\n" in capsys.readouterr().err
