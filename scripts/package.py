"""Fills the folder that `sam build` makes for a function.

    python -m scripts.package FUNCTION FOLDER

src/Makefile calls it for each function. It needs nothing but Python 3.11 or later and uv.
"""

import sys
from pathlib import Path

from scripts.packaging.package import Packages
from scripts.packaging.target import NotPackaged, of_build


def main(function: str, folder: str) -> int:
    try:
        Packages().deliver(of_build(function, Path(folder)), Path(folder))
    except NotPackaged as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
