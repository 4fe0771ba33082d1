"""The caller is taken from the claims of a verified ID token, and from nothing else."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import TypeAdapter

from edge.authorization import actor
from edge.caller import Caller, Forbidden, Unauthorized, UnusableUserName, caller, machine
from kernel.actor import Actor, Owner, user_id, user_name
from kernel.operation import Who

pytestmark = pytest.mark.feature("C11", "L7")
CLAIMS = {"token_use": "id", "sub": "ada-sub", "cognito:username": "ada"}


def event(claims: object, **headers: str) -> dict[str, Any]:
    return {"requestContext": {"authorizer": {"claims": claims}}, "headers": headers}


def test_the_owner_is_written_as_amplify_reads_it() -> None:
    assert caller(event(CLAIMS)).owner == "ada-sub::ada"


def test_without_a_user_name_the_sub_stands_for_it() -> None:
    assert caller(event({"token_use": "id", "sub": "ada-sub"})).owner == "ada-sub::ada-sub"


def test_name_email_and_client_are_those_of_the_request() -> None:
    ada = event(CLAIMS | {"name": "Ada", "email": "ada@example.org"})
    ada["requestContext"]["identity"] = {"sourceIp": "203.0.113.7"}
    who = caller(ada)

    assert (who.name, who.email) == ("Ada", "ada@example.org")
    assert who.client == {"sourceIp": "203.0.113.7"}


@pytest.mark.parametrize("claims", [CLAIMS, CLAIMS | {"name": "", "email": ""}])
def test_an_empty_name_or_email_is_none(claims: dict[str, str]) -> None:
    who = caller(event(claims))

    assert (who.name, who.email) == (None, None)


@pytest.mark.parametrize("value", ["Bearer abc", "abc", " bearer  abc "])
def test_the_token_is_kept_with_or_without_bearer(value: str) -> None:
    assert caller(event(CLAIMS, authorization=value)).token == "abc"


def test_without_headers_there_is_no_token() -> None:
    assert caller(event(CLAIMS) | {"headers": None}).token == ""


@pytest.mark.parametrize(
    "claims",
    [None, {}, CLAIMS | {"token_use": "access"}, CLAIMS | {"sub": ""}, {"sub": "ada-sub"}],
    ids=["none", "empty", "access token", "no sub", "no use"],
)
def test_anything_but_an_id_token_is_unauthorized(claims: object) -> None:
    with pytest.raises(Unauthorized):
        caller(event(claims))


@pytest.mark.parametrize("stray", [{}, {"requestContext": None}, {"requestContext": {}}])
@pytest.mark.parametrize("read", [caller, machine])
def test_an_event_without_an_identity_is_unauthorized(
    read: Callable[[dict[str, Any]], Caller], stray: dict[str, Any]
) -> None:
    with pytest.raises(Unauthorized):
        read(stray)


@pytest.mark.parametrize(
    ("arn", "owner"),
    [
        ("sts::123456789012:assumed-role/ci/session", "machine:123456789012:role/ci::ci"),
        ("iam::123456789012:user/partners/erp", "machine:123456789012:user/erp::erp"),
        ("sts::123456789012:federated-user/kim", "machine:123456789012:federated-user/kim::kim"),
    ],
)
def test_a_machine_is_named_by_its_account_kind_and_name(arn: str, owner: str) -> None:
    """A user and a role of one name are two machines."""
    who = machine({"requestContext": {"identity": {"userArn": f"arn:aws:{arn}"}}})

    assert who.owner == owner


@pytest.mark.parametrize(
    "groups",
    ["Admin,Developer", "[Admin Developer]", "[Admin, Developer]", ["Admin", "Developer"]],
)
def test_groups_are_read_in_every_form_that_the_gateway_gives(groups: str | list[str]) -> None:
    who = caller(event(CLAIMS | {"cognito:groups": groups}))

    assert who.groups == {"Admin", "Developer"}


def token(**claims: object) -> str:
    """A token as the gateway passes it on, once it has verified it."""
    payload = json.dumps(claims, ensure_ascii=False).encode()
    return f"e30.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.signature"


@pytest.mark.parametrize(
    ("listed", "flat"),
    [
        (["x,Admin"], "x,Admin"),
        (["Admin,Developer"], "Admin,Developer"),
        (["[Admin]"], "[Admin]"),
        (["x", "Admin"], "x,Admin"),
        (["Größe", "Admin"], "Größe,Admin"),
        (None, "Admin"),
        ("Admin", "Admin"),
    ],
)
@pytest.mark.parametrize("scheme", ["", "Bearer "])
def test_groups_are_exactly_those_of_the_token(listed: object, flat: str, scheme: str) -> None:
    groups = {} if listed is None else {"cognito:groups": listed}
    sent = scheme + token(sub="ada-sub", **groups)
    who = caller(event(CLAIMS | {"cognito:groups": flat}, Authorization=sent))

    assert who.groups == set(listed if isinstance(listed, list) else ())
    assert who.is_admin == (isinstance(listed, list) and "Admin" in listed)


@pytest.mark.parametrize("flat", [None, "", "Developer", "Developer,x", "x"])
def test_a_token_that_the_gateway_did_not_verify_gives_no_group(flat: str | None) -> None:
    forged = token(sub="ada-sub", **{"cognito:groups": ["Admin"]})

    assert caller(event(CLAIMS | {"cognito:groups": flat}, Authorization=forged)).groups == set()


@pytest.mark.parametrize("second", ["Authorization", "authorization"])
def test_two_tokens_are_unauthorized(second: str) -> None:
    values: dict[str, list[str]] = {}
    for name in ("Authorization", second):
        values.setdefault(name, []).append(token(sub="ada-sub"))
    with pytest.raises(Unauthorized, match="one Authorization header"):
        caller(event(CLAIMS) | {"multiValueHeaders": values})


@pytest.mark.parametrize("value", ["Bearer a,Bearer b", "a, b"])
def test_two_tokens_in_one_line_are_unauthorized(value: str) -> None:
    with pytest.raises(Unauthorized, match="one Authorization header"):
        caller(event(CLAIMS, authorization=value))


@pytest.mark.parametrize("sent", ["", "abc", "a.b.c", token(sub="eve-sub"), "e30.W10.s", "a.é.c"])
@pytest.mark.parametrize("flat", ["x,Admin", "Admin,x", "[x Admin]", "x Admin", "Admin,Developers"])
def test_a_text_that_may_be_one_group_is_one_without_the_token(flat: str, sent: str) -> None:
    who = caller(event(CLAIMS | {"cognito:groups": flat}, Authorization=sent))

    assert who.groups == {flat}
    assert (who.is_admin, who.is_developer) == (False, False)


@pytest.mark.parametrize("name", ["a::b", "::", "a::", "::a"])
def test_a_user_name_that_would_split_an_owner_is_refused(name: str) -> None:
    with pytest.raises(UnusableUserName):
        caller(event(CLAIMS | {"cognito:username": name}))


@pytest.mark.parametrize("name", ["Zoë", "a:b", "名前", "ada@example.org"])
def test_a_user_name_may_be_in_any_script(name: str) -> None:
    owner = caller(event(CLAIMS | {"cognito:username": name})).owner

    assert owner == f"ada-sub::{name}"
    assert TypeAdapter(Owner).validate_python(owner) == owner
    assert (user_id(owner), user_name(owner)) == ("ada-sub", name)


def test_a_person_commands_what_is_theirs() -> None:
    assert actor(caller(event(CLAIMS)), Who.OWNER) == Actor("ada-sub::ada", may_command_all=False)


@pytest.mark.parametrize("groups", ["Admin", "Admin,Developer"])
def test_an_admin_commands_all(groups: str) -> None:
    who = caller(event(CLAIMS | {"cognito:groups": groups}))

    assert actor(who, Who.OWNER) == Actor("ada-sub::ada", may_command_all=True)


def test_a_developer_commands_nothing() -> None:
    with pytest.raises(Forbidden):
        actor(caller(event(CLAIMS | {"cognito:groups": "Developer"})), Who.OWNER)
