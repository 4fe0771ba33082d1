"""Digests: equal for what RFC 8785 holds for equal, and what earlier releases stored."""

import hashlib
import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from kernel.digest import DIGEST_LENGTH, canonical, digest

pytestmark = pytest.mark.feature("C15")

INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
# Few numbers and names, so that equal values written in two ways come up often.
NUMBERS = st.sampled_from([0, 0.0, -0.0, 1, 1.0, -1, -1.0, 1.5, 10, 10.0, 1e15, 10**15, 1e-7, 0.1])
NAMES = st.sampled_from(["a", "b", "\ue000", "\U00010000", "é", "e\u0301", "\x7f\u2028"])
LEAVES = NUMBERS | INTEGERS | st.floats(-1e15, 1e15) | NAMES | st.booleans() | st.none()


def nested(leaves: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.recursive(
        leaves, lambda part: st.lists(part, max_size=3) | st.dictionaries(NAMES, part, max_size=3)
    )


@given(nested(LEAVES), nested(LEAVES))
def test_values_are_equal_when_rfc_8785_says_so(one: object, other: object) -> None:
    alike = rfc8785.dumps(one) == rfc8785.dumps(other)  # type: ignore[arg-type] # JSON

    assert (canonical(one) == canonical(other)) == alike


@pytest.mark.parametrize(
    "texts",
    [
        ('{"a": 1}', '{"a": 1.0}', '{"a": 1e0}', '{"a": 10E-1}', '{"a":1.00}'),
        ('{"a": 0}', '{"a": -0}', '{"a": -0.0}', '{"a": 0e5}'),
        ('{"a": [1, {"b": 2}], "c": "é"}', '{"c": "\\u00e9", "a": [1.0, {"b": 2e0}]}'),
        ('{"a": 0.1}', '{"a": 1e-1}', '{"a": 0.10}'),
    ],
)
def test_one_value_written_in_several_ways_has_one_digest(texts: tuple[str, ...]) -> None:
    assert len({digest(json.loads(text)) for text in texts}) == 1


@pytest.mark.parametrize(
    "texts", [('{"a": 1}', '{"a": "1"}'), ('{"a": 1}', '{"a": true}'), ('{"a": 1}', '{"a": 1.1}')]
)
def test_other_values_have_others(texts: tuple[str, str]) -> None:
    assert len({digest(json.loads(text)) for text in texts}) == 2


@given(nested(INTEGERS | st.sampled_from([0.1, 1.5]) | NAMES | st.booleans() | st.none()))
def test_a_digest_that_is_stored_stays_the_same(value: object) -> None:
    """But for numbers that were written with a fraction of nothing."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    stored = hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH] if value else ""

    assert digest(value) == stored
