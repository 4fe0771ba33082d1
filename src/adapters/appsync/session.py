"""GraphQL sessions with AppSync, and the meaning of its errors."""

import os
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from gql import Client, GraphQLRequest
from gql.transport.exceptions import (
    TransportConnectionFailed,
    TransportProtocolError,
    TransportQueryError,
    TransportServerError,
)
from gql.transport.requests import RequestsHTTPTransport
from graphql import DocumentNode, parse, print_ast
from requests.auth import AuthBase

from adapters.appsync.selection import repeated
from application.ports import Refused, RowConflict, Unavailable

TIMEOUT = 5  # seconds, below every function's own; the transport has none by default

USER_AGENT = "skafu"
# Looked up with each request, together with `.netrc`, unless there is none of them at the start.
FROM_ENVIRONMENT = (
    *(
        name
        for scheme in ("http", "https", "all")
        for name in (f"{scheme}_proxy", f"{scheme.upper()}_PROXY")
    ),
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
)

# AppSync answers many failures with HTTP 200 and these in `errors[].errorType`.
FIELD_FAILED = "MappingTemplate"
CONFLICT = "DynamoDB:ConditionalCheckFailedException"
TRANSIENT = (
    "ThrottlingException",
    "TooManyRequestsException",
    "ExecutionTimeout",
    "InternalFailure",
    "InternalFailureException",
    "ServiceUnavailable",
    "DynamoDB:ProvisionedThroughputExceededException",
    "DynamoDB:ThrottlingException",
    "DynamoDB:InternalServerError",
    "DynamoDB:RequestLimitExceeded",
    "DynamoDB:TransactionConflictException",
)


# What AppSync says, without a kind, when its schema lacks a field, a type, an argument or a value.
UNKNOWN_TO_SCHEMA = re.compile(
    r"not defined for input object type|No value found for name"
    r"|of type (FieldUndefined|UnknownType|UnknownArgument)"
)


class SchemaBehind(Unavailable):
    """AppSync's schema lacks what this release asks for: its deployment is in progress."""


class RowsUnreadable(Refused):
    """Some fields cannot be shown as the schema declares them; `data` is the rest of the answer.

    AppSync leaves out the smallest part around such a field that may be null: a row of a list, or
    all of a single row.
    """

    def __init__(self, data: Any) -> None:  # noqa: ANN401 - the one field's value
        super().__init__("fields of a row do not fit the schema")
        self.data = data


class AppSyncError(Refused):
    """AppSync refused the request and will refuse it again."""

    def __init__(self, kinds: tuple[str, ...], message: str) -> None:
        super().__init__(f"{'/'.join(kinds)}: {message}")
        self.kinds = kinds


class GraphQLSession(Protocol):
    """A connected gql session: `Client.connect_sync()`."""

    def execute(self, request: GraphQLRequest, **arguments: Any) -> dict[str, Any]: ...  # noqa: ANN401 - gql's own


class SigV4(AuthBase):
    """Signs the bytes of a request; gql's own IAM authentication supports aiohttp only."""

    def __init__(self, credentials: Credentials, region: str) -> None:
        self._signer = SigV4Auth(credentials, "appsync", region)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        signed = AWSRequest(
            method=request.method,
            url=request.url,
            data=request.body,
            headers={"Content-Type": request.headers["Content-Type"]},
        )
        self._signer.add_auth(signed)
        request.headers.update(dict(signed.headers))
        return request


def open_session(url: str, auth: AuthBase | None = None) -> GraphQLSession:
    """Open a session and keep it: a session for each call costs half as much again."""
    transport = RequestsHTTPTransport(url=url, auth=auth, timeout=TIMEOUT)
    session: GraphQLSession = Client(transport=transport).connect_sync()  # type: ignore[no-untyped-call] # gql's
    assert transport.session is not None
    transport.session.headers["User-Agent"] = USER_AGENT
    transport.session.trust_env = any(name in os.environ for name in FROM_ENVIRONMENT)
    return session


def run(
    session: GraphQLSession,
    document: str,
    variables: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
) -> Any:  # noqa: ANN401 - the one field's value
    """Return the value of the document's only field.

    Raises `RowConflict`, `Unavailable` or `AppSyncError`, also when there are data and errors, and
    `RowsUnreadable` when all errors are of stored values that do not fit the schema.
    """
    try:
        data = _execute(session, document, variables, headers)
    except TransportQueryError as error:
        raise _meaning(error.errors or [], error.data) from error
    return next(iter(data.values()))


