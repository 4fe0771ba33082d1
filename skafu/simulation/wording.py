"""The index of words, in some of the narrow schedules, and the check of what it holds at rest."""

from collections.abc import Sequence
from random import Random

from adapters.memory.words import MemoryWords
from application.ports import Streams, Unavailable
from application.reading.words import Entry, Words, postings_of, words_of
from domain.contents import contents
from kernel.projection import Projection, RowKey
from skafu.simulation.divergence import Divergence
from skafu.simulation.faults import Fault
from skafu.simulation.history import History
from skafu.simulation.world import World

WORDED = 0.1  # of narrow schedules: there is an index of words


def has_words(seed: int) -> bool:
    """Tell whether there is an index; all other schedules are as if there were none."""
    return Random(f"words {seed}").random() < WORDED


class WordItems(MemoryWords):
    """Entries and postings; a process may die before or after it writes them, but not between."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def entry(self, key: RowKey) -> Entry | None:
        return self._world.call("GetItem of words", super().entry, key)

    def put(self, key: RowKey, entry: Entry, replaces: Entry | None) -> None:
        self._world.call("TransactWriteItems of words", self._put, key, entry, replaces)

    def _put(self, key: RowKey, entry: Entry, replaces: Entry | None) -> None:
        if self._world.strikes(Fault.PUT_THROTTLED):
            raise Unavailable("throttled")
        self.store(key, entry, replaces)
        if self._world.strikes(Fault.PUT_UNANSWERED):
            raise Unavailable("read timeout")

    def store(self, key: RowKey, entry: Entry, replaces: Entry | None) -> None:
        super().put(key, entry, replaces)


def keeping(index: WordItems | None, store: Streams, projection: Projection) -> Words | None:
    return words_of(contents, projection, store, index)


def check_words(
    index: WordItems | None, store: Streams, found: Sequence[tuple[Projection, History]]
) -> None:
    """Check that the words of each stream are those that it yields. Raises `Divergence`."""
    for projection, stream in found:
        words = words_of(contents, projection, store, index)
        if index is None or words is None:
            continue
        key, wanted = projection.head(stream.aggregate), words.entry_of(stream.all_recorded())
        if wanted != index.found.get(key):
            raise Divergence("words", f"{key.id}: {index.found.get(key)} instead of {wanted}")
        places = {place for place in index.places if place[1].endswith(key.id)}
        if wanted is not None and places != postings_of(key, wanted).keys():
            raise Divergence("words", f"{key.id}: its postings are {sorted(places)}")
