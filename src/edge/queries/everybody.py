"""Search in everybody's rows: candidates by an index of words, each compared with its row.

Candidates come in the order of the index: of the word that says most, whole words before
beginnings, the first text before others, then the newest rows; beginnings in the order of the
alphabet. A page of hits is ranked once more by all words. A hit is read with the caller's token.
"""

import base64
import binascii
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import NamedTuple

from application.ports import BadPageToken, RowPage
from application.reading.pages import MAX_PAGE_BYTES, size
from application.reading.search_text import beginnings, rank
from application.reading.words import SEPARATOR, Posting, WordIndex, scope_of
from edge.queries.shelves import Json, fits

LOOKED_AT = 3
"""Rows that are read for each row of a page; what fits none of them leaves the page shorter."""
MOST_POSTINGS = 2000  # of one page: half a megabyte
AT_ONCE = 20  # rows that are read together


@dataclass(frozen=True)
class Question:
    """Which rows are looked for; `searched` are the fields of their texts, `limits` a filter."""

    model: str
    status: str
    words: Sequence[str]
    searched: Sequence[str]
    limits: Json | None

    @property
    def needed(self) -> list[str]:
        """Return the beginnings that the terms of a row must have."""
        return [each for word in self.words for each in beginnings(word)]

    @property
    def leading(self) -> str:
        """Return the one by which candidates are found: the longest leaves the fewest."""
        return max(self.needed, key=len)

    def rank(self, row: Json) -> tuple[int, ...] | None:
        """Return the rank of a row, or `None` if it is no hit."""
        found = rank(self.words, [row.get(name) for name in self.searched])
        return found if fits(row, self.limits) else None

    def fits(self, posting: Posting) -> bool:
        """Tell whether a row with these terms may be a hit, and was not met by another of them."""
        leading = [term for term in posting.terms if term[1:].startswith(self.leading)]
        return posting.term == min(leading, key=order, default=None) and all(
            any(term[1:].startswith(each) for term in posting.terms) for each in self.needed
        )


def order(term: str) -> tuple[str, str]:
    """Return what the index sorts terms by: the number of the text, and the whole term."""
    return term[0], term[1:] + SEPARATOR


class Hit(NamedTuple):
    rank: tuple[int, ...]
    row: Json


@dataclass
class Search:
    """One search through the index; `read` reads rows by their ids, as the caller may see them.

    `seen` is the place up to which postings were looked at.
    """

    index: WordIndex
    question: Question
    read: Callable[[list[str]], RowPage]
    expired: Callable[[], bool] = lambda: False
    seen: str | None = None
    postings: int = 0
    ended: bool = False
    hits: list[Hit] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    def page(self, limit: int, token: str | None) -> RowPage:
        """Return the next hits, at most so many, with the place where they go on.

        Raises `BadPageToken`.
        """
        after = place_of(token, self.question)
        candidates, looked, octets = self._candidates(after), 0, 0
        while True:
            room = min(limit - self._entries, LOOKED_AT * limit - looked, AT_ONCE)
            some = list(islice(candidates, room))
            if not some:
                break
            octets += self._look_at(some)
            looked, after = looked + len(some), some[-1].place
            if self.expired() or octets > MAX_PAGE_BYTES // 2:
                break
        return self._answer(after, next(candidates, None))

    def _answer(self, after: str | None, following: Posting | None) -> RowPage:
        """Return the page; postings that fit nothing are not looked at again."""
        last = after if following is not None else None if self.ended else self.seen
        found = sorted(self.hits, key=lambda hit: hit.rank)
        return {
            "items": [hit.row for hit in found],
            "unreadable": self.unreadable,
            "nextToken": last and token_of(last),
        }

    @property
    def _entries(self) -> int:
        return len(self.hits) + len(self.unreadable)

    def _look_at(self, candidates: Sequence[Posting]) -> int:
        """Take the rows that are hits; return their bytes."""
        page = self.read([posting.id for posting in candidates])
        ranked = ((self.question.rank(row), row) for row in page["items"])
        found = [Hit(rank, row) for rank, row in ranked if rank is not None]
        self.hits += found
        self.unreadable += page.get("unreadable", [])
        return size([hit.row for hit in found])

    def _candidates(self, after: str | None) -> Iterator[Posting]:
        """Yield the postings behind a place whose rows may be hits."""
        parts = (self._postings(number, after) for number in range(len(self.question.searched)))
        for posting in chain.from_iterable(parts):
            self.seen = posting.place
            if self.question.fits(posting):
                yield posting
        self.ended = self.postings < MOST_POSTINGS

    def _postings(self, number: int, after: str | None) -> Iterator[Posting]:
        """Yield the postings of one text behind a place, as long as one page may read on."""
        begins = f"{number}{SEPARATOR}{self.question.leading}"
        if after is not None and after[0] > begins[0]:
            return
        place, more = after if after and after[0] == begins[0] else None, True
        scope = scope_of(self.question.model, self.question.status, self.question.leading)
        while more and self.postings < MOST_POSTINGS:
            found, more = self.index.postings(scope, begins, place, AT_ONCE * LOOKED_AT)
            self.postings += len(found)
            yield from found
            place = found[-1].place if found else place


def token_of(place: str) -> str:
    """Return a place as a token: letters of any language are none for an address."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def place_of(token: str | None, question: Question) -> str | None:
    """Return the place that a page begins behind. Raises `BadPageToken`."""
    if token is None:
        return None
    try:
        place = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise BadPageToken(token) from None
    number, _, rest = place.partition(SEPARATOR)
    known = number in map(str, range(len(question.searched)))
    if not known or not rest.startswith(question.leading) or place.count(SEPARATOR) < 3:
        raise BadPageToken(token)
    return place
