"""The index of words: one contract, in memory, on moto and on the emulator of `make dev`."""

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from moto import mock_aws

from adapters.dynamodb.words import DynamoDbWords
from adapters.memory.words import MemoryWords
from application.ports import RowConflict
from application.reading.search_text import MOST_TERMS
from application.reading.words import Entry, Posting, WordIndex, scope_of
from kernel.projection import RowKey
from tests.support import stores

pytestmark = pytest.mark.feature("R15", "R16")

POT, URN = RowKey("Teapot", "pot"), RowKey("Teapot", "urn")
ENTRY = Entry(
    status="ACTIVE",
    created_at="2026-01-02T12:00:00.000Z",
    terms=("0tea", "0teapot", "1pot"),
    version=1,
)
LATER = replace(ENTRY, created_at="2026-01-02T12:00:00.001Z")
RENAMED = replace(ENTRY, terms=("0tea", "0kettle"), version=2)
OF_T = scope_of("Teapot", "ACTIVE", "t")


@pytest.fixture(params=["memory", "moto", "ministack"])
def index(request: pytest.FixtureRequest) -> Iterator[WordIndex]:
    match request.param:
        case "memory":
            yield MemoryWords()
        case "moto":
            with mock_aws():
                client = boto3.client("dynamodb", region_name="us-east-1")
                yield DynamoDbWords(client, stores.new_table(client, "WordsTable"))
        case _:
            emulator: stores.Emulator = request.getfixturevalue("emulator")
            client = emulator.client()
            yield DynamoDbWords(client, stores.new_table(client, "WordsTable"))


def found(index: WordIndex, beginning: str, status: str = "ACTIVE") -> list[Posting]:
    scope = scope_of("Teapot", status, beginning[2:])
    return index.postings(scope, beginning, None, 10).postings


def ids(index: WordIndex, beginning: str, status: str = "ACTIVE") -> list[str]:
    return [posting.id for posting in found(index, beginning, status)]


def test_what_was_put_is_got(index: WordIndex) -> None:
    assert index.entry(POT) is None
    index.put(POT, ENTRY, None)
    assert index.entry(POT) == ENTRY


def test_an_entry_is_found_by_the_beginning_of_each_of_its_terms(index: WordIndex) -> None:
    index.put(POT, ENTRY, None)

    assert [posting.term for posting in found(index, "0#te")] == ["0tea", "0teapot"]
    assert [(posting.id, posting.terms) for posting in found(index, "1#pot")] == [
        ("pot", ENTRY.terms)
    ]
    assert found(index, "1#tea") == []
    assert found(index, "0#tea", "RETIRED") == []


def test_whole_terms_come_first_and_of_one_term_the_newest(index: WordIndex) -> None:
    index.put(POT, replace(ENTRY, terms=("0teapot", "0tea")), None)
    index.put(URN, LATER, None)

    assert [(p.term, p.id) for p in found(index, "0#tea")] == [
        ("0tea", "urn"),
        ("0tea", "pot"),
        ("0teapot", "urn"),
        ("0teapot", "pot"),
    ]


def test_postings_are_paged(index: WordIndex) -> None:
    index.put(POT, ENTRY, None)
    index.put(URN, LATER, None)
    every = found(index, "0#tea")

    first = index.postings(OF_T, "0#tea", None, 3)
    assert (first.postings, first.more) == (every[:3], True)
    rest = index.postings(OF_T, "0#tea", first.postings[-1].place, 3)
    assert (rest.postings, rest.more) == (every[3:], False)


def test_a_page_goes_on_behind_a_place_whose_posting_is_gone(index: WordIndex) -> None:
    index.put(POT, ENTRY, None)
    index.put(URN, LATER, None)
    first, *rest = found(index, "0#tea")
    index.put(URN, replace(RENAMED, terms=()), LATER)

    page = index.postings(OF_T, "0#tea", first.place, 3)
    assert page.postings == [one for one in rest if one.id == "pot"]


def test_what_is_replaced_is_no_longer_found(index: WordIndex) -> None:
    index.put(POT, ENTRY, None)
    index.put(POT, RENAMED, ENTRY)

    assert index.entry(POT) == RENAMED
    assert [p.terms for p in found(index, "0#tea")] == [RENAMED.terms]
    assert (ids(index, "0#teapot"), ids(index, "1#pot"), ids(index, "0#ket")) == ([], [], ["pot"])


def test_another_status_is_another_scope(index: WordIndex) -> None:
    index.put(POT, ENTRY, None)
    index.put(POT, replace(ENTRY, status="RETIRED", version=2), ENTRY)

    assert (ids(index, "0#tea"), ids(index, "0#tea", "RETIRED")) == ([], ["pot", "pot"])


def test_one_that_is_hidden_leaves_no_posting(index: WordIndex) -> None:
    index.put(POT, ENTRY, None)
    index.put(POT, replace(ENTRY, terms=(), version=2), ENTRY)

    assert [ids(index, f"0#{letter}") for letter in "tp"] == [[], []]
    assert index.entry(POT) == replace(ENTRY, terms=(), version=2)


@pytest.mark.parametrize("read", [None, replace(ENTRY, version=3), replace(RENAMED, version=1)])
def test_an_entry_that_is_not_as_it_was_read_stays_as_it_is(
    index: WordIndex, read: Entry | None
) -> None:
    index.put(POT, ENTRY, None)
    with pytest.raises(RowConflict):
        index.put(POT, RENAMED, read)

    assert index.entry(POT) == ENTRY
    assert (ids(index, "0#tea"), ids(index, "0#kettle")) == (["pot", "pot"], [])


def test_one_that_is_gone_is_not_replaced(index: WordIndex) -> None:
    with pytest.raises(RowConflict):
        index.put(POT, RENAMED, ENTRY)
    assert ids(index, "0#tea") == []


def test_an_entry_with_as_many_terms_as_there_may_be_gives_way_to_one_with_others(
    index: WordIndex,
) -> None:
    before = replace(ENTRY, terms=tuple(f"0t{n}" for n in range(MOST_TERMS)))
    after = replace(ENTRY, terms=tuple(f"1t{n}" for n in range(MOST_TERMS)), version=2)
    index.put(POT, before, None)
    index.put(POT, after, before)

    assert len(index.postings(OF_T, "1#t", None, 100).postings) == MOST_TERMS
    assert found(index, "0#t") == []


def test_all_entries_of_a_model_are_listed(index: WordIndex) -> None:
    many = {RowKey("Teapot", f"pot-{n}"): replace(ENTRY, version=n) for n in range(1, 40)}
    for key, entry in many.items():
        index.put(key, entry, None)
    index.put(RowKey("Kettle", "pot-1"), ENTRY, None)

    assert dict(one for page in index.entries("Teapot") for one in page) == many
