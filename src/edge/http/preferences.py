"""Preferences of a client: the header `Prefer` (RFC 7240).

Section 2 wants preferences that a server does not know to be ignored. One that it knows, with a
value that is none, is not well formed, and is refused: to ignore it would be to guess.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Header
from pydantic import WithJsonSchema

from edge.http.refusals import InvalidRequest

LONGEST_WAIT = 10
"""Seconds."""
TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
SPACE = r"[ \t]*+"  # possessive: no header takes long to be refused
WORD = rf"{TOKEN}(?:{SPACE}={SPACE}(?:{TOKEN}|\"(?:[\t -!#-\[\]-~]|\\[\t -~])*+\")?)?"
PREFERENCE = re.compile(
    rf"{SPACE}(?P<first>{WORD})?(?:{SPACE};{SPACE}(?:{WORD})?)*+{SPACE}(?:,|\Z)"
)
PLACE = ("header", "prefer")
SECONDS = re.compile(r"[0-9]+")
PREFER = (
    Annotated[
        Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[\\t -~]*$"})] | None,
        Header(
            alias="Prefer",
            description=(
                "`wait=N`: answer when the row shows the command, but after N seconds at the "
                f"latest (at most {LONGEST_WAIT}). `respond-async`: answer at once and run the "
                "command later; `Location` leads to its outcome. With both, `respond-async` "
                "counts. `Preference-Applied` says what was done; other preferences are ignored."
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
    """Raises `InvalidRequest` if a preference is malformed."""
    wanted = dict(reversed(list(_preferences(header or ""))))  # the first of several counts
    if wanted.get("respond-async"):
        raise InvalidRequest("The preference `respond-async` takes no value.", *PLACE)
    return Preferences(_seconds(wanted.get("wait")), "respond-async" in wanted)


def _seconds(value: str | None) -> int:
    if value is None:
        return 0
    if not SECONDS.fullmatch(value):
        raise InvalidRequest(
            "The preference `wait` takes a whole number of seconds: `wait=2`.", *PLACE
        )
    # Python refuses to convert very long digit strings.
    return min(int(value), LONGEST_WAIT) if len(value) < 10 else LONGEST_WAIT


def _preferences(header: str) -> Iterator[tuple[str, str]]:
    """Yield names, in lower case, and values; parameters of a preference are left out."""
    place = 0
    while place < len(header):
        found = PREFERENCE.match(header, place)
        if found is None:
            raise InvalidRequest(
                "Preferences must be written as in RFC 7240: `wait=2, respond-async`.", *PLACE
            )
        if found["first"]:
            name, _, value = found["first"].partition("=")
            yield name.strip().lower(), value.strip().strip('"')
        place = found.end()
