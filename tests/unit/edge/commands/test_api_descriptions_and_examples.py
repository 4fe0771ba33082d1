"""The OpenAPI document describes commands, with their examples, as the committed one does."""

import json
from dataclasses import replace

import pytest

from domain.contents import contents
from edge.commands.descriptions import senders
from edge.commands.examples import rest_data
from edge.http import openapi
from tests.support.kitchen.contents import kitchen
from tests.support.paths import DOCS


@pytest.mark.feature("C5", "C6", "C7", "C8")
def test_a_document_that_is_made_now_is_the_committed_one() -> None:
    assert openapi.document(contents) == json.loads((DOCS / "openapi.json").read_text())


def test_a_command_without_a_role_or_an_example_is_described_too() -> None:
    bare = replace(kitchen.operation["change-teapot"], who=None, example=None)

    assert senders(bare) == "For Admin alone."
    assert rest_data(kitchen, bare) == {}
