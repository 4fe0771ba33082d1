"""The index of words in memory."""

from collections.abc import Iterator, Sequence
from itertools import islice
from threading import Lock

from application.ports import RowConflict
from application.reading.words import Entry, Posting, PostingPage, postings_of
from kernel.projection import RowKey


class MemoryWords:
    """Entries by their rows, and postings by scope and place."""

    def __init__(self) -> None:
        self.found: dict[RowKey, Entry] = {}
        self.places: dict[tuple[str, str], tuple[str, ...]] = {}
        self._lock = Lock()

    def entry(self, key: RowKey) -> Entry | None:
        return self.found.get(key)

    def put(self, key: RowKey, entry: Entry, replaces: Entry | None) -> None:
        with self._lock:
            if self.found.get(key) != replaces:
                raise RowConflict(key)
            for place in postings_of(key, replaces) if replaces else ():
                self.places.pop(place, None)
            self.places.update(postings_of(key, entry))
            self.found[key] = entry

    def entries(self, model: str) -> Iterator[Sequence[tuple[RowKey, Entry]]]:
        yield [(key, entry) for key, entry in [*self.found.items()] if key.model == model]

    def postings(self, scope: str, beginning: str, after: str | None, limit: int) -> PostingPage:
        places = sorted(
            place
            for one, place in [*self.places]
            if one == scope and place.startswith(beginning) and place > (after or "")
        )
        found = [Posting(place, self.places[scope, place]) for place in islice(places, limit)]
        return PostingPage(found, more=len(places) > limit)
