"""The index of words: by which words a row is found among everybody's rows.

An entry says which terms a row has, and there is a posting for each of them: an item that is found
by the beginning of its term. An entry is written only when texts or status change. It is made from
the whole stream, which is read after the entry that it replaces: whoever writes last knows most, in
whatever order and however often events are delivered. Hits are candidates alone; whoever asks for
them compares each with its row.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from pydantic.alias_generators import to_snake

from application.ports import RowConflict, Streams, Unavailable
from application.reading.search_text import terms
from kernel.contents import Contents
from kernel.messages import AggregateId, Recorded
from kernel.personal import SubjectForgotten, Unopened
from kernel.projection import Projection, Row, RowKey
from kernel.query import Listing

FORM = 1
"""Raise it whenever `terms` or the places of postings change: `skafu rebuild` writes all anew."""
MAX_ATTEMPTS = 5
LAST_MILLISECOND = 10**13 - 1
SEPARATOR = "#"
SUFFIX = " words"


class WordsContended(Unavailable):
    """Others wrote the entry at every attempt; the hint is delivered again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The terms by which a row is found, since the event `version`; none if it is hidden.

    `projection_version` is the form in which terms are stored.
    """

    status: str
    created_at: str
    terms: tuple[str, ...]
    version: int
    projection_version: int = FORM


class Posting(NamedTuple):
    """A candidate: its place among those of a scope, and all terms of its row."""

    place: str
    terms: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.place.split(SEPARATOR, 3)[3]

    @property
    def term(self) -> str:
        """Return the term, after the number of its text."""
        return "".join(self.place.split(SEPARATOR, 2)[:2])


class PostingPage(NamedTuple):
    postings: list[Posting]
    more: bool


class WordIndex(Protocol):
    """Entries and their postings, which are written together or not at all."""

    def entry(self, key: RowKey) -> Entry | None:
        """Return the entry of a row, read strongly."""
        ...

    def put(self, key: RowKey, entry: Entry, replaces: Entry | None) -> None:
        """Write an entry and its postings in the place of another. Raises `RowConflict`."""
        ...

    def entries(self, model: str) -> Iterator[Sequence[tuple[RowKey, Entry]]]:
        """Yield all entries of the rows of a model; they may be stale."""
        ...

    def postings(self, scope: str, beginning: str, after: str | None, limit: int) -> PostingPage:
        """Return the postings of a scope whose places begin so, in order, behind a place."""
        ...


@dataclass(frozen=True)
class Words:
    """Keeps the entries of one projection's rows as their streams yield them."""

    index: WordIndex
    store: Streams
    projection: Projection
    listing: Listing

    def bring(self, aggregate: AggregateId) -> int:
        """Bring the entry of a stream's row up to the stream; return how many were written."""
        key = self.projection.head(aggregate)
        for _ in range(MAX_ATTEMPTS):
            known = self.index.entry(key)
            wanted = self.entry_of(self._recorded(aggregate))
            if wanted is None or wanted == known:
                return 0
            try:
                self.index.put(key, wanted, known)
            except RowConflict:
                continue
            return 1
        raise WordsContended(f"{self.projection.name} {aggregate}")

    def concerns(self, before: Row | None, recorded: Recorded[Any], after: Row | None) -> bool:
        """Tell whether the event may change the entry of a row."""
        forgotten = isinstance(recorded.event, SubjectForgotten)
        return after is not None and (
            forgotten or before is None or self._said(before) != self._said(after)
        )

    def entry_of(self, stream: Iterable[Recorded[Any]]) -> Entry | None:
        """Return the entry that a whole stream yields, if it yields a row."""
        row: Any = None
        found: Entry | None = None
        forgotten = set[str]()
        for recorded in stream:
            if isinstance(recorded.event, SubjectForgotten):
                forgotten.add(recorded.event.subject)
            row = self._after(row, recorded)
            if row is not None:
                found = self._changed(found, row, forgotten, recorded.sequence)
        return found

    def _after(self, row: Any, recorded: Recorded[Any]) -> Any:  # noqa: ANN401 - a row of any class
        key = self.projection.head(recorded.aggregate_id)
        touched = self.projection.touched(() if row is None else (key,), row, recorded)
        return self.projection.after(key, row, recorded, row) if key in touched else row

    def _changed(
        self,
        found: Entry | None,
        row: Any,  # noqa: ANN401 - a row of any class
        forgotten: set[str],
        version: int,
    ) -> Entry:
        status, texts, user = self._said(row)
        shown = status != self.listing.hidden and user not in forgotten
        named = terms(texts) if shown else ()
        if found is not None and (found.status, found.terms) == (status, named):
            return found
        return Entry(status=status, created_at=row.created_at, terms=named, version=version)

    def _said(self, row: Any) -> tuple[str, list[str | None], str | None]:  # noqa: ANN401 - a row of any class
        """Return all of a row that its entry depends on; sealed texts are nobody's to find."""
        found = (getattr(row, name) for name in self._searched)
        texts = [None if isinstance(text, Unopened) else text for text in found]
        return str(row.status), texts, getattr(row, "user_id", None)

    @cached_property
    def _searched(self) -> list[str]:
        return [to_snake(name) for name in self.listing.searched]

    def _recorded(self, aggregate: AggregateId) -> Iterator[Recorded[Any]]:
        for commit in self.store.read(aggregate):
            yield from commit.recorded(self.projection.events)


def words_of(
    contents: Contents, projection: Projection, store: Streams, index: WordIndex | None
) -> Words | None:
    """Return what keeps the entries of the projection's rows, if people search for them."""
    listing = contents.searched(projection)
    return None if index is None or listing is None else Words(index, store, projection, listing)


def is_of(projection: Projection, model: str) -> bool:
    """Tell whether rows of the model, or entries of words, are compared with this projection."""
    return model in projection.models or model == projection.head_model + SUFFIX


def is_of_words(model: str) -> bool:
    return model.endswith(SUFFIX)


def key_of_words(key: RowKey) -> RowKey:
    """Return the key under which the entry of a row is compared: as a model of its own."""
    return RowKey(key.model + SUFFIX, key.id)


def postings_of(key: RowKey, entry: Entry) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Return the terms of each posting of an entry, by its scope and its place."""
    return {
        (scope_of(key.model, entry.status, term[1:]), place_of(key, entry, term)): entry.terms
        for term in entry.terms
    }


def scope_of(model: str, status: str, beginning: str) -> str:
    """Return the scope of terms that begin so: those of one letter."""
    return SEPARATOR.join((model, status, beginning[:1]))


def place_of(key: RowKey, entry: Entry, term: str) -> str:
    """Return the place of a posting: a whole term before longer ones, then the newest row."""
    moment = datetime.fromisoformat(entry.created_at).timestamp()
    age = LAST_MILLISECOND - int(moment * 1000)
    return SEPARATOR.join((term[0], term[1:], f"{age:013d}", key.id))
