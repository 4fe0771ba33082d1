"""The index of words as streams yield it, in whatever order and however often they are told of."""

from dataclasses import replace
from itertools import permutations

import pytest

from adapters.memory.words import MemoryWords
from application.ports import RowConflict
from application.reading.catch_up import CatchUp
from application.reading.search_text import LONGEST_TERM, MOST_TERMS, beginnings, terms
from application.reading.words import MAX_ATTEMPTS, Entry, Words, WordsContended, words_of
from kernel.contents import Contents
from kernel.messages import AggregateId
from kernel.personal import ForgetSubject
from kernel.projection import RowKey
from tests.support.desk import Desk
from tests.support.fakes import MemoryReadModels
from tests.support.kitchen.builders import add, change, make, rename, retire, smash
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.projections import TEAPOT_DETAIL, TEAPOT_LIST, parts, teapots
from tests.support.spec import ACTOR, STREAM

pytestmark = pytest.mark.feature("R15", "R16")

SEARCHED = replace(TEAPOT_LIST, searched=("name", "description"))
CONTENTS = replace(kitchen, queries=(SEARCHED, TEAPOT_DETAIL))
HEAD = teapots.head(STREAM)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def index() -> MemoryWords:
    return MemoryWords()


@pytest.fixture
def rows() -> MemoryReadModels:
    return MemoryReadModels()


def kept(desk: Desk, index: MemoryWords, contents: Contents = CONTENTS) -> Words:
    words = words_of(contents, teapots, desk.store, index)
    assert words is not None
    return words


def catching_up(desk: Desk, index: MemoryWords, rows: MemoryReadModels) -> CatchUp:
    return CatchUp(desk.store, rows, teapots, words=kept(desk, index))


def terms_in(index: MemoryWords) -> tuple[str, ...]:
    return index.found[HEAD].terms


class TestTerms:
    def test_are_the_words_of_each_text_after_its_number(self) -> None:
        found = terms(["Café au lait", "A café, BY day"])
        assert found == ("0cafe", "0au", "0lait", "1a", "1by", "1day")

    def test_of_a_text_without_spaces_are_pairs_of_its_letters(self) -> None:
        assert terms(["東京の店", None]) == ("0東京", "0京の", "0の店", "0店")
        assert terms(["iphone手机"]) == ("0iphone", "0手机", "0机")

    def test_are_as_many_as_one_transaction_has_room_for(self) -> None:
        many = terms([" ".join(f"w{n}" for n in range(100)), "late"])
        assert many == tuple(f"0w{n}" for n in range(MOST_TERMS))

    def test_have_an_end(self) -> None:
        assert terms(["x" * 500]) == ("0" + "x" * LONGEST_TERM,)
        assert beginnings("x" * 200) == ["x" * LONGEST_TERM]

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("Teapot", "tea"),
            ("東京の店", "京"),
            ("東京の店", "京の店"),
            ("東京の店", "店"),
            ("iphone手机壳", "iphone"),
            ("iphone手机壳", "ne手机"),
            ("서울가게", "울가"),
        ],
    )
    def test_begin_as_whoever_looks_for_a_word_asks(self, text: str, wanted: str) -> None:
        found = [term[1:] for term in terms([text])]
        assert all(any(t.startswith(each) for t in found) for each in beginnings(wanted))


class TestAnEntry:
    def test_is_written_with_the_row_and_before_it(
        self, desk: Desk, index: MemoryWords, rows: MemoryReadModels
    ) -> None:
        class Dying(MemoryReadModels):
            def create(self, key: RowKey, row: object) -> None:
                raise RuntimeError("killed")

        desk.send(make("Green teapot"))
        with pytest.raises(RuntimeError):
            catching_up(desk, index, Dying()).reach(STREAM, 1)
        assert terms_in(index) == ("0green", "0teapot")

        assert catching_up(desk, index, rows).reach(STREAM, 1) == 1
        assert index.found[HEAD].version == 1

    def test_follows_the_texts_and_nothing_else(
        self, desk: Desk, index: MemoryWords, rows: MemoryReadModels
    ) -> None:
        for number, command in enumerate((make("Pot"), add("spout"), rename("Urn"), add("lid")), 1):
            desk.send(command)
            desk.forget_counts()
            catching_up(desk, index, rows).reach(STREAM, number)
            # Only a change of texts reads the stream once more.
            assert len(desk.store.reads) == (2 if number in (1, 3) else 1)

        assert (index.found[HEAD].terms, index.found[HEAD].version) == (("0urn",), 3)

    def test_of_what_is_retired_is_in_another_scope_and_of_what_is_deleted_has_no_terms(
        self, desk: Desk, index: MemoryWords, rows: MemoryReadModels
    ) -> None:
        desk.send(make("Pot"))
        desk.send(retire())
        catching_up(desk, index, rows).reach(STREAM, 2)
        assert {scope for scope, _ in index.places} == {"Teapot#RETIRED#p"}

        desk.send(smash())
        catching_up(desk, index, rows).reach(STREAM, 3)
        assert (index.places, index.found[HEAD].terms) == ({}, ())

    def test_of_a_person_who_was_forgotten_has_no_terms_and_gets_none(
        self, desk: Desk, index: MemoryWords, rows: MemoryReadModels
    ) -> None:
        desk.send(make("Pot"))
        desk.send(ForgetSubject(subject="somebody-else"))
        catching_up(desk, index, rows).reach(STREAM, 2)
        assert terms_in(index) == ("0pot",)

        desk.send(ForgetSubject(subject=ACTOR.partition("::")[0]))
        catching_up(desk, index, rows).reach(STREAM, 3)
        assert index.places == {}

        desk.send(rename("Urn"), admin=True)
        catching_up(desk, index, rows).reach(STREAM, 4)
        assert index.places == {}


