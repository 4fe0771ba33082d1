"""docs/privacy.md says of every field how it is held; a field that is not classified fails here."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from application.privacy.opening import personal_fields
from domain.contents import contents
from kernel.messages import Event
from tests.support.paths import DOCS

pytestmark = pytest.mark.feature("L10", "W11")

PAGE = DOCS / "privacy.md"
ROW = re.compile(r"^\| (sealed \(`(?P<subject>\w+)`\)|id|text|none) \| (`.+`) \| (`.+`) \|$", re.M)
QUOTED = re.compile(r"`(\w+)`")


class Field(NamedTuple):
    event: str
    name: str


def listed() -> Iterator[tuple[Field, str]]:
    """Yield each field of the page, and how it is held there."""
    for row in ROW.finditer(PAGE.read_text()):
        for event in QUOTED.findall(row[3]):
            yield from ((Field(event, name), row[1]) for name in QUOTED.findall(row[4]))


def held_by(event: str) -> dict[str, str]:
    return {field.name: held for field, held in listed() if field.event == event}


def classes() -> dict[str, type[Event]]:
    return {name: kind for d in contents.aggregates for name, kind in d.events.classes.items()}


def names(kind: type[Event]) -> list[str]:
    """Return the stored names of an event's own fields."""
    return [f.alias or n for n, f in kind.model_fields.items() if n != "type"]


def test_every_field_of_every_event_is_classified_once() -> None:
    """Say in docs/privacy.md how the new field is held, when this fails."""
    there = {Field(event, name) for event, kind in classes().items() for name in names(kind)}
    rows = [field for field, _ in listed()]

    assert sorted(rows) == sorted(there)


@pytest.mark.parametrize("event", sorted(classes()))
def test_what_is_personal_is_called_sealed_with_its_subject(event: str) -> None:
    assert personal_fields(classes()[event]) == {
        name: QUOTED.findall(how)[0]
        for name, how in held_by(event).items()
        if how.startswith("sealed")
    }


@pytest.mark.parametrize("event", sorted(classes()))
def test_a_sealed_fields_subject_is_an_id_beside_it(event: str) -> None:
    held = held_by(event)

    assert {held[subject] for subject in personal_fields(classes()[event]).values()} <= {"id"}
