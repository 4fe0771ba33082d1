"""Search in texts: folded words, and how well a text matches the words of a question.

Case and accents do not count: `Café` is found by `cafe`, `Straße` by `strasse`. A word is found by
its beginning; Chinese, Japanese and Korean, which are written without spaces, by any part.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

ALONE = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)
"""Letters that no decomposition takes apart."""
WORD = re.compile(r"[^\W_]+")
UNSPACED = re.compile(r"[぀-ヿ㐀-䶿一-鿿가-힯]")
EXACT, BEGINS = 0, 1
MOST_TERMS, LONGEST_TERM, PAIR = 40, 40, 2


@lru_cache(maxsize=10_000)
def folded(text: str) -> str:
    """Return the text without case, accents and variants of characters."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(one for one in apart if not unicodedata.combining(one))
    return unicodedata.normalize("NFKC", bare).translate(ALONE)


def words(text: str) -> list[str]:
    """Return the folded words of a text; underscores and punctuation separate them."""
    return WORD.findall(folded(text))


def rank(wanted: Sequence[str], texts: Sequence[str | None]) -> tuple[int, ...] | None:
    """Return how well the texts match all of the wanted words, the least is best, or `None`.

    An earlier text counts more than a later one, and in each of them a whole word more than its
    beginning.
    """
    found = [words(text or "") for text in texts]
    places = [_place(word, found) for word in wanted]
    if any(place is None for place in places):
        return None
    return tuple(sorted((place for place in places if place is not None), reverse=True))


def _place(wanted: str, texts: Sequence[Sequence[str]]) -> int | None:
    for number, text in enumerate(texts):
        if wanted in text:
            return 2 * number + EXACT
        if any(_has(word, wanted) for word in text):
            return 2 * number + BEGINS
    return None


def _has(word: str, wanted: str) -> bool:
    return wanted in word if UNSPACED.search(wanted) else word.startswith(wanted)


def terms(texts: Sequence[str | None]) -> tuple[str, ...]:
    """Return the terms of the texts, each after the number of the first text that has it: `0cafe`.

    A row is found by them among everybody's rows. Of more than `MOST_TERMS` those count that come
    first; a long one by its beginning.
    """
    found: dict[str, int] = {}
    for number, text in enumerate(texts[:10]):
        for word in words(text or ""):
            for term in _terms_of(word):
                found.setdefault(term, number)
    return tuple(f"{number}{term}" for term, number in islice(found.items(), MOST_TERMS))


def beginnings(wanted: str) -> list[str]:
    """Return the beginnings that a row's terms must have for it to have the wanted word."""
    places = [found.start() for found in UNSPACED.finditer(wanted)]
    pairs = [wanted[place : place + PAIR] for place in places]
    return [pair for pair in pairs if len(pair) == PAIR] or pairs or [wanted[:LONGEST_TERM]]


def _terms_of(word: str) -> Iterator[str]:
    """Yield the word; of one without spaces, every two letters, and what comes before them."""
    first = UNSPACED.search(word)
    if first is None or first.start():
        yield word[: first and first.start()][:LONGEST_TERM]
    for found in UNSPACED.finditer(word):
        yield word[found.start() : found.start() + PAIR]
