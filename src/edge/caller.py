"""Who calls: taken from the verified token's claims, never from the body."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edge.client import client

PRINCIPAL = re.compile(
    r"arn:[\w-]+:(?:iam|sts)::(?P<account>[0-9]{12}):"
    r"(?:(?P<kind>user|federated-user)/(?:[^:]+/)?(?P<name>[^/:]+)"
    r"|assumed-role/(?P<role>[^/:]+)/[^/:]+)"
)


class Unauthorized(Exception):
    """No valid ID token."""


class Forbidden(Exception):
    """May read, may not command; or may not read this."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in person, or a machine. `token` is what AppSync gets when a query is passed on.

    `on_behalf_of` is the owner for whom a machine acts.
    `name` and `email` are the token's, `client` is where the request came from: in plain text, to
    be sealed before anything is stored.
    """

    sub: str
    username: str
    groups: frozenset[str]
    token: str
    is_machine: bool = False
    on_behalf_of: str | None = None
    name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    client: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def owner(self) -> str:
        """The form in which Amplify's owner rules know a person."""
        return f"{self.sub}::{self.username}"

    @property
    def person(self) -> str:
        """The `sub` of whom it is done for: a person's own, mostly."""
        return (self.on_behalf_of or self.owner).partition("::")[0]

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
        raise Unauthorized("A valid ID token is required.")
    return Caller(
        sub=claims["sub"],
        username=claims.get("cognito:username") or claims["sub"],
        groups=groups(claims.get("cognito:groups")),
        token=bearer(event.get("headers") or {}),
        name=claims.get("name") or None,
        email=claims.get("email") or None,
        client=client(event),
    )


def machine(event: Mapping[str, Any]) -> Caller:
    """From the identity that the gateway found by the request's signature. Raises `Unauthorized`.

    A person's token leaves no such identity, so nobody becomes a machine by a path.
    """
    identity = (event.get("requestContext") or {}).get("identity") or {}
    found = PRINCIPAL.fullmatch(identity.get("userArn") or "")
    if found is None:
        raise Unauthorized("The request must be signed with AWS Signature Version 4.")
    # A role's sessions are one machine: another of them may send a command again.
    name = found["role"] or found["name"]
    return named_machine(f"{found['account']}:{found['kind'] or 'role'}/{name}", name)


def event_source(source: str) -> Caller:
    """Another domain, as the one that its events on the bus are from.

    Whoever may put events of that source on the bus is it.
    """
    return named_machine(f"event:{source}", source)


def named_machine(sub: str, username: str) -> Caller:
    """No person's `sub` holds a colon, so none is taken for a machine's."""
    return Caller(f"machine:{sub}", username, groups=frozenset(), token="", is_machine=True)


def groups(claim: str | list[str] | None) -> frozenset[str]:
    """The gateway hands a list claim on as text: `Admin,Developer` or `[Admin Developer]`."""
    if isinstance(claim, str):
        claim = claim.strip("[]").replace(",", " ").split()
    return frozenset(claim or ())


def bearer(headers: Mapping[str, str]) -> str:
    value = next((v for k, v in headers.items() if k.lower() == "authorization"), "")
    return value.removeprefix("Bearer ").strip()
