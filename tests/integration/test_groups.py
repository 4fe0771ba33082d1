"""Groups are compared whole, by the REST API and by AppSync: `x,Admin` is not Admin."""

from collections.abc import Iterator

import pytest
from pydantic.alias_generators import to_snake as snake

from domain.contents import contents
from local.people import PASSWORD
from local.stack import Stack
from skafu.generate import authorization
from tests.support.api_client import ApiClient
from tests.support.appsync_client import AppSync, Credential
from tests.support.owner import CHANGE, data
from tests.support.principals import Matrix

pytestmark = pytest.mark.feature("C11", "L7")

GROUPS = ("x,Admin", "Admin,Developer", "[Admin]", "x,Developer")
ALL = (*GROUPS, "Admin")


@pytest.fixture(scope="module")
def matrix(running: Stack) -> Matrix:
    matrix = Matrix(running)
    matrix.prepare()
    return matrix


def email_of(group: str) -> str:
    """Return an e-mail of its own: the tests keep a person's tokens."""
    return f"grouped-{ALL.index(group)}@skafu.dev"


@pytest.fixture(params=ALL)
def group(request: pytest.FixtureRequest, matrix: Matrix) -> Iterator[str]:
    """A user of a group with this very name."""
    group, pool = str(request.param), matrix.stack.outputs["userPoolId"]
    cognito = matrix.stack.aws.client("cognito-idp")
    if group in GROUPS:
        cognito.create_group(UserPoolId=pool, GroupName=group)
    user = {"UserPoolId": pool, "Username": email_of(group)}
    email = {"Name": "email", "Value": email_of(group)}
    cognito.admin_create_user(**user, UserAttributes=[email], MessageAction="SUPPRESS")
    cognito.admin_set_user_password(**user, Password=PASSWORD, Permanent=True)
    cognito.admin_add_user_to_group(**user, GroupName=group)
    yield group
    cognito.admin_delete_user(**user)
    if group in GROUPS:
        cognito.delete_group(UserPoolId=pool, GroupName=group)


EVERYBODYS = {
    model
    for model in contents.read_models.rows
    if authorization.expected("graphql", f"Query.get{model}")
    == authorization.expected("graphql", "Query.getEndpoint")
}
"""Models of which everybody who has signed in reads every row."""
NOBODYS = {
    model
    for model in contents.read_models.rows
    if not authorization.expected("graphql", f"Query.get{model}")["admin"]
}
"""Models that no person reads."""


def test_a_group_gives_rights_under_its_own_name_only(group: str, matrix: Matrix) -> None:
    outputs = matrix.stack.outputs
    user = {"email": email_of(group), "password": PASSWORD, "groups": [group]}
    client = ApiClient(outputs | {"users": [*outputs["users"], user]}, email_of(group))
    change = CHANGE.path.replace("<id>", matrix.ids["id"])
    appsync = AppSync(outputs, Credential({"authorization": client.tokens["IdToken"]}))
    rows = [
        appsync.ask(contents.read_models.documents[f"GET_{snake(model)}".upper()], {"id": row})
        for model, row in matrix.rows.items()
        if model not in EVERYBODYS | NOBODYS
    ]

    admin = group == "Admin"
    assert client.send("GET", "/events").status_code == (200 if admin else 403)
    assert client.command(CHANGE.method, change, data(CHANGE)).status_code == (
        202 if admin else 404
    )
    for _, answer in rows:
        assert any((answer["data"] or {}).values()) == admin, answer