@pytest.mark.parametrize("order", [*permutations(range(1, 5))], ids=str)
def test_hints_in_any_order_and_twice_lead_to_the_same(
    desk: Desk, index: MemoryWords, rows: MemoryReadModels, order: tuple[int, ...]
) -> None:
    for command in (make("Pot"), rename("Urn"), change(description="Big"), retire()):
        desk.send(command)
    for sequence in (*order, *order):
        catching_up(desk, index, rows).reach(STREAM, sequence)

    assert index.found[HEAD] == Entry(
        status="RETIRED",
        created_at=index.found[HEAD].created_at,
        terms=("0urn", "1big"),
        version=4,
    )
    assert sorted(place[:5] for _, place in index.places) == ["0#urn", "1#big"]


def test_whoever_comes_late_does_not_put_back_what_was_replaced(desk: Desk) -> None:
    class Overtaken(MemoryWords):
        """Before the first entry is put, another projector goes on to the end of the stream."""

        overtaken = False

        def put(self, key: RowKey, entry: Entry, replaces: Entry | None) -> None:
            if not self.overtaken:
                self.overtaken = True
                desk.send(rename("Urn"))
                kept(desk, self).bring(STREAM)
            super().put(key, entry, replaces)

    index = Overtaken()
    desk.send(make("Pot"))
    assert kept(desk, index).bring(STREAM) == 0
    assert (terms_in(index), len(index.places)) == (("0urn",), 1)


def test_one_that_others_write_at_every_attempt_is_tried_again_later(desk: Desk) -> None:
    class Contended(MemoryWords):
        puts = 0

        def put(self, key: RowKey, entry: Entry, replaces: Entry | None) -> None:
            self.puts += 1
            raise RowConflict(key)

    index = Contended()
    desk.send(make("Pot"))
    with pytest.raises(WordsContended):
        kept(desk, index).bring(STREAM)
    assert index.puts == MAX_ATTEMPTS


def test_an_entry_that_has_seen_what_is_not_there_is_replaced(
    desk: Desk, index: MemoryWords
) -> None:
    desk.send(make("Pot"))
    wrong = Entry(status="ACTIVE", created_at="2026-01-01T00:00:00Z", terms=("0x",), version=9)
    index.put(HEAD, wrong, None)

    assert kept(desk, index).bring(STREAM) == 1
    assert terms_in(index) == ("0pot",)


def test_a_rebuild_writes_what_is_missing_and_then_nothing(
    desk: Desk, index: MemoryWords, rows: MemoryReadModels
) -> None:
    desk.send(make("Pot"))
    CatchUp(desk.store, rows, teapots).reach(STREAM, 1)

    assert catching_up(desk, index, rows).rebuild(STREAM) == 1
    assert terms_in(index) == ("0pot",)
    assert catching_up(desk, index, rows).rebuild(STREAM) == 0


def test_a_stream_without_a_row_has_no_entry(desk: Desk, index: MemoryWords) -> None:
    assert kept(desk, index).bring(AggregateId("TEAPOT#none")) == 0


class TestNobodyKeepsWords:
    def test_of_rows_that_are_not_searched(self, desk: Desk, index: MemoryWords) -> None:
        assert words_of(CONTENTS, parts, desk.store, index) is None
        assert words_of(kitchen, teapots, desk.store, index) is None

    def test_without_an_index(self, desk: Desk) -> None:
        assert words_of(CONTENTS, teapots, desk.store, None) is None
