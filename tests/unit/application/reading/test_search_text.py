"""Words of a question, and the texts that match them."""

import pytest

from application.reading.search_text import folded, rank, words

pytestmark = pytest.mark.feature("R15", "R29")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Café au lait", "cafe"),
        ("CAFÉ", "café"),
        ("Ångström", "angstrom"),
        ("Hauptstraße", "HAUPTSTRASSE"),
        ("Smørrebrød", "smorrebrod"),
        ("ﬁne", "fine"),
        ("my_shop", "shop"),
        ("web-shop", "shop"),
        ("v2.1", "v2"),
        ("東京の店", "京"),
        ("東京の店", "の店"),
        ("서울가게", "울가"),
        ("shop of teapots", "tea sho"),
    ],
)
def test_a_text_is_found(text: str, asked: str) -> None:
    assert rank(words(asked), [text]) is not None


@pytest.mark.parametrize(
    ("text", "asked"), [("webshop", "shop"), ("tea", "teapot"), ("tea", "tea cup"), ("", "tea")]
)
def test_a_text_is_not_found(text: str, asked: str) -> None:
    assert rank(words(asked), [text]) is None


def test_whole_words_come_before_beginnings_and_earlier_texts_before_later_ones() -> None:
    texts: dict[str, list[str | None]] = {
        "whole in the name": ["Tea", None],
        "begins a word of the name": ["Teapot", "tea"],
        "whole in the description": ["Shop", "All sorts of tea"],
        "begins a word of the description": ["Shop", "Teapots"],
    }
    ranks = [rank(["tea"], found) for found in texts.values()]

    assert None not in ranks
    assert sorted(ranks, key=str) == ranks
    assert len(set(ranks)) == len(texts)


def test_the_word_that_fits_least_decides_first() -> None:
    both = rank(["tea", "cup"], ["Tea cup", None])
    one = rank(["tea", "cup"], ["Tea", "With a cup"])

    assert both is not None
    assert one is not None
    assert both < one


def test_folding_twice_is_folding_once() -> None:
    assert folded(folded("Ærø Straße ﬁ")) == folded("Ærø Straße ﬁ") == "aero strasse fi"
