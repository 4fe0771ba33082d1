"""The bytes of an entry in an answer of Lambda."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.reading.pages import size


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("x", 0),
        ("é", len(r"\u00e9") - 1),
        ("🫖", len(r"\ud83e\uded6") - 1),
        ("\\", 3),
        ('"', 3),
        ("\x7f", len(r"\u007f") - 1),
    ],
)
def test_a_character_counts_as_it_is_escaped_within_a_text(text: str, more: int) -> None:
    """A backslash is two in the body, and each of them two in the text that holds it."""
    assert size({"name": text}) - size({"name": "x"}) == more


@given(st.recursive(st.text() | st.integers() | st.none(), lambda e: st.dictionaries(st.text(), e)))
def test_the_size_is_that_of_the_text_in_the_answer(entry: object) -> None:
    assert size(entry) == len(json.dumps(json.dumps(entry, ensure_ascii=False)))
