"""Print what is missing of the domain, a line each, and fail if there is any.

python -m skafu.completeness
"""

import sys
from collections.abc import Iterator

from skafu.completeness import layers
from skafu.completeness.missing import REGISTRY, Missing, raised

MOST = 35  # lines, so that `make check` prints 40 at most


def missing() -> Iterator[Missing]:
    yield from layers.missing()
    yield from imported()


def imported() -> Iterator[Missing]:
    """Yield what a domain that can be imported lacks, or why it cannot be imported."""
    try:
        from skafu.completeness import domain

        yield from domain.missing()
    except ImportError as error:
        yield raised(error, REGISTRY)
    except Exception as error:  # whatever the domain's modules raise while they are imported
        yield raised(error)


def main() -> int:
    lines = list(dict.fromkeys(map(str, missing())))
    for line in lines[:MOST]:
        sys.stdout.write(f"{line}\n")
    if len(lines) > MOST:
        sys.stdout.write(f"and {len(lines) - MOST} more\n")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
