"""Queries with resolvers of our own, as the schema was exported."""

import json

import pytest
from graphql import GraphQLObjectType

from skafu.generate.read_models import amplify_schema, own_fields
from tests.support.paths import ROOT

pytestmark = pytest.mark.feature("R7", "R9")

SCHEMA = amplify_schema()
MANIFEST = json.loads((ROOT / "amplify/generated/resolvers/manifest.json").read_text())
GUARDS = {"projectionVersion"}
"""Fields that make a type a read model, for those who generate rows from the schema."""


def fields(name: str) -> dict[str, str]:
    found = SCHEMA.type_map[name]
    assert isinstance(found, GraphQLObjectType)
    return {field: str(kind) for field, kind in own_fields(found).items()}


def test_a_project_in_a_list_has_the_fields_of_a_project() -> None:
    whole = fields("Project")

    assert fields("ProjectItem") == {name: whole[name] for name in whole if name not in GUARDS}


def test_each_asks_first_who_calls() -> None:
    own = {one["field"]: one["functions"] for one in MANIFEST["resolvers"] if "code" in one}
    first = {MANIFEST["functions"][functions[0]]["code"] for functions in own.values()}

    assert set(own) == {"project", "projects", "projectAnalytics"}
    assert len(first) == 1
    assert "ctx.stash.caller =" in (ROOT / "amplify/generated/resolvers" / first.pop()).read_text()
