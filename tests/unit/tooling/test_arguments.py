"""Wrong arguments of the command line are answered with what is expected."""

import pytest
import typer
from pydantic import TypeAdapter

from domain.contents import contents
from kernel.operation import PlainId
from kernel.personal import Subject
from skafu.commands.state import moment_of
from skafu.reach.arguments import valid
from skafu.reach.streams import named

ID = "0198f2a0-0000-7000-8000-00000000000a"


def test_a_right_value_is_taken_in_the_form_of_its_type() -> None:
    assert valid(TypeAdapter(PlainId), ID.upper()) == ID


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (PlainId, "1", "Must be a UUID, such as"),
        (Subject, "ann lee", "Must be 1 to 128 printable ASCII characters without spaces."),
        (int, "many", "Must be a whole number."),
    ],
)
def test_a_wrong_value_is_answered_with_what_is_expected(
    kind: type, text: str, expected: str
) -> None:
    with pytest.raises(typer.BadParameter, match=f"'{text}' cannot be used. {expected}"):
        valid(TypeAdapter(kind), text)


@pytest.mark.parametrize("text", ["1", "KIND#1", "yesterday"])
def test_a_stream_is_named_by_a_uuid(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="Must be a UUID"):
        named(text.replace("KIND", contents.aggregates[0].aggregate_type))


def test_an_unknown_kind_of_aggregate_is_answered_with_the_known_ones() -> None:
    known = contents.aggregates[0].aggregate_type

    with pytest.raises(typer.BadParameter, match=f"'TEAPOT' must be one of .*{known}"):
        named(f"TEAPOT#{ID}")


@pytest.mark.parametrize("text", ["yesterday", "2026-01-18", "2026-01-18T10:30:00"])
def test_a_moment_has_its_offset(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="must be a date and time with its offset"):
        moment_of(text)
