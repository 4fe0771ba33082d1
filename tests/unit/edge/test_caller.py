"""The caller is taken from the claims of a verified ID token, and from nothing else."""

from typing import Any

import pytest

from edge.authorization import actor
from edge.caller import Forbidden, Unauthorized, caller
from kernel.actor import Actor
from kernel.operation import Who

pytestmark = pytest.mark.feature("C11", "L7")
CLAIMS = {"token_use": "id", "sub": "ada-sub", "cognito:username": "ada"}


def event(claims: object, **headers: str) -> dict[str, Any]:
    return {"requestContext": {"authorizer": {"claims": claims}}, "headers": headers}


def test_the_owner_is_written_as_amplify_reads_it() -> None:
    assert caller(event(CLAIMS)).owner == "ada-sub::ada"


def test_without_a_user_name_the_sub_stands_for_it() -> None:
    assert caller(event({"token_use": "id", "sub": "ada-sub"})).owner == "ada-sub::ada-sub"


@pytest.mark.parametrize("value", ["Bearer abc", "abc"])
def test_the_token_is_kept_with_or_without_bearer(value: str) -> None:
    assert caller(event(CLAIMS, authorization=value)).token == "abc"


@pytest.mark.parametrize(
    "claims",
    [None, {}, CLAIMS | {"token_use": "access"}, CLAIMS | {"sub": ""}, {"sub": "ada-sub"}],
    ids=["none", "empty", "access token", "no sub", "no use"],
)
def test_anything_but_an_id_token_is_unauthorized(claims: object) -> None:
    with pytest.raises(Unauthorized):
        caller(event(claims))


@pytest.mark.parametrize("stray", [{}, {"requestContext": None}, {"requestContext": {}}])
def test_an_event_without_claims_is_unauthorized(stray: dict[str, Any]) -> None:
    with pytest.raises(Unauthorized):
        caller(stray)


@pytest.mark.parametrize(
    "groups",
    ["Admin,Developer", "[Admin Developer]", "[Admin, Developer]", ["Admin", "Developer"]],
)
def test_groups_are_read_in_every_form_that_the_gateway_gives(groups: str | list[str]) -> None:
    who = caller(event(CLAIMS | {"cognito:groups": groups}))

    assert who.groups == {"Admin", "Developer"}


def test_a_person_commands_what_is_theirs() -> None:
    assert actor(caller(event(CLAIMS)), Who.OWNER) == Actor("ada-sub::ada", may_command_all=False)


@pytest.mark.parametrize("groups", ["Admin", "Admin,Developer"])
def test_an_admin_commands_all(groups: str) -> None:
    who = caller(event(CLAIMS | {"cognito:groups": groups}))

    assert actor(who, Who.OWNER) == Actor("ada-sub::ada", may_command_all=True)


def test_a_developer_commands_nothing() -> None:
    with pytest.raises(Forbidden):
        actor(caller(event(CLAIMS | {"cognito:groups": "Developer"})), Who.OWNER)
