"""docs/privacy.md says of every field how it is held; a field that is not classified fails here."""

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import NamedTuple, get_args

import pytest

from adapters.dynamodb.items import to_item
from application.privacy.opening import personal_fields
from domain.contents import contents
from kernel.aggregate import AnyAggregate
from kernel.messages import Event
from kernel.personal import SealedValue
from tests.support import template
from tests.support.commits import commit
from tests.support.paths import DOCS

pytestmark = pytest.mark.feature("L10", "W11")

PAGE = DOCS / "privacy.md"
ROW = re.compile(r"^\| (sealed \(`(?P<subject>\w+)`\)|id|text|none) \| (`.+`) \| (`.+`) \|$", re.M)
KEEPING = {
    "AWS::DynamoDB::Table",
    "AWS::Events::Archive",
    "AWS::Events::EventBus",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
    "AWS::Serverless::StateMachine",
}
QUOTED = re.compile(r"`(\w+)`")


class Field(NamedTuple):
    event: str
    name: str


def listed() -> Iterator[tuple[Field, str]]:
    """Each field of the page, and how it is held there."""
    for row in ROW.finditer(PAGE.read_text()):
        for event in QUOTED.findall(row[3]):
            yield from ((Field(event, name), row[1]) for name in QUOTED.findall(row[4]))


def classes() -> dict[str, type[Event]]:
    return {name: kind for d in contents.aggregates for name, kind in d.events.classes.items()}


def names(kind: type[Event]) -> dict[str, str]:
    """Stored names of an event's own fields, by attribute."""
    return {n: f.alias or n for n, f in kind.model_fields.items() if n != "type"}


def takes_sealed(annotation: object) -> bool:
    """Tell if a field's type is `Sealed`, or may be."""
    return annotation is SealedValue or any(map(takes_sealed, get_args(annotation)))


def test_every_field_of_every_event_is_classified_once() -> None:
    """Say in docs/privacy.md how the new field is held, when this fails."""
    there = {Field(event, name) for event in classes() for name in names(classes()[event]).values()}
    rows = [field for field, _ in listed()]

    assert sorted(rows) == sorted(there)


@pytest.mark.parametrize("event", sorted(classes()))
def test_what_is_personal_takes_nothing_but_sealed_values(event: str) -> None:
    kind = classes()[event]
    types = {alias: kind.model_fields[name].annotation for name, alias in names(kind).items()}
    sealed = {name for name, annotation in types.items() if takes_sealed(annotation)}
    held = {field.name: held for field, held in listed() if field.event == event}

    assert sealed == {name for name, how in held.items() if how.startswith("sealed")}
    assert personal_fields(kind) == {
        name: QUOTED.findall(how)[0] for name, how in held.items() if how.startswith("sealed")
    }


@pytest.mark.parametrize("event", sorted(classes()))
def test_a_sealed_fields_subject_is_an_id_beside_it(event: str) -> None:
    held = {field.name: held for field, held in listed() if field.event == event}

    assert {held[subject] for subject in personal_fields(classes()[event]).values()} <= {"id"}


@pytest.mark.parametrize("decider", contents.aggregates, ids=lambda kind: kind.aggregate_type)
def test_no_state_holds_anything_sealed(decider: AnyAggregate) -> None:
    """So a rule can neither open nor compare it."""
    state = type(decider.initial)

    assert [f.name for f in fields(state) if "Sealed" in str(f.type)] == []


def test_every_attribute_of_a_commit_is_classified() -> None:
    around = PAGE.read_text().split("Around its events")[1].split("## ")[0]
    item = to_item(commit())
    attributes = {*item, "client", "correlationId", "traceparent", "state", "stateVersion"}

    assert attributes <= set(QUOTED.findall(around))


def test_every_resource_that_keeps_something_is_a_place() -> None:
    """Say in docs/privacy.md what the new one holds of a person, when this fails."""
    places = PAGE.read_text().split("## Every place")[1].split("## ")[0]
    keeping = {name for name, resource in template.written().items() if resource["Type"] in KEEPING}

    assert keeping
    assert keeping <= set(QUOTED.findall(places))
