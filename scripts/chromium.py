"""Finds a Chromium for the tests of the page.

`python -m scripts.chromium` installs one where that is possible.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The first is the same engine without the windows around it, and does the tests' work in a third
# less time. Debian has it, Ubuntu does not.
PACKAGES = ("chromium-headless-shell", "chromium")
NAMES = (*PACKAGES, "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
HELP = """No Chromium was found, which the tests of the page need. Any of these helps:
  Debian                 sudo apt-get install chromium-headless-shell   (or chromium)
  Ubuntu, WSL2           sudo apt-get install chromium-browser
  macOS                  brew install --cask chromium
  elsewhere              CHROME_PATH=/path/to/chrome make test"""


def find() -> Path | None:
    """The browser that CHROME_PATH names, else the first known one of this machine."""
    if named := os.environ.get("CHROME_PATH"):
        return Path(named) if os.access(named, os.X_OK) else None
    on_path = (shutil.which(name) for name in NAMES)
    installed = (name for name in MACOS if os.access(name, os.X_OK))
    return next((Path(found) for found in (*on_path, *installed) if found), None)


def install() -> None:
    """Install the first package that there is, if we may; otherwise nothing is touched."""
    if os.environ.get("CHROME_PATH") or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    sys.stdout.write("Installing chromium ...\n")
    said = [apt_get("update").stderr]
    for package in PACKAGES:
        done = apt_get("install", "--yes", "--no-install-recommends", package)
        if done.returncode == 0:
            return
        said.append(done.stderr)
    sys.stderr.writelines(said)


def apt_get(*words: str) -> "subprocess.CompletedProcess[str]":
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(["apt-get", "-qq", *words], env=quietly, capture_output=True, text=True)


def main() -> int:
    if not find():
        install()
    if not find():
        sys.stderr.write(HELP + "\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
