"""Finds a Chromium for the tests of the page.

`python -m scripts.chromium` installs one where that is possible.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
HELP = """No Chromium was found, which the tests of the page need. Any of these helps:
  Debian, Ubuntu, WSL2   sudo apt-get install chromium   (Ubuntu: chromium-browser)
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
    """With apt-get when we may; otherwise nothing is touched."""
    if os.environ.get("CHROME_PATH") or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    sys.stdout.write("Installing chromium ...\n")
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", "-qq", *words], env=quietly, stdout=subprocess.DEVNULL)


def main() -> int:
    if not find():
        install()
    if not find():
        sys.stderr.write(HELP + "\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
