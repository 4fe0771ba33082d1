"""The caller: taken from the claims of the verified token, never from the body."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edge.client import client
from kernel.actor import SEPARATOR, owner, user_id

ADMIN, DEVELOPER = "Admin", "Developer"
GROUPS = frozenset({ADMIN, DEVELOPER})
PRINCIPAL = re.compile(
    r"arn:[\w-]+:(?:iam|sts)::(?P<account>[0-9]{12}):"
    r"(?:(?P<kind>user|federated-user)/(?:[^:]+/)?(?P<name>[^/:]+)"
    r"|assumed-role/(?P<role>[^/:]+)/[^/:]+)"
)

BEARER = re.compile(r"\s*bearer\s+", re.IGNORECASE)


class Unauthorized(Exception):
    """Nobody is signed in: there is no valid ID token."""


class Forbidden(Exception):
    """The caller is known, but not allowed to do this."""


class UnusableUserName(Exception):
    """The caller's user name cannot be part of an owner."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in user or a machine. Queries are passed on to AppSync with the `token`.

    A machine may act for an owner: `on_behalf_of`. The token's `name` and `email`, and the `client`
    that the request came from, are in plain text: they are sealed before anything is stored.
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
        return owner(self.sub, self.username)

    @property
    def person(self) -> str:
        """Return the `sub` of the user for whom the request is made: mostly the caller's own."""
        return user_id(self.on_behalf_of or self.owner)

    @property
    def is_admin(self) -> bool:
        return ADMIN in self.groups

    @property
    def is_developer(self) -> bool:
        return DEVELOPER in self.groups


def caller(event: Mapping[str, Any]) -> Caller:
    """Return the user of the claims that the gateway has verified.

    Raises `Unauthorized` and `UnusableUserName`.
    """
    claims = ((event.get("requestContext") or {}).get("authorizer") or {}).get("claims") or {}
    # Only ID tokens count: an access token has no audience that could be checked.
    if claims.get("token_use") != "id" or not claims.get("sub"):
        raise Unauthorized("A valid ID token is required.")
    token = bearer(event)
    return Caller(
        sub=claims["sub"],
        username=usable(claims.get("cognito:username") or claims["sub"]),
        groups=groups(claims, token),
        token=token,
        name=claims.get("name") or None,
        email=claims.get("email") or None,
        client=client(event),
    )


def machine(event: Mapping[str, Any]) -> Caller:
    """Return the machine whose signature the gateway has verified. Raises `Unauthorized`.

    A user's token leaves no such identity, so that no user becomes a machine by a path.
    """
    identity = (event.get("requestContext") or {}).get("identity") or {}
    found = PRINCIPAL.fullmatch(identity.get("userArn") or "")
    if found is None:
        raise Unauthorized("The request must be signed with AWS Signature Version 4.")
    # All sessions of a role are one machine, so that another may send a command again.
    name = found["role"] or found["name"]
    return named_machine(f"{found['account']}:{found['kind'] or 'role'}/{name}", name)


def event_source(source: str) -> Caller:
    """Return the machine that stands for another domain: the source of its events.

    Everybody who may put events of this source on the bus is this machine.
    """
    return named_machine(f"event:{source}", source)


def named_machine(sub: str, username: str) -> Caller:
    """Return a machine. No user's `sub` contains a colon, so none can be taken for a machine's."""
    return Caller(f"machine:{sub}", username, groups=frozenset(), token="", is_machine=True)


def usable(username: str) -> str:
    """Return the user name. Raises `UnusableUserName`."""
    if SEPARATOR in username:
        raise UnusableUserName
    return username


def groups(claims: Mapping[str, Any], token: str) -> frozenset[str]:
    """Return the groups exactly as the token lists them, where the gateway has verified the same.

    The gateway passes the list on as one text: in it, the group `x,Admin` looks like two. The token
    tells which it is, and nothing else: another one than was verified gives no group.
    """
    verified, shown = claims.get("cognito:groups"), payload(token)
    if shown.get("sub") != claims["sub"]:
        return listed(verified)
    found = shown.get("cognito:groups")
    names = [str(name) for name in found] if isinstance(found, list) else []
    return frozenset(names) if verified in forms(names) else frozenset()


def forms(names: list[str]) -> tuple[object, ...]:
    """Return the forms in which gateways pass on a list claim."""
    return (names, ",".join(names), f"[{' '.join(names)}]", f"[{', '.join(names)}]")


def payload(token: str) -> Mapping[str, Any]:
    """Return the claims of a token without verifying it; none if it is not readable."""
    try:
        part = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def listed(claim: str | list[str] | None) -> frozenset[str]:
    """Read a list claim without its token: `Admin,Developer` or `[Admin Developer]`.

    A text with anything else between its commas may be the name of one group.
    """
    if not isinstance(claim, str):
        return frozenset(claim or ())
    names = frozenset(claim.strip("[]").replace(",", " ").split())
    return names if names <= GROUPS else frozenset({claim})


def bearer(event: Mapping[str, Any]) -> str:
    """Return the token. Raises `Unauthorized` for several: the gateway has verified one of them."""
    single = {name: [value] for name, value in (event.get("headers") or {}).items()}
    headers = event.get("multiValueHeaders") or single
    found = [
        v for name, values in headers.items() if name.lower() == "authorization" for v in values
    ]
    token = BEARER.sub("", "".join(found)).strip()
    # No token has a comma: it is a list of several, once their lines have been joined.
    if len(found) > 1 or "," in token:
        raise Unauthorized("Send one Authorization header.")
    return token
