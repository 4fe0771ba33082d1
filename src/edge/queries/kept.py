"""Answers that a process keeps for a few seconds, each for the caller who was given it.

An answer is given again only to a client that has said what it is content with: a version that the
answer has reached (`minVersion`), or an age (`Cache-Control: max-age`). Others get what AppSync
says now, and so does whoever sends `no-cache`.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header
from pydantic import StringConstraints

from edge.caller import Caller
from edge.http.api import Parameter
from kernel.digest import canonical
from kernel.values import Expected

SECONDS = 5.0
MAX_BYTES, MAX_ANSWER = 8 * 2**20, 2**18
"""Bytes of all answers that are kept, and of one: a larger one is not kept."""
MAX_AGE = re.compile(r"(?:^|[ ,])max-age=([0-9]{1,9})(?:$|[ ,])", re.IGNORECASE)
NEVER = re.compile(r"(?:^|[ ,])no-(?:cache|store)(?:$|[ ,])", re.IGNORECASE)
CACHE_CONTROL: Parameter = (
    Annotated[
        Annotated[
            str,
            StringConstraints(max_length=256, pattern=r"^[\t -~]*$"),
            Expected("at most 256 printable ASCII characters"),
        ]
        | None,
        Header(
            alias="Cache-Control",
            description=(
                "`max-age=N`: an answer that you were given in the last N seconds will do; it is "
                f"kept for {SECONDS:.0f} at most, and `meta.cached` says that it is that one. "
                "`no-cache`: it will not do, whatever its version."
            ),
        ),
    ],
    None,
)

Body = dict[str, Any]
Headers = Mapping[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Kept:
    body: Body
    headers: Headers
    at: float
    reached: int
    octets: int

    def answer(self) -> Response[Any]:
        """Return the answer, which says that it is one that was kept."""
        body = self.body | {"meta": self.body["meta"] | {"cached": True}}
        return Response(
            status_code=HTTPStatus.OK,
            content_type="application/json",
            body=body,
            headers=dict(self.headers),
        )


@dataclass
class KeptAnswers:
    """The answers of the last seconds, the oldest first."""

    monotonic: Callable[[], float]
    max_bytes: int = MAX_BYTES
    _kept: dict[str, Kept] = field(default_factory=dict)
    _octets: int = 0

    def find(self, key: str, min_version: int, cache_control: str | None) -> Kept | None:
        """Return the answer if it will do for this client."""
        if not self._kept:
            return None
        self._forget(self.monotonic() - SECONDS)
        found, said = self._kept.get(key), cache_control or ""
        if found is None or NEVER.search(said):
            return None
        age = MAX_AGE.search(said)
        if age:
            young = self.monotonic() - found.at <= int(age[1])
            return found if young and found.reached >= min_version else None
        return found if 0 < min_version <= found.reached else None

    def keep(self, key: str, body: Body, headers: Headers, reached: int) -> None:
        octets = len(json.dumps(body))
        if octets > MAX_ANSWER:
            return
        self._drop(key)
        self._kept[key] = Kept(body, dict(headers), self.monotonic(), reached, octets)
        self._octets += octets
        while self._octets > self.max_bytes:
            self._drop(next(iter(self._kept)))

    def _forget(self, before: float) -> None:
        """Drop what is older."""
        while self._kept and next(iter(self._kept.values())).at < before:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: str) -> None:
        dropped = self._kept.pop(key, None)
        self._octets -= dropped.octets if dropped else 0


def key_of(name: str, who: Caller, given: Mapping[str, Any]) -> str:
    """Return the key of an answer: one for each token, since that decides what AppSync shows."""
    asked = canonical([name, who.sub, who.token, dict(given)])
    return sha256(asked.encode()).hexdigest()
