"""Preferences of a client: the header `Prefer` (RFC 7240).

A preference that is unknown or malformed is ignored.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Header

LONGEST_WAIT = 10
"""Seconds."""
SECONDS = re.compile(r"[0-9]{1,9}")
PREFER = (
    Annotated[
        str | None,
        Header(
            alias="Prefer",
            description=(
                "`wait=N`: answer when the row shows the command, but after N seconds at the "
                f"latest (at most {LONGEST_WAIT}). `respond-async`: answer at once and run the "
                "command later; `Location` leads to its outcome. With both, `respond-async` counts."
            ),
        ),
    ],
    None,
)
"""The parameter of a route."""


@dataclass(frozen=True)
class Preferences:
    """Preferences; `wait` is in seconds, 0 for none."""

    wait: int = 0
    respond_async: bool = False


def preferences(header: str | None) -> Preferences:
    wanted = dict(reversed(list(_tokens(header or ""))))  # the first of several counts
    wait = wanted.get("wait", "")
    seconds = min(int(wait), LONGEST_WAIT) if SECONDS.fullmatch(wait) else 0
    return Preferences(seconds, "respond-async" in wanted)


def _tokens(header: str) -> Iterator[tuple[str, str]]:
    """Yield names, in lower case, and values; parameters of a preference are left out."""
    for preference in header.split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        yield name.strip().lower(), value.strip().strip('"')
