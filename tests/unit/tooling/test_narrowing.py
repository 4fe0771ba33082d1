"""The comparison of schemas against a judge that has nothing in common with it."""

import json
from typing import Any

import jsonschema_rs
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from skafu.contract.narrowing import Comparison, Schema

Json = dict[str, Any]

NAMES = st.sampled_from(["a", "b", "c"])
BOUNDS = st.integers(0, 3)


def some(**keywords: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """Any of these keywords, or none."""
    return st.fixed_dictionaries({}, optional=keywords)


def typed(name: str, keywords: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return keywords.map(lambda found: {"type": name, **found})


SCALARS = st.one_of(
    typed("integer", some(minimum=BOUNDS, maximum=BOUNDS.map(lambda n: n + 3))),
    typed("number", some(minimum=BOUNDS, exclusiveMaximum=BOUNDS.map(lambda n: n + 4))),
    typed("string", some(minLength=BOUNDS, maxLength=BOUNDS.map(lambda n: n + 3))),
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {}]),
    st.sets(st.sampled_from(["x", "y", "z", 1, None]), min_size=1).map(
        lambda values: {"enum": sorted(values, key=str)}
    ),
)


def nested(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    objects = st.fixed_dictionaries(
        # Said always: unsaid, a new field with a name counts as one that nobody has sent before.
        {"additionalProperties": st.booleans() | inner},
        optional={
            "properties": st.dictionaries(NAMES, inner, max_size=3),
            "required": st.sets(NAMES, max_size=2).map(sorted),
        },
    )
    lists = some(items=inner, minItems=BOUNDS, maxItems=BOUNDS.map(lambda n: n + 3))
    unions = st.lists(inner, min_size=1, max_size=3).map(lambda options: {"anyOf": options})
    return typed("object", objects) | typed("array", lists) | unions


SCHEMAS = st.recursive(SCALARS, nested, max_leaves=4)


@st.composite
def neighbours(draw: st.DrawFn) -> tuple[Json, Json]:
    """Two schemas, the second often made of the first by one change."""
    first = draw(SCHEMAS)
    second = draw(SCHEMAS | st.just(first))
    keyword = draw(st.sampled_from(sorted(second.keys() - {"additionalProperties"}) or ["title"]))
    second = {name: value for name, value in second.items() if name != keyword}
    return (first, second) if draw(st.booleans()) else (second, first)


@given(neighbours())
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_what_is_found_to_fit_does_fit(pair: tuple[Json, Json]) -> None:
    """False alarms may be; nothing may slip through."""
    wide, narrow = pair
    assume(not Comparison().between(Schema(wide, wide), Schema(narrow, narrow)))
    verdict = jsonschema_rs.canonicalize(narrow).covers(jsonschema_rs.canonicalize(wide))

    assert verdict != jsonschema_rs.canonical.Containment.NO, json.dumps(pair)


@given(SCHEMAS)
def test_every_schema_fits_itself(schema: Json) -> None:
    assert Comparison().between(Schema(schema, schema), Schema(schema, schema)) == []
