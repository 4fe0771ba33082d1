"""Users of the Cognito user pool: ListUsers with a filter on `sub`, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from adapters.aws_errors import unavailable
from application.ports import Account
from application.warm import Bounded

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import UserTypeTypeDef

MAX_USERS = 10_000  # whose names a warm process remembers; they never change


@dataclass(frozen=True)
class CognitoUserPool:
    """The users of the pool with this ARN. The client is made when it is first needed."""

    client: Callable[[], "CognitoIdentityProviderClient"]
    arn: str
    known: Bounded[str, str] = field(default_factory=lambda: Bounded(MAX_USERS))

    def user_name(self, sub: str) -> str | None:
        """Return the user name, or `None` if there is no such user. Raises `Unavailable`."""
        if sub not in self.known:
            found = self.account(sub)
            if found is None:
                return None
            self.known[sub] = found.user_name
        return self.known[sub]

    def account(self, sub: str) -> Account | None:
        """Return the account as it is now, or `None` if there is none. Raises `Unavailable`."""
        pool = self.arn.rpartition("/")[2]
        try:
            # A `sub` holds no quotes: see `kernel.actor`.
            answer = self.client().list_users(UserPoolId=pool, Filter=f'sub = "{sub}"', Limit=1)
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error
        return next((account_of(user) for user in answer["Users"] if is_of(user, sub)), None)


def is_of(user: "UserTypeTypeDef", sub: str) -> bool:
    """Tell whether the `sub` is the user's, letter for letter: a pool's filter may ignore case."""
    return values_of(user).get("sub") == sub


def account_of(user: "UserTypeTypeDef") -> Account:
    values = values_of(user)
    return Account(user["Username"], values.get("name"), values.get("email"))


def values_of(user: "UserTypeTypeDef") -> dict[str, str | None]:
    return {each["Name"]: each.get("Value") or None for each in user.get("Attributes", ())}
