"""Users of the pool, by their `sub`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from adapters.cognito.user_pool import CognitoUserPool
from application.ports import Account, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

pytestmark = pytest.mark.feature("I1", "C27")


@pytest.fixture
def cognito() -> Iterator["CognitoIdentityProviderClient"]:
    with mock_aws():
        yield boto3.client("cognito-idp", region_name="eu-central-1")


def pool_of(client: Any) -> tuple[str, str]:  # noqa: ANN401 - boto3's
    pool = client.create_user_pool(PoolName="skafu")["UserPool"]
    return pool["Id"], pool["Arn"]


def add(client: Any, pool: str, name: str) -> str:  # noqa: ANN401 - boto3's
    user = client.admin_create_user(UserPoolId=pool, Username=name)["User"]
    return str(next(a["Value"] for a in user["Attributes"] if a["Name"] == "sub"))


@pytest.mark.parametrize("name", ["ada", "Zoë", "名前"])
def test_a_user_is_found_by_sub(cognito: "CognitoIdentityProviderClient", name: str) -> None:
    pool, arn = pool_of(cognito)
    add(cognito, pool, "other")
    sub = add(cognito, pool, name)

    assert CognitoUserPool(lambda: cognito, arn).user_name(sub) == name


@pytest.mark.feature("L10")
def test_an_account_says_what_the_pool_holds_now(cognito: "CognitoIdentityProviderClient") -> None:
    pool, arn = pool_of(cognito)
    sub, people = add(cognito, pool, "ada"), CognitoUserPool(lambda: cognito, arn)

    assert people.account(sub) == Account("ada")
    attributes = {"name": "Ada L", "email": "ada@example.org"}
    cognito.admin_update_user_attributes(
        UserPoolId=pool,
        Username="ada",
        UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
    )
    assert people.account(sub) == Account("ada", "Ada L", "ada@example.org")
    assert "Ada L" not in repr(people.account(sub))
    assert people.account(sub[:-1]) is None


def test_nobody_else_is_found(cognito: "CognitoIdentityProviderClient") -> None:
    pool, arn = pool_of(cognito)
    people = CognitoUserPool(lambda: cognito, arn)

    assert people.user_name("0198f2a0-0000-7000-8000-00000000dead") is None
    sub = add(cognito, pool, "ada")
    assert people.user_name(sub[:-1]) is None


class IgnoringCase:
    """A client whose filter takes ids in any case."""

    def list_users(self, **_: object) -> object:
        attributes = [{"Name": "sub", "Value": "ada-sub"}]
        return {"Users": [{"Username": "ada", "Attributes": attributes}]}


@pytest.mark.parametrize(("sub", "name"), [("ada-sub", "ada"), ("ADA-SUB", None)])
def test_an_id_in_other_letters_is_nobodys(sub: str, name: str | None) -> None:
    client: Any = IgnoringCase()

    assert CognitoUserPool(lambda: client, "arn:pool/x").user_name(sub) == name


def test_a_user_is_asked_for_once(cognito: "CognitoIdentityProviderClient") -> None:
    pool, arn = pool_of(cognito)
    sub, people = add(cognito, pool, "ada"), CognitoUserPool(lambda: cognito, arn)

    assert people.user_name(sub) == "ada"
    cognito.admin_delete_user(UserPoolId=pool, Username="ada")
    assert people.user_name(sub) == "ada"
    assert CognitoUserPool(lambda: cognito, arn).user_name(sub) is None


class Unnamed:
    """A client whose only user has an empty name."""

    def list_users(self, **_: object) -> object:
        values = {"sub": "ada-sub", "name": ""}
        attributes = [{"Name": name, "Value": value} for name, value in values.items()]
        return {"Users": [{"Username": "ada", "Attributes": attributes}]}


def test_an_empty_name_is_none() -> None:
    client: Any = Unnamed()

    assert CognitoUserPool(lambda: client, "arn:pool/x").account("ada-sub") == Account("ada")


class Failing:
    """A client whose calls all end in an error of this code."""

    def __init__(self, code: str, status: int) -> None:
        self.answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}

    def list_users(self, **_: object) -> None:
        raise ClientError(self.answer, "ListUsers")


@pytest.mark.parametrize(
    ("code", "status"), [("TooManyRequestsException", 400), ("InternalErrorException", 500)]
)
def test_a_pool_that_does_not_answer_is_asked_again_later(code: str, status: int) -> None:
    client: Any = Failing(code, status)

    with pytest.raises(Unavailable):
        CognitoUserPool(lambda: client, "arn:pool/x").user_name("ada-sub")
