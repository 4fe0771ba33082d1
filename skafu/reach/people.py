"""The people of a system: the accounts in its user pool."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from kernel.actor import user_id
from skafu.reach.target import Target
from skafu.reach.trouble import DENIED, Trouble

ABSENT = ("UserNotFoundException", "ResourceNotFoundException")


@dataclass(frozen=True, slots=True)
class Account:
    """An account: the `sub` names its owner everywhere, the e-mail may change."""

    sub: str
    email: str


@dataclass(frozen=True, slots=True)
class People:
    """The user pool of an environment, read with the operator's own rights."""

    cognito: Any
    pool: str

    @classmethod
    def of(cls, target: Target, outputs: Path) -> "People":
        """Return the pool that the page signs in to. Raises `Trouble` if none is named."""
        if target.environment != "local":
            return cls(target.client("cognito-idp"), target.parameter("userPoolId"))
        pool = json.loads(outputs.read_text()).get("userPoolId")
        if not pool:
            raise Trouble(f"{outputs} names no user pool: start `make dev` again.")
        return cls(target.client("cognito-idp"), str(pool))

    def with_email(self, email: str) -> list[Account]:
        return list(self._found("email", email))

    def with_sub(self, sub: str) -> Account | None:
        # In other letters it names nobody: keys and owners know this one alone.
        return next((found for found in self._found("sub", sub) if found.sub == sub), None)

    def _found(self, attribute: str, value: str) -> Iterator[Account]:
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        pages = self.cognito.get_paginator("list_users").paginate(
            UserPoolId=self.pool, Filter=f'{attribute} = "{quoted}"'
        )
        for page in pages:
            for user in page["Users"]:
                values = {each["Name"]: each["Value"] for each in user["Attributes"]}
                # Filters of a pool ignore case in places.
                if values.get(attribute, "").casefold() == value.casefold():
                    yield Account(values["sub"], values.get("email", ""))


def named(people: People, actor: str) -> str:
    """Return an actor with the e-mail of its account, or with the reason why it is not shown."""
    try:
        account = people.with_sub(user_id(actor))
    except ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        return f"{actor} (e-mail not shown: you may not read the user pool)"
    return f"{actor} ({account.email if account else 'no account of this id: a machine, or gone'})"
