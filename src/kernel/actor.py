"""The actor: the sender of a command, as the rules see it; and the form of an owner."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from kernel.values import Expected

SEPARATOR = "::"
"""Amplify's resolvers split an owner here, so no user name may contain it."""


def owner(sub: str, user_name: str) -> str:
    """Return `<sub>::<username>`, the form in which Amplify's rules know an owner."""
    return f"{sub}{SEPARATOR}{user_name}"


def user_id(owner: str) -> str:
    """Return the `sub` of an owner `<sub>::<username>`."""
    return owner.partition(SEPARATOR)[0]


def user_name(owner: str) -> str:
    return owner.partition(SEPARATOR)[2]


def whole(person: str) -> str:
    """Return the owner. A `sub` alone is that of a user whose name it is, too.

    Raises `ValueError` for a user name that cannot be told from the parts of an owner.
    """
    sub, _, name = person.partition(SEPARATOR)
    if SEPARATOR in name:
        raise ValueError("contains the separator")
    return owner(sub, name or sub)


# User names as Cognito has them, in any script:
# https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SignUp.html
Owner = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9A-Za-z_-]{1,128}(::[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128})?$",
    ),
    AfterValidator(whole),
    Expected("a user, as `<sub>` or `<sub>::<username>`"),
]
"""An owner as others write it: `<sub>::<username>`, or `<sub>` if the user name is the same."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The sender of a command: `owner` is `<sub>::<username>`; a `machine` may act for them."""

    owner: str
    may_command_all: bool = False
    machine: str | None = None

    @property
    def principal(self) -> str:
        """Return the sender, to whom the command id belongs: the machine, or else the owner."""
        return self.machine or self.owner

    @property
    def on_behalf_of(self) -> str | None:
        return self.owner if self.machine else None
