"""Words that are not those of their stream: they are found, and written anew."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from adapters.memory.words import MemoryWords
from application.reading.catch_up import CatchUp
from application.reading.rebuild import MISSING, OLDER, Rebuild, Rebuilt
from application.reading.survey import Survey
from application.reading.verify import STRAY
from application.reading.words import SUFFIX, Entry, Words, words_of
from kernel.messages import AggregateId
from kernel.projection import Projection, RowKey
from skafu.commands.rehearse import of_rows
from skafu.rehearsal.comparing import ROW, Comparison
from skafu.rehearsal.stored import head
from tests.support.desk import Desk
from tests.support.fakes import NOW
from tests.support.kitchen.builders import rename
from tests.support.kitchen.projections import teapots
from tests.support.surveyed import STREAMS, World, world_of
from tests.unit.application.reading.test_words import CONTENTS

pytestmark = pytest.mark.feature("R15", "T1", "W12")
FIRST = STREAMS[0]
HEAD = teapots.head(FIRST)
MODEL = HEAD.model + SUFFIX


@dataclass
class Searched:
    """A world whose teapots are found by words."""

    world: World
    index: MemoryWords = field(default_factory=MemoryWords)

    def words(self, projection: Projection) -> Words | None:
        return words_of(CONTENTS, projection, self.world.store, self.index)

    def catch_up(self, projection: Projection) -> CatchUp:
        world = self.world
        return CatchUp(world.store, world.rows, projection, words=self.words(projection))

    def survey(self, now: datetime = NOW, grace: timedelta = timedelta(0)) -> Survey:
        return self.world.anew().survey(words=self.words, now=now, grace=grace)

    def found(self) -> list[tuple[AggregateId, str, RowKey | None]]:
        return [(one.aggregate, one.where, one.row) for one in self.survey().findings()]

    def rebuilt(self, *, dry: bool = False) -> Rebuilt:
        work = Rebuild(self.survey())
        work.compare()
        if not dry:
            work.write(lambda projection, stream: self.catch_up(projection).rebuild(stream))
        return work.done


@pytest.fixture
def searched() -> Iterator[Searched]:
    with world_of() as world:
        made = Searched(world)
        made.rebuilt()
        yield made


def missing(searched: Searched) -> None:
    del searched.index.found[HEAD]


def altered(searched: Searched) -> None:
    entry = searched.index.found[HEAD]
    searched.index.put(HEAD, replace(entry, terms=("0forged",)), entry)


def of_another_form(searched: Searched) -> None:
    entry = searched.index.found[HEAD]
    searched.index.put(HEAD, replace(entry, projection_version=0), entry)


def test_a_table_that_is_empty_is_filled_by_a_rebuild(searched: Searched) -> None:
    searched.index = MemoryWords()
    done = searched.rebuilt()

    assert (done.written, done.differences.kinds) == (4, {(MODEL, MISSING): 4})
    assert len(searched.index.found) == len(STREAMS)
    assert searched.found() == []


def test_words_that_are_right_are_not_written(searched: Searched) -> None:
    assert searched.rebuilt().written == 0
    assert searched.found() == []


@pytest.mark.parametrize("wrong", [missing, altered, of_another_form])
def test_wrong_words_are_found_and_mended(
    searched: Searched, wrong: Callable[[Searched], None]
) -> None:
    right = dict(searched.index.found), dict(searched.index.places)
    wrong(searched)

    assert searched.found() == [(FIRST, "teapots", RowKey(MODEL, HEAD.id))]
    assert searched.rebuilt().written == 1
    assert (searched.index.found, searched.index.places) == right


def test_a_rehearsal_names_words_that_a_rebuild_would_write(searched: Searched) -> None:
    altered(searched)
    comparison = Comparison((head(CONTENTS), head(CONTENTS)))
    (found,) = of_rows(searched.survey(), comparison)

    assert (found.name, found.key, found.field) == ("teapots", f"{MODEL} {HEAD.id}", "terms.0")
    tally, teapots_rows = comparison.tally, (ROW, "teapots")
    assert tally.differing[teapots_rows] == 1 < tally.compared[teapots_rows]


def test_the_form_of_terms_is_not_that_of_rows(searched: Searched) -> None:
    of_another_form(searched)
    assert searched.rebuilt(dry=True).differences.kinds == {(MODEL, OLDER.format(0)): 1}
    altered(searched)
    assert searched.rebuilt(dry=True).differences.kinds == {(MODEL, OLDER.format(0)): 1}


def test_words_that_belong_to_no_stream_are_strays(searched: Searched) -> None:
    nobodys = Entry(status="ACTIVE", created_at="2026-01-01T12:00:00Z", terms=("0x",), version=1)
    searched.index.put(RowKey("Teapot", "nobodys"), nobodys, None)

    assert [where for _, where, _ in searched.found()] == [STRAY]


def test_words_of_an_event_of_a_moment_ago_are_on_their_way(searched: Searched) -> None:
    Desk(searched.world.store, stream=FIRST).send(rename("Samovar"))
    searched.world.project()

    survey = searched.survey(now=NOW + timedelta(minutes=5), grace=timedelta(minutes=10))
    assert survey.findings() == []
    later = searched.survey(now=NOW + timedelta(minutes=15), grace=timedelta(minutes=10))
    assert [one.row for one in later.findings() if one.row] == [RowKey(MODEL, HEAD.id)]


def test_words_that_are_written_while_one_looks_are_right(searched: Searched) -> None:
    """The scan has met the stream before its last event, the list of entries after it."""
    survey = searched.survey()
    scanned = [*searched.world.every()]
    Desk(searched.world.store, stream=FIRST).send(rename("Samovar"))
    searched.catch_up(teapots).reach(FIRST, 4)
    survey = replace(survey, scan=type("Scan", (), {"every": lambda _: iter(scanned)})())

    assert [one for one in survey.findings() if one.where == "teapots"] == []
