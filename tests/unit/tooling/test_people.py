"""Accounts of a user pool, as commands of operators find them by e-mail and by id."""

from pathlib import Path
from typing import Any, cast

import pytest

from skafu.commands.forget_subject import subject_of
from skafu.reach.people import Account, People
from skafu.reach.target import Target

SUB, EMAIL = "1c0ffee0-0000-4000-8000-000000000001", "Ada@Example.org"


class Pool:
    """A pool whose filters ignore case."""

    def get_paginator(self, _: str) -> "Pool":
        return self

    def paginate(self, **asked: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - of boto3
        attributes = [{"Name": "sub", "Value": SUB}, {"Name": "email", "Value": EMAIL}]
        wanted = str(asked["Filter"]).partition("= ")[2].strip('"').casefold()
        found = wanted in (SUB.casefold(), EMAIL.casefold())
        return [{"Users": [{"Attributes": attributes}] if found else []}]


@pytest.fixture
def people() -> People:
    return People(Pool(), "pool")


@pytest.mark.parametrize("email", [EMAIL, "ada@example.org", "ADA@EXAMPLE.ORG"])
def test_an_email_is_found_in_any_case(people: People, email: str) -> None:
    assert people.with_email(email) == [Account(SUB, EMAIL)]


def test_an_id_is_found_as_it_is_and_in_no_other_case(people: People) -> None:
    assert people.with_sub(SUB) == Account(SUB, EMAIL)
    assert people.with_sub(SUB.upper()) is None


@pytest.mark.parametrize("person", [SUB, f"{SUB}::ada", f"{SUB}::ada@example.org"])
def test_whoever_is_to_be_forgotten_may_be_named_as_history_shows_them(person: str) -> None:
    assert subject_of(person, cast(Target, None), Path()) == SUB
