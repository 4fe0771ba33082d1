"""The error table: what each error means for operators, and how the APIs answer it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

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
from application.jobs import InvalidJob
from application.ports import (
    ClaimTaken,
    CommitConflict,
    Invalid,
    NotAllowed,
    Refused,
    RowConflict,
    RowUnreadable,
    Unavailable,
)
from application.privacy.subject_keys import SubjectIsForgotten
from application.publishing.republish import CommitMissing
from application.reading.leases import LeaseHeld
from application.reading.reconcile import OutOfTime, RowsLeft
from application.sagas.tasks import Defect
from application.scaffolding import NotRendered
from application.upcasting import UnreadableEvent
from application.writing.deferral import DeferredCommandNotFound, TicketConflict
from application.writing.heads import StreamBroken
from application.writing.identity import KeyExpired
from application.writing.limits import TooLarge
from application.writing.requests import CommandIdReused, MergeConflict, WrongExpectedVersion
from edge.caller import Forbidden, Unauthorized, UnusableUserName
from edge.http.refusals import (
    AnotherRow,
    InvalidRequest,
    MethodNotAllowed,
    NoSuchRoute,
    NoSuchUser,
    UnsupportedContentType,
)
from edge.http.strict_json import BodyTooLarge, MalformedJson
from kernel.errors import DomainError, FieldsDoNotFit, NotFound
from kernel.projection import RowMissing
from kernel.saga import StepFailed
from kernel.scaffolds import Unusable

NO_HEADERS: Mapping[str, str] = {}
RETRY_AFTER = {"Retry-After": "1"}
BEARER = {"WWW-Authenticate": "Bearer"}


@dataclass(frozen=True, slots=True)
class Answer:
    """The problem that the APIs answer with.

    Without a `problem`, its type is the name of the error's class, so that every refusal has a type
    of its own. Without a `detail`, the detail is the error's own text.
    """

    status: HTTPStatus
    problem: str = ""
    detail: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


INTERNAL = Answer(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "internal-error",
    "Something went wrong on our side; it has been recorded.",
)


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """A class of errors, with its subclasses.

    `retryable`: the same input may succeed later without a change of code. `meaning` is for
    operators. No user is told more than `INTERNAL` of an error without an `answer`.
    """

    error: type[Exception]
    severity: Severity
    retryable: bool
    meaning: str
    answer: Answer = INTERNAL


def refused(
    error: type[Exception],
    status: HTTPStatus,
    meaning: str,
    problem: str = "",
    detail: str = "",
    headers: Mapping[str, str] = NO_HEADERS,
) -> ErrorRow:
    """Return the row of an error that the client has to deal with."""
    answer = Answer(status, problem, detail, headers)
    return ErrorRow(error, Severity.WARNING, False, meaning, answer)


# The first row that fits counts, so the more special classes stand first. docs/operations.md and
# docs/reference/problems.md are generated from this table.
ERRORS = (
    ErrorRow(CommitTampered, Severity.CRITICAL, False, "history was changed: run `skafu verify`"),
    ErrorRow(StreamBroken, Severity.CRITICAL, False, "a commit is missing: run `skafu verify`"),
    ErrorRow(CommitMissing, Severity.CRITICAL, False, "a commit is missing: run `skafu verify`"),
    ErrorRow(RecordsNotPublished, Severity.CRITICAL, True, "run `skafu dlq redrive`"),
    ErrorRow(MessageGivenUp, Severity.ERROR, True, "fix the cause, then run `skafu dlq redrive`"),
    ErrorRow(OutOfTime, Severity.WARNING, True, "a run has to end: the next one begins anew"),
    ErrorRow(RowsLeft, Severity.ERROR, False, "rows that nothing mends by itself: `skafu verify`"),
    ErrorRow(InvalidJob, Severity.WARNING, False, "the input of a workflow is no job: correct it"),
    ErrorRow(Discarded, Severity.INFO, False, "somebody decided not to retry it"),
    ErrorRow(
        RowUnreadable,
        Severity.WARNING,
        True,
        "a row does not fit the schema of the read models: run `skafu verify --repair`",
        Answer(
            HTTPStatus.SERVICE_UNAVAILABLE,
            detail="This row cannot be read at present. Try again later.",
            headers={"Retry-After": "60"},
        ),
    ),
    ErrorRow(
        Unavailable,
        Severity.WARNING,
        True,
        "a service throttled, timed out or was down, or other writers were always first",
        Answer(
            HTTPStatus.SERVICE_UNAVAILABLE,
            detail="Try again in a moment; a command with the same Idempotency-Key.",
            headers=RETRY_AFTER,
        ),
    ),
    ErrorRow(CommitConflict, Severity.WARNING, True, "another writer was first"),
    ErrorRow(RowConflict, Severity.WARNING, True, "another projector was first"),
    ErrorRow(TicketConflict, Severity.WARNING, True, "one deferred command was sent twice at once"),
    ErrorRow(LeaseHeld, Severity.WARNING, True, "another process does this work at present"),
    ErrorRow(BotoCoreError, Severity.WARNING, True, "AWS could not be reached"),
    ErrorRow(OSError, Severity.WARNING, True, "a connection broke"),
    refused(
        DeferredCommandNotFound,
        HTTPStatus.NOT_FOUND,
        "no such command was deferred in the last seven days",
        "command-not-found",
    ),
    refused(NotFound, HTTPStatus.NOT_FOUND, "the request names something that does not exist"),
    refused(
        FieldsDoNotFit,
        HTTPStatus.BAD_REQUEST,
        "fields of the request do not fit what another aggregate asks for",
    ),
    refused(NotRendered, HTTPStatus.CONFLICT, "a file cannot be rendered with these values"),
    refused(Unusable, HTTPStatus.CONFLICT, "a file uses what files must not use"),
    refused(DomainError, HTTPStatus.CONFLICT, "a rule refused the command"),
    ErrorRow(
        ClaimTaken, Severity.WARNING, False, "another aggregate already holds this unique value"
    ),
    refused(
        MergeConflict, HTTPStatus.CONFLICT, "events recorded in the meantime touch the same parts"
    ),
    refused(
        WrongExpectedVersion,
        HTTPStatus.PRECONDITION_FAILED,
        "the client decided on another version",
        "version-mismatch",
    ),
    refused(
        AnotherRow,
        HTTPStatus.PRECONDITION_FAILED,
        "the client named another row than the present one",
        "version-mismatch",
    ),
    refused(
        CommandIdReused,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "one idempotency key was used for two commands",
        detail="This Idempotency-Key has already been used for another command.",
    ),
    refused(
        KeyExpired,
        HTTPStatus.BAD_REQUEST,
        "the command was sent again too late",
        detail="This Idempotency-Key was made more than 24 hours ago; make a new one.",
    ),
    refused(TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "an event or a commit is too large"),
    refused(BodyTooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large"),
    refused(MalformedJson, HTTPStatus.BAD_REQUEST, "the body is not valid JSON"),
    ErrorRow(Invalid, Severity.WARNING, False, "AppSync does not accept the request"),
    refused(
        SubjectIsForgotten,
        HTTPStatus.FORBIDDEN,
        "the user asked to be forgotten",
        detail="This user was forgotten; the account accepts no more commands.",
    ),
    refused(NoSuchUser, HTTPStatus.BAD_REQUEST, "the request names a user who is not in the pool"),
    refused(InvalidRequest, HTTPStatus.BAD_REQUEST, "the request is not valid"),
    refused(
        UnsupportedContentType,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "the body is not announced as JSON in UTF-8",
        headers={"Accept": "application/json"},
    ),
    refused(
        MethodNotAllowed,
        HTTPStatus.METHOD_NOT_ALLOWED,
        "the path takes other methods",
    ),
    refused(NoSuchRoute, HTTPStatus.NOT_FOUND, "no operation has this method and path"),
    refused(
        Unauthorized,
        HTTPStatus.UNAUTHORIZED,
        "nobody is signed in",
        headers=BEARER,
    ),
    refused(
        UnusableUserName,
        HTTPStatus.FORBIDDEN,
        "the user name contains `::`, which separates the parts of an owner",
        detail="Your user name contains `::`. Sign in with another one: nothing can belong to you.",
    ),
    refused(Forbidden, HTTPStatus.FORBIDDEN, "the caller is not allowed to do this"),
    refused(
        NotAllowed,
        HTTPStatus.FORBIDDEN,
        "AppSync denies this caller access",
        "forbidden",
        "You are not allowed to read this.",
    ),
    ErrorRow(Refused, Severity.ERROR, False, "AppSync refused the call and will refuse it again"),
    ErrorRow(ClientError, Severity.ERROR, False, "AWS refused the call and will refuse it again"),
    ErrorRow(
        StepFailed, Severity.WARNING, False, "a step of a saga cannot be done: its run is undone"
    ),
    ErrorRow(Defect, Severity.ERROR, False, "a defect of Skafu; the log of SagaStep says which"),
    ErrorRow(RowMissing, Severity.WARNING, True, "a row was read too early"),
    ErrorRow(Unreadable, Severity.CRITICAL, False, "sealed under another key, or changed"),
    ErrorRow(
        UnreadableEvent,
        Severity.ERROR,
        False,
        "written by a newer release: deploy it; otherwise run `skafu verify`",
        Answer(
            HTTPStatus.SERVICE_UNAVAILABLE,
            detail="What is stored cannot be read at present. Try again later.",
            headers={"Retry-After": "60"},
        ),
    ),
    ErrorRow(ValidationError, Severity.ERROR, False, "not in a form that this release reads"),
    ErrorRow(ValueError, Severity.ERROR, False, "a value that this release does not read"),
    ErrorRow(LookupError, Severity.ERROR, False, "something is missing in the input"),
    ErrorRow(Exception, Severity.ERROR, False, "a defect of Skafu"),
)
ANSWERED = tuple(row.error for row in ERRORS if row.answer is not INTERNAL)
"""Errors that a request can be expected to end in."""


def row_of(error: type[Exception]) -> ErrorRow:
    return next(row for row in ERRORS if issubclass(error, row.error))


def problem_type(error: type[Exception]) -> str:
    """Return the last part of the problem's type: `version-mismatch`."""
    return row_of(error).answer.problem or kebab(error.__name__)


def kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def failure(
    error: Exception, *, where: str, key: Mapping[str, str | int], what: str | None = None
) -> Failure:
    """Return the record of an error; `what` is the name of its class unless one is given."""
    row = row_of(type(error))
    return Failure(
        what=what or type(error).__name__,
        where=where,
        why=reason(error),
        severity=row.severity,
        retryable=row.retryable,
        key=dict(key),
    )
