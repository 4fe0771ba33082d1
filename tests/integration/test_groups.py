"""Groups are compared whole, by the REST API and by AppSync: `x,Admin` is not Admin."""

from collections.abc import Iterator

import pytest
from pydantic.alias_generators import to_snake as snake

from domain.contents import contents
from local.people import PASSWORD
from local.stack import Stack
from tests.support.api_client import ApiClient
from tests.support.appsync_client import AppSync, Credential
from tests.support.owner import CHANGE, data
from tests.support.principals import Matrix

pytestmark = pytest.mark.feature("C11", "L7")

GROUPS = ("x,Admin", "Admin,Developer", "[Admin]", "x,Developer")
EMAIL = "grouped@skafu.dev"


@pytest.fixture(scope="module")
def matrix(running: Stack) -> Matrix:
    matrix = Matrix(running)
    matrix.prepare()
    return matrix


@pytest.fixture(params=[*GROUPS, "Admin"])
def group(request: pytest.FixtureRequest, matrix: Matrix) -> Iterator[str]:
    """A user of a group with this very name."""
    group, pool = str(request.param), matrix.stack.outputs["userPoolId"]
    cognito = matrix.stack.aws.client("cognito-idp")
    if group in GROUPS:
        cognito.create_group(UserPoolId=pool, GroupName=group)
    user = {"UserPoolId": pool, "Username": EMAIL}
    cognito.admin_create_user(
        **user, UserAttributes=[{"Name": "email", "Value": EMAIL}], MessageAction="SUPPRESS"
    )
    cognito.admin_set_user_password(**user, Password=PASSWORD, Permanent=True)
    cognito.admin_add_user_to_group(**user, GroupName=group)
    yield group
    cognito.admin_delete_user(**user)
    if group in GROUPS:
        cognito.delete_group(UserPoolId=pool, GroupName=group)


def test_a_group_gives_rights_under_its_own_name_only(group: str, matrix: Matrix) -> None:
    outputs = matrix.stack.outputs
    user = {"email": EMAIL, "password": PASSWORD, "groups": [group]}
    client = ApiClient(outputs | {"users": [*outputs["users"], user]}, EMAIL)
    change = CHANGE.path.replace("<id>", matrix.ids["id"])
    appsync = AppSync(outputs, Credential({"authorization": client.tokens["IdToken"]}))
    rows = [
        appsync.ask(contents.read_models.documents[f"GET_{snake(model)}".upper()], {"id": row})
        for model, row in matrix.rows.items()
    ]

    admin = group == "Admin"
    assert client.send("GET", "/events").status_code == (200 if admin else 403)
    assert client.command(CHANGE.method, change, data(CHANGE)).status_code == (
        202 if admin else 404
    )
    for _, answer in rows:
        assert any((answer["data"] or {}).values()) == admin, answer
