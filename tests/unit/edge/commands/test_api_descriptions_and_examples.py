"""Descriptions and examples of commands that lack what ours have."""

from dataclasses import replace

from edge.commands.descriptions import senders
from edge.commands.examples import rest_data
from tests.support.kitchen.contents import kitchen


def test_a_command_without_a_role_or_an_example_is_described_too() -> None:
    bare = replace(kitchen.operation["change-teapot"], who=None, example=None)

    assert senders(bare) == "For Admin alone."
    assert rest_data(kitchen, bare) == {}
