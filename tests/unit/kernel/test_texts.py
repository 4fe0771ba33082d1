"""Texts of users: which ones are names, and which names are the same."""

import sys
import unicodedata
from dataclasses import replace

import pytest
from pydantic import TypeAdapter, ValidationError

from adapters.memory.event_store import MemoryEventStore
from application.ports import ClaimTaken
from application.reading.states import StoredStates
from kernel.aggregate import Unique
from kernel.errors import DomainError
from kernel.texts import IGNORED, alike, readable
from kernel.values import Description, Name, Reason
from tests.support.commits import OTHER, commit
from tests.support.kitchen.commands import RegisterTea
from tests.support.kitchen.tea import tea

pytestmark = pytest.mark.feature("C10", "C20")

names, reasons = TypeAdapter(Name), TypeAdapter(Reason)
C1 = [chr(code) for code in range(0x80, 0xA0)]
BIDI = list("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
INVISIBLE = [
    "\u200b",
    "\u2060\ufeff",
    "\u3164",
    "\u115f\u1160",
    "\uffa0",
    "\u2800",
    "\u00ad",
    "\u200d",
    "\ufe0f",
    "\U000e0041",
    "\u034f",
    " \u200b\u3000",
    "\u180e",
    "\u2028",
]


@pytest.mark.parametrize(
    "text",
    [
        "Zoë",
        "Cafe\u0301",
        "👩\u200d💻",
        "❤\ufe0f",
        "\u05e9\u05dc \u200fabc",
        "\u0646\u0645\u06cc\u200c\u062e",
        "\ufffe\uffff\ufdd0",
        "a\u200b",
        "-",
        "你好",
    ],
)
def test_a_name_is_kept_as_it_was_written(text: str) -> None:
    assert names.validate_python(text) == text


@pytest.mark.parametrize("character", [*C1, *BIDI, "\u2028", "\u2029"], ids=ascii)
def test_a_name_that_reads_other_than_it_is_written_is_refused(character: str) -> None:
    with pytest.raises(ValidationError, match="without control characters"):
        names.validate_python(f"a{character}b")


@pytest.mark.parametrize("character", [*C1, *BIDI], ids=ascii)
def test_so_is_a_reason(character: str) -> None:
    with pytest.raises(ValidationError, match="direction of writing"):
        reasons.validate_python(f"a{character}b")


@pytest.mark.parametrize("text", INVISIBLE, ids=ascii)
def test_a_text_that_nobody_can_see_is_refused(text: str) -> None:
    for adapter in (names, reasons):
        with pytest.raises(ValidationError, match="not blank"):
            adapter.validate_python(text)


def test_every_space_alone_is_refused() -> None:
    spaces = [c for c in map(chr, range(sys.maxunicode)) if unicodedata.category(c) == "Zs"]

    assert not [c for c in spaces if names.validator.isinstance_python(c)]


def test_a_long_text_keeps_its_lines_and_directions() -> None:
    text = "a\r\nb\tc \u2067\u05e9\u05dc\u2069"

    assert TypeAdapter(Description).validate_python(text) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("é", "e\u0301"),
        ("Å", "\u212b"),
        ("한", "\u1112\u1161\u11ab"),
        ("Straße", "STRASSE"),
        ("ΐ", "\u03b9\u0308\u0301"),
        ("ab", "a\u200bb"),
        ("❤", "❤\ufe0f"),
        ("q\u0307\u0323", "q\u0323\u0307"),
        ("a b", " a \u00a0\u3000b"),
    ],
)
def test_names_that_look_the_same_are_alike(one: str, other: str) -> None:
    assert alike(one) == alike(other)


@pytest.mark.parametrize(("one", "other"), [("e", "é"), ("a b", "ab"), ("l", "1"), ("fi", "fj")])
def test_others_are_not(one: str, other: str) -> None:
    assert alike(one) != alike(other)


def test_nothing_that_is_drawn_is_ignored() -> None:
    assert not IGNORED.search("aé한👩❤ \u0301\u093f")


def test_a_text_can_be_made_readable() -> None:
    assert readable("a\x9bb\u202ec\td\n") == "a\ufffdb\ufffdc\td\n"


def by_name(command: object) -> str | None:
    return f"TEA-NAME#{command.name}" if isinstance(command, RegisterTea) else None


def test_a_unique_value_is_the_same_however_it_is_written() -> None:
    kind = replace(tea, unique=Unique(by_name, lambda _: DomainError()))
    composed, decomposed = (
        kind.claim(RegisterTea(owner="ada", slug="tea", name=name)) for name in ("é", "e\u0301")
    )
    store = MemoryEventStore()
    store.append(commit(1), state_due=False, claim=composed)

    assert StoredStates(store, store).holder("TEA-NAME#e\u0301") == commit(1).aggregate_id
    with pytest.raises(ClaimTaken):
        store.append(commit(1, stream=OTHER), state_due=False, claim=decomposed)
