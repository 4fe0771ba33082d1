"""What a client would like of the answer: the header `Prefer` (RFC 7240).

A preference is a wish: one that is not known, or not well formed, is passed over.
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
                "`wait=N`: answer when the aggregate's row shows the command, after N seconds "
                f"(at most {LONGEST_WAIT}) at the latest. "
                "`respond-async`: answer at once, and run the command later; `Location` tells "
                "its outcome. It comes before `wait`."
            ),
        ),
    ],
    None,
)
"""A route's parameter."""


@dataclass(frozen=True)
class Preferences:
    """`wait` in seconds; 0 when nobody wants to wait."""

    wait: int = 0
    respond_async: bool = False


def preferences(header: str | None) -> Preferences:
    wanted = dict(reversed(list(_tokens(header or ""))))  # the first of several counts
    wait = wanted.get("wait", "")
    seconds = min(int(wait), LONGEST_WAIT) if SECONDS.fullmatch(wait) else 0
    return Preferences(seconds, "respond-async" in wanted)


def _tokens(header: str) -> Iterator[tuple[str, str]]:
    """Names, in lower case, and values; parameters of a preference are left out."""
    for preference in header.split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        yield name.strip().lower(), value.strip().strip('"')
