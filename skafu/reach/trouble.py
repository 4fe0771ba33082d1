"""What went wrong around a command, as one sentence with the way out."""

import errno
from collections.abc import Callable
from subprocess import CalledProcessError
from typing import TypeAlias

from botocore import exceptions as aws
from pydantic import ValidationError
from requests.exceptions import RequestException

from application.failures import reason
from application.ports import Refused, Unavailable
from application.upcasting import UnreadableEvent
from kernel.errors import DomainError


class Trouble(Exception):
    """The command cannot do what was asked; the message says why, and what to do."""


EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
UNKNOWN = {
    "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch",
    "InvalidSignatureException", "AuthFailure", "IncompleteSignature", "InvalidAccessKeyId",
    "MissingAuthenticationToken", "InvalidToken",
}  # fmt: skip
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"}
BUSY = {
    "Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded",
    "TooManyRequestsException", "ProvisionedThroughputExceededException", "RequestThrottled",
    "SlowDown", "ServiceUnavailable", "InternalServerError", "InternalFailure",
}  # fmt: skip
SIGN_IN = "Sign in to AWS again (`aws sso login`, or new keys), and repeat the command."
SET_REGION = "No AWS region is set: name one in AWS_REGION, or in your AWS profile."
SET_CREDENTIALS = "No AWS credentials were found: sign in to AWS, or name a profile in AWS_PROFILE."
LATER = "Wait a moment, and repeat the command."
LOOPBACK = ("//127.0.0.1", "//localhost", "//[::1]")


def sentence(error: Exception) -> str:
    """Return what happened and what to do about it. Anything unforeseen is named as a fault."""
    for kinds, told in KNOWN:
        if isinstance(error, kinds):
            return told(error)
    return (
        f"skafu itself is at fault: {reason(error)}. "
        "Nothing more was done; SKAFU_TRACEBACK=1 shows where it happened."
    )


def itself(error: Exception) -> str:
    return str(error)


def refusal(error: Exception) -> str:
    """Return what a service of AWS answered, by the kind of its refusal."""
    assert isinstance(error, aws.ClientError)
    details = error.response.get("Error", {})
    code, message = str(details.get("Code", "")), str(details.get("Message", ""))
    if code in EXPIRED:
        return f"The AWS sign-in has expired. {SIGN_IN}"
    if code in UNKNOWN:
        return f"AWS does not know these credentials ({code}). {SIGN_IN}"
    if code in DENIED:
        return f"AWS denies {error.operation_name}: {message or code}"
    if code in BUSY:
        return f"AWS is busy ({error.operation_name}: {code}). {LATER}"
    return f"AWS refuses {error.operation_name}: {message or code} ({code})"


def unreachable(error: Exception) -> str:
    """Return the address that did not answer, and where to look."""
    url = address(error)
    local = any(place in url for place in LOOPBACK)
    way_out = "Is `make dev` running?" if local else "Look at the network, the proxy, the region."
    return f"{url} does not answer. {way_out}"


def address(error: Exception) -> str:
    url = getattr(error, "kwargs", {}).get("endpoint_url")
    request = getattr(error, "request", None)
    return str(url or getattr(request, "url", None) or "The system")


def no_file(error: Exception) -> str:
    assert isinstance(error, OSError)
    place = f" {error.filename}" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full:{place or ' a file'} could not be written. Nothing was kept."
    return f"The file{place} cannot be used: {error.strerror or error}."


def unreadable(error: Exception) -> str:
    """Name what cannot be read; the values stay out of it."""
    assert isinstance(error, ValidationError)
    places = {".".join(map(str, found["loc"])) or found["type"] for found in error.errors()}
    return (
        f"Stored data cannot be read by this release ({error.title}: {', '.join(sorted(places))}). "
        "Is the system newer than this tool?"
    )


def unreadable_event(error: Exception) -> str:
    return (
        f"Stored data cannot be read by this release ({error}). Is the system newer than this "
        "tool? Otherwise `skafu verify` says more."
    )


def busy(error: Exception) -> str:
    """Return what made the system unavailable, which may be the caller's own settings."""
    cause = error.__cause__
    while isinstance(cause, Exception):
        if isinstance(cause, OUTSIDE):
            return sentence(cause)
        cause = cause.__cause__
    return f"The system does not answer, or has too much to do ({reason(error)}). {LATER}"


def ended(error: Exception) -> str:
    assert isinstance(error, CalledProcessError)
    return f"`{' '.join(map(str, error.cmd))}` ended with code {error.returncode}."


OUTSIDE = (aws.ClientError, aws.BotoCoreError, RequestException)
Told: TypeAlias = Callable[[Exception], str]
KNOWN: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Told], ...] = (
    (Trouble, itself),
    (aws.NoRegionError, lambda _: SET_REGION),
    (
        (aws.NoCredentialsError, aws.PartialCredentialsError, aws.CredentialRetrievalError),
        lambda _: SET_CREDENTIALS,
    ),
    (
        (aws.SSOError, aws.TokenRetrievalError, aws.LoginError),
        lambda _: f"The AWS sign-in has expired. {SIGN_IN}",
    ),
    ((aws.HTTPClientError, aws.ConnectionError), unreachable),
    (aws.ClientError, refusal),
    (aws.BotoCoreError, lambda error: f"AWS cannot be used: {error}"),
    (Unavailable, busy),
    (Refused, lambda error: f"The system refuses: {error}"),
    (RequestException, unreachable),
    (ValidationError, unreadable),
    (UnreadableEvent, unreadable_event),
    (DomainError, itself),
    (CalledProcessError, ended),
    (OSError, no_file),
)
