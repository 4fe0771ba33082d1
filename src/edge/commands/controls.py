"""Controls of a command: what a client says in headers, in the envelope, or in both."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self, TypeVar

from application.writing.requests import NO_VERSION, OnConflict
from edge.commands.bodies import Envelope
from edge.http.api import CORRELATION_ID, Parameter
from edge.http.entity_tags import precondition
from edge.http.headers import (
    Correlation,
    IdempotencyKey,
    IfAbsent,
    IfMatch,
    OnConflictHeader,
)
from edge.http.refusals import InvalidRequest

V = TypeVar("V")
ANY_VERSION = -2
"""The expected version of `If-Match: *`, which every aggregate that exists is at."""

CONTROL_HEADERS: Mapping[str, Parameter] = {
    "idempotency_key": (IdempotencyKey, None),
    "if_match": (IfMatch, None),
    "x_on_conflict": (OnConflictHeader, None),
    "x_correlation_id": (Correlation, None),
}
"""The parameters of every route that takes one command."""
CREATION_HEADERS: Mapping[str, Parameter] = {"if_none_match": (IfAbsent, None)}
"""Those that a creation takes as well."""


class Versions(NamedTuple):
    """Versions that a client takes: the greatest, and the others."""

    expected: int
    others: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Controls:
    """The controls as they were given; `None` where nothing was."""

    command_id: str | None = None
    correlation_id: str | None = None
    versions: Versions | None = None
    on_conflict: OnConflict | None = None

    @classmethod
    def of_headers(
        cls,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        x_on_conflict: OnConflict | None = None,
        x_correlation_id: str | None = None,
    ) -> Self:
        """Raises `InvalidRequest` if both preconditions are given and differ."""
        absent = None if if_none_match is None else Versions(0)
        versions = once("If-Match", "If-None-Match", versions_of(if_match), absent)
        return cls(idempotency_key, x_correlation_id, versions, x_on_conflict)

    @classmethod
    def of_envelope(cls, envelope: Envelope[Any]) -> Self:
        expected = envelope.expected_version
        return cls(
            envelope.command_id,
            envelope.correlation_id,
            None if expected is None else Versions(expected),
            envelope.on_conflict if "on_conflict" in envelope.model_fields_set else None,
        )

    def with_headers(self, headers: Self) -> Self:
        """Return these of an envelope together with those of the headers.

        Raises `InvalidRequest` where the same is said twice with different values.
        """
        return replace(
            self,
            command_id=once("commandId", "Idempotency-Key", self.command_id, headers.command_id),
            correlation_id=once(
                "correlationId", CORRELATION_ID, self.correlation_id, headers.correlation_id
            ),
            versions=once("expectedVersion", "If-Match", self.versions, headers.versions),
            on_conflict=once("onConflict", "X-On-Conflict", self.on_conflict, headers.on_conflict),
        )


NO_CONTROLS = Controls()


def once(name: str, other: str, value: V | None, again: V | None) -> V | None:
    """Return the value that was given once, or twice alike. Raises `InvalidRequest`."""
    if None not in (value, again) and value != again:
        raise InvalidRequest(f"`{name}` and `{other}` differ: give one of them.", name)
    return again if value is None else value


def versions_of(if_match: str | None) -> Versions | None:
    """Return the versions of `If-Match`, which are compared strongly.

    What is no version of ours, or weak, is a tag that no aggregate has.
    """
    if if_match is None:
        return None
    wanted = precondition(if_match)
    if wanted.any:
        return Versions(ANY_VERSION)
    found = {version for tag in wanted.tags if (version := tag.version) is not None}
    first, *others = sorted(found or {NO_VERSION}, reverse=True)
    return Versions(first, tuple(others))
