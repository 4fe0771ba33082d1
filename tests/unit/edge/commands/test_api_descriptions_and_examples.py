"""Descriptions and examples of commands: of ours as committed, and of those that lack them."""

import json
from dataclasses import replace
from typing import Any

import pytest

from domain.contents import contents
from edge.commands.descriptions import senders
from edge.commands.examples import rest_data
from edge.http import openapi
from tests.support.kitchen.contents import kitchen
from tests.support.paths import DOCS


def writing(document: dict[str, Any]) -> list[Any]:
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "get"
    ]


@pytest.mark.feature("C5", "C6", "C7", "C8")
def test_routes_that_write_are_described_as_the_code_has_them() -> None:
    committed = json.loads((DOCS / "openapi.json").read_text())

    assert writing(openapi.document(contents)) == writing(committed)


def test_a_command_without_a_role_or_an_example_is_described_too() -> None:
    bare = replace(kitchen.operation["change-teapot"], who=None, example=None)

    assert senders(bare) == "For Admin alone."
    assert rest_data(kitchen, bare) == {}