def run_each(
    session: GraphQLSession,
    document: str,
    variables: Sequence[Mapping[str, Any]],
    headers: Mapping[str, str],
) -> list[Any]:
    """Return the value of the query's only field for each of the variables, by one request.

    In the place of a value may be an error: `AppSyncError` or `RowsUnreadable`. Raises as `run` if
    all of the request failed, and `Unavailable` if some of it can be read later.
    """
    whole = {f"{name}_{n}": value for n, one in enumerate(variables) for name, value in one.items()}
    try:
        data = _execute(session, repeated(document, len(variables)), whole, headers)
        return [data[f"_{n}"] for n in range(len(variables))]
    except TransportQueryError as error:
        return _values(error, len(variables))


def _values(error: TransportQueryError, count: int) -> list[Any]:
    """Return the values of a request some of whose fields have failed."""
    errors: dict[str, list[dict[str, Any]]] = {}
    for one in error.errors or []:
        errors.setdefault(str(next(iter(one.get("path") or ()), "")), []).append(one)
    names, data = [f"_{n}" for n in range(count)], error.data or {}
    if not errors.keys() <= set(names):
        raise _meaning(error.errors or [], error.data) from error
    meanings = {name: _meaning(found, {name: data.get(name)}) for name, found in errors.items()}
    for meaning in meanings.values():
        if isinstance(meaning, Unavailable):
            raise meaning from error
    return [meanings.get(name) or data.get(name) for name in names]


def _execute(
    session: GraphQLSession,
    document: str,
    variables: Mapping[str, Any],
    headers: Mapping[str, str] | None,
) -> dict[str, Any]:
    request = _Printed(_parsed(document), variable_values=dict(variables))
    extra = {} if headers is None else {"extra_args": {"headers": dict(headers)}}
    try:
        return session.execute(request, **extra)
    except TransportQueryError:
        raise
    except TransportConnectionFailed as error:
        raise Unavailable(str(error)) from error
    except TransportProtocolError as error:
        raise Unavailable(type(error).__name__) from None  # its text quotes the answer
    except TransportServerError as error:
        raise _server_error(error) from error


class _Printed(GraphQLRequest):
    """A request whose document is printed once per process: that takes as long as the rest."""

    @property
    def payload(self) -> dict[str, Any]:
        return {"query": _text(self.document), "variables": self.variable_values}


@cache
def _parsed(document: str) -> DocumentNode:
    return parse(document)


_texts: dict[int, str] = {}


def _text(document: DocumentNode) -> str:
    """Return the text of a document that `_parsed` keeps for ever, so that its `id` is its own."""
    if id(document) not in _texts:
        _texts[id(document)] = print_ast(document)
    return _texts[id(document)]


def _meaning(errors: list[dict[str, Any]], data: Mapping[str, Any] | None) -> Exception:
    if errors and all(map(_of_stored_value, errors)):
        return RowsUnreadable(next(iter((data or {}).values()), None))
    kinds = tuple(str(error.get("errorType")) for error in errors)
    if any(kind in TRANSIENT for kind in kinds):
        return Unavailable("/".join(kinds))
    if CONFLICT in kinds:
        return RowConflict("/".join(kinds))
    messages = [str(error.get("message")) for error in errors]
    if unknown := next(filter(UNKNOWN_TO_SCHEMA.search, messages), None):
        return SchemaBehind(unknown.strip())
    return AppSyncError(kinds, ", ".join(map(_place, errors)))


def _place(error: Mapping[str, Any]) -> str:
    """Return the path of the error; its message may quote a value that was sent."""
    return "/".join(map(str, error.get("path") or ())) or "the request"


def _of_stored_value(error: Mapping[str, Any]) -> bool:
    """Tell whether a field within the answer failed, for no other reason than its value.

    Amplify resolves the field `owner` itself, which fails on a value of another type.
    """
    return error.get("errorType") in (None, "", FIELD_FAILED) and len(error.get("path") or ()) > 1


def _server_error(error: TransportServerError) -> Exception:
    if error.code in (401, 403):
        return AppSyncError(("UnauthorizedException",), str(error))
    if error.code is not None and error.code < 500 and error.code != 429:
        return AppSyncError((f"HTTP {error.code}",), str(error))
    return Unavailable(str(error))
