"""Who calls: taken from the verified token's claims, never from the body."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from handlers.client import client


class Unauthorized(Exception):
    """No valid ID token."""


class Forbidden(Exception):
    """May read, may not command; or may not read this."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in person, or a machine. `token` is what AppSync gets when a query is passed on.

    `name` and `email` are the token's, `client` is where the request came from: in plain text, to
    be sealed before anything is stored.
    """

    sub: str
    username: str
    groups: frozenset[str]
    token: str
    is_machine: bool = False
    name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    client: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def owner(self) -> str:
        """The form in which Amplify's owner rules know a person."""
        return f"{self.sub}::{self.username}"

    @property
    def is_admin(self) -> bool:
        return "Admin" in self.groups

    @property
    def is_developer(self) -> bool:
        return "Developer" in self.groups


def caller(event: Mapping[str, Any]) -> Caller:
    """From the claims that the gateway's authorizer verified. Raises `Unauthorized`."""
    claims = ((event.get("requestContext") or {}).get("authorizer") or {}).get("claims") or {}
    # The gateway takes ID tokens; an access token has no audience to check.
    if claims.get("token_use") != "id" or not claims.get("sub"):
        raise Unauthorized("An ID token is needed.")
    return Caller(
        sub=claims["sub"],
        username=claims.get("cognito:username") or claims["sub"],
        groups=groups(claims.get("cognito:groups")),
        token=bearer(event.get("headers") or {}),
        name=claims.get("name") or None,
        email=claims.get("email") or None,
        client=client(event),
    )


def groups(claim: str | list[str] | None) -> frozenset[str]:
    """The gateway hands a list claim on as text: `Admin,Developer` or `[Admin Developer]`."""
    if isinstance(claim, str):
        claim = claim.strip("[]").replace(",", " ").split()
    return frozenset(claim or ())


def bearer(headers: Mapping[str, str]) -> str:
    value = next((v for k, v in headers.items() if k.lower() == "authorization"), "")
    return value.removeprefix("Bearer ").strip()
