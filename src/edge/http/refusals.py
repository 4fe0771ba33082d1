"""Errors of requests: the request itself is wrong, whatever it asks for."""

from collections.abc import Sequence


class InvalidRequest(ValueError):
    """The request is not valid. The message is for users; `path` leads to the fault."""

    def __init__(self, message: str, *path: str) -> None:
        super().__init__(message)
        self.path = path


class AnotherRow(Exception):
    """The row that is read is not the one that `If-Match` names."""


class NoSuchUser(InvalidRequest):
    """The request names a user who is not in the user pool."""


class UnsupportedContentType(ValueError):
    """The body is not announced as JSON in UTF-8."""


class MethodNotAllowed(LookupError):
    """The path takes other methods."""

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(f"This path takes {', '.join(allowed)}.")
        self.allowed = allowed


class NoSuchRoute(LookupError):
    """No operation has this method and path."""
