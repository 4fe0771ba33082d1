"""The one table from an error's class to what a failure of it means for the operator."""

from collections.abc import Mapping
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from application.failures import (
    CommitTampered,
    Discarded,
    Failure,
    MessageGivenUp,
    RecordsNotPublished,
    Severity,
    Unreadable,
    reason,
)
from application.ports import (
    ClaimTaken,
    CommitConflict,
    Invalid,
    NotAllowed,
    Refused,
    RowConflict,
    Unavailable,
)
from application.privacy.subject_keys import SubjectIsForgotten
from application.publishing.republish import CommitMissing
from application.upcasting import UnreadableEvent
from application.writing.deferral import TicketConflict
from application.writing.heads import StreamBroken
from application.writing.identity import KeyExpired, KeyFromTheFuture
from application.writing.limits import TooLarge
from application.writing.requests import CommandIdReused, MergeConflict, WrongExpectedVersion
from edge.caller import Forbidden, Unauthorized
from edge.http.strict_json import BodyTooLarge, InvalidRequest, MalformedJson
from kernel.errors import DomainError
from kernel.projection import RowMissing


@dataclass(frozen=True, slots=True)
class ErrorClass:
    """`retryable`: the same input may succeed later without a change of code."""

    type: type[BaseException]
    severity: Severity
    retryable: bool
    meaning: str


# First match wins: the more special classes stand first. docs/operations.md prints this table.
ERROR_CLASSES = (
    ErrorClass(CommitTampered, Severity.CRITICAL, False, "history was changed: `skafu verify`"),
    ErrorClass(StreamBroken, Severity.CRITICAL, False, "a commit is missing: `skafu verify`"),
    ErrorClass(CommitMissing, Severity.CRITICAL, False, "a commit is missing: `skafu verify`"),
    ErrorClass(RecordsNotPublished, Severity.CRITICAL, True, "`skafu dlq redrive`"),
    ErrorClass(MessageGivenUp, Severity.ERROR, True, "mend the cause, then `skafu dlq redrive`"),
    ErrorClass(Discarded, Severity.INFO, False, "somebody's decision, on record"),
    ErrorClass(Unavailable, Severity.WARNING, True, "throttled, timed out, down, or outrun"),
    ErrorClass(CommitConflict, Severity.WARNING, True, "another writer was first"),
    ErrorClass(RowConflict, Severity.WARNING, True, "another projector was first"),
    ErrorClass(TicketConflict, Severity.WARNING, True, "a deferred command was sent twice at once"),
    ErrorClass(BotoCoreError, Severity.WARNING, True, "AWS was not reached"),
    ErrorClass(OSError, Severity.WARNING, True, "a connection broke"),
    ErrorClass(DomainError, Severity.WARNING, False, "a rule refused the command"),
    ErrorClass(ClaimTaken, Severity.WARNING, False, "another aggregate has the name"),
    ErrorClass(MergeConflict, Severity.WARNING, False, "touches what was changed meanwhile"),
    ErrorClass(WrongExpectedVersion, Severity.WARNING, False, "decided on another version"),
    ErrorClass(CommandIdReused, Severity.WARNING, False, "one key for two commands"),
    ErrorClass(KeyFromTheFuture, Severity.WARNING, False, "a client's clock is wrong"),
    ErrorClass(KeyExpired, Severity.WARNING, False, "sent again too late"),
    ErrorClass(TooLarge, Severity.WARNING, False, "above a cap"),
    ErrorClass(BodyTooLarge, Severity.WARNING, False, "above a cap"),
    ErrorClass(MalformedJson, Severity.WARNING, False, "no JSON"),
    ErrorClass(Invalid, Severity.WARNING, False, "not what AppSync takes"),
    ErrorClass(SubjectIsForgotten, Severity.WARNING, False, "the person asked to be forgotten"),
    ErrorClass(InvalidRequest, Severity.WARNING, False, "not what the operation takes"),
    ErrorClass(Unauthorized, Severity.WARNING, False, "nobody is signed in"),
    ErrorClass(Forbidden, Severity.WARNING, False, "may not"),
    ErrorClass(NotAllowed, Severity.WARNING, False, "AppSync lets this caller not"),
    ErrorClass(Refused, Severity.ERROR, False, "AppSync refused; it will again"),
    ErrorClass(ClientError, Severity.ERROR, False, "AWS refused; it will again"),
    ErrorClass(RowMissing, Severity.WARNING, True, "a row was read too early"),
    ErrorClass(Unreadable, Severity.CRITICAL, False, "sealed under another key, or changed"),
    ErrorClass(UnreadableEvent, Severity.ERROR, False, "written by a newer release: deploy it"),
    ErrorClass(ValidationError, Severity.ERROR, False, "not the shape that this release reads"),
    ErrorClass(ValueError, Severity.ERROR, False, "not the content that this release reads"),
    ErrorClass(LookupError, Severity.ERROR, False, "something is missing in it"),
    ErrorClass(Exception, Severity.ERROR, False, "a defect of ours"),
)


def error_class(error: BaseException) -> ErrorClass:
    return next(row for row in ERROR_CLASSES if isinstance(error, row.type))


def failure(
    error: Exception, *, where: str, key: Mapping[str, str | int], what: str | None = None
) -> Failure:
    """The record of an error; `what` is the name of its class unless one is given."""
    row = error_class(error)
    return Failure(
        what=what or type(error).__name__,
        where=where,
        why=reason(error),
        severity=row.severity,
        retryable=row.retryable,
        key=dict(key),
    )
