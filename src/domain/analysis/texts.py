"""Texts of users within a report: shown as they are, never longer than their field."""

import re
from collections.abc import Sequence

from kernel.texts import NOTHING_TO_SEE, readable

CONTROLS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
LONGEST_LABEL = 100
LISTED = 10


def label(text: str) -> str:
    """Return one line that can be seen, of at most 100 characters."""
    line = CONTROLS.sub(" ", readable(text)).strip()
    if NOTHING_TO_SEE.fullmatch(line):
        return "(no name)"
    return line if len(line) <= LONGEST_LABEL else f"{line[: LONGEST_LABEL - 1].rstrip()}…"


def listed(names: Sequence[str]) -> str:
    """Return the names in their order; of many, the first ones."""
    shown = ", ".join(label(name) for name in names[:LISTED])
    more = len(names) - LISTED
    return f"{shown} and {more} more" if more > 0 else shown
