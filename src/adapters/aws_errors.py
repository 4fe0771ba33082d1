"""Errors of AWS that mean "try again later"; the client itself has then retried already."""

from botocore.exceptions import BotoCoreError, ClientError

from application.ports import Unavailable

RETRYABLE = {
    "ConditionalRequestConflict",
    "InternalServerError",
    "LimitExceededException",
    "OperationAborted",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    # A plain Put that meets a running transaction.
    "TransactionConflictException",
}


def unavailable(error: ClientError | BotoCoreError) -> Exception:
    """Return `Unavailable` for a transient error, and any other error itself."""
    if isinstance(error, BotoCoreError):
        return Unavailable(str(error))
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    if error.response["Error"]["Code"] in RETRYABLE or status >= 500:
        return Unavailable(str(error))
    return error
