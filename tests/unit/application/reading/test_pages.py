"""The bytes of an entry in an answer of Lambda."""

import pytest

from application.reading.pages import size


@pytest.mark.parametrize(
    ("text", "more"),
    [("x", 0), ("é", len(r"\u00e9") - 1), ("🫖", len(r"\ud83e\uded6") - 1), ("\\", 3)],
)
def test_a_character_counts_as_it_is_escaped_within_a_text(text: str, more: int) -> None:
    """A backslash is two in the body, and each of them two in the text that holds it."""
    assert size({"name": text}) - size({"name": "x"}) == more
