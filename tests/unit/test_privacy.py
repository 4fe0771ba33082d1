"""What is personal is sealed, in every event; docs/privacy.md names every place that keeps it."""

import re
from dataclasses import fields
from typing import get_args

import pytest
import yaml

from adapters.dynamodb.items import to_item
from application.privacy.opening import personal_fields
from domain.contents import contents
from kernel.aggregate import AnyAggregate
from kernel.messages import Event
from kernel.personal import SealedValue
from tests.support import template
from tests.support.commits import commit
from tests.support.paths import DOCS, SRC

pytestmark = pytest.mark.feature("L10", "W11")

PAGE = DOCS / "privacy.md"
KEEPING = {
    "AWS::DynamoDB::Table",
    "AWS::Events::Archive",
    "AWS::Events::EventBus",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::Serverless::StateMachine",
}
QUOTED = re.compile(r"`([\w<>]+)`")
EVENTS = {name: kind for d in contents.aggregates for name, kind in d.events.classes.items()}


def stored_names(kind: type[Event]) -> dict[str, str]:
    """Return the stored names of an event's own fields, by attribute."""
    return {n: f.alias or n for n, f in kind.model_fields.items() if n != "type"}


def takes_sealed(annotation: object) -> bool:
    """Tell if a field's type is `Sealed`, or may be."""
    return annotation is SealedValue or any(map(takes_sealed, get_args(annotation)))


@pytest.mark.parametrize("kind", EVENTS.values(), ids=EVENTS)
def test_what_is_personal_takes_nothing_but_sealed_values(kind: type[Event]) -> None:
    names = stored_names(kind).items()
    sealed = {alias for name, alias in names if takes_sealed(kind.model_fields[name].annotation)}

    assert sealed == personal_fields(kind).keys()


@pytest.mark.parametrize("kind", EVENTS.values(), ids=EVENTS)
def test_a_sealed_fields_subject_is_a_field_beside_it(kind: type[Event]) -> None:
    assert set(personal_fields(kind).values()) <= set(stored_names(kind).values())


@pytest.mark.parametrize("decider", contents.aggregates, ids=lambda kind: kind.aggregate_type)
def test_no_state_holds_anything_sealed(decider: AnyAggregate) -> None:
    """So a rule can neither open nor compare it."""
    state = type(decider.initial)

    assert [f.name for f in fields(state) if "Sealed" in str(f.type)] == []


def test_every_attribute_of_a_commit_is_classified() -> None:
    around = PAGE.read_text().split("Around its events")[1].split("## ")[0]
    item = to_item(commit())
    attributes = {
        *item,
        "client",
        "correlationId",
        "keyTimes",
        "traceparent",
        "state",
        "stateVersion",
    }

    assert attributes <= set(QUOTED.findall(around))


def test_every_resource_that_keeps_something_is_a_place() -> None:
    """Say in docs/privacy.md what the new one holds of a person, when this fails."""
    places = PAGE.read_text().split("## Every place")[1].split("## ")[0]
    keeping = {name for name, resource in template.written().items() if resource["Type"] in KEEPING}

    assert keeping
    assert {GROUPED.get(name, name) for name in keeping} <= set(QUOTED.findall(places))


GROUPED = {
    f"{group['resources']}{kind}": f"<Group>{kind}"
    for group in yaml.safe_load((SRC / "projections/groups.yaml").read_text()).values()
    for kind in ("Queue", "Dlq", "ProjectorLogs")
}
"""The resources of each group of read models, by the one name that the page has for them."""
