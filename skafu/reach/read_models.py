"""docs/read-models.yaml: the fields of read models that show what each event carries.

An event without fields of its own needs no row there: what it changes is seen in the rows.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml

from domain.contents import contents
from kernel.aggregate import AnyAggregate
from kernel.messages import Event
from skafu.reach.changes import changes

PAGE = Path(__file__).resolve().parents[2] / "docs" / "read-models.yaml"
HAPPENED = "happened"
Places = list[str] | str
"""`Model.field` of each that shows it, or the reason why none does."""
Fields = Mapping[str, Places]


@dataclass(frozen=True, slots=True)
class ReadModels:
    """`events` by aggregate, event and field; `stream` and `every` by aggregate.

    `unseen` are the fields of rows that the page does not use yet, by model.
    """

    common: list[str]
    stream: Mapping[str, list[str]]
    every: Mapping[str, list[str]]
    foreign: Mapping[str, str]
    planned: Mapping[str, list[str]]
    events: Mapping[str, Mapping[str, Fields]]
    unseen: Mapping[str, list[str]] = dataclasses.field(default_factory=dict)

    def planned_fields(self) -> set[str]:
        return {f"{model}.{name}" for model, names in self.planned.items() for name in names}

    def shown(self) -> set[str]:
        """Return every `Model.field` that shows anything."""
        fixed = (
            place
            for kind in (self.stream, self.every)
            for places in kind.values()
            for place in places
        )
        return {*fixed, *(place for *_, places in self.rows() for place in listed(places))}

    def rows(self) -> Iterator[tuple[str, str, str, Places]]:
        """Yield aggregate, event, field and the places that show it."""
        for aggregate, events in self.events.items():
            for event, fields in events.items():
                for field, places in (fields or {}).items():
                    yield aggregate, event, field, places


def listed(places: Places) -> list[str]:
    return [] if isinstance(places, str) else places


@cache
def load() -> ReadModels:
    """Return the page, with the events that need no row in their places."""
    page = ReadModels(**yaml.safe_load(PAGE.read_text()))
    events = {kind.noun: dict(with_changes(page, kind)) for kind in contents.aggregates}
    return replace(page, events=events)


def with_changes(page: ReadModels, kind: AnyAggregate) -> Iterator[tuple[str, Fields]]:
    written = page.events.get(kind.noun, {})
    for name, event in kind.events.classes.items():
        if name in written:
            yield name, written[name]
        elif places := changed(page, kind, event):
            yield name, {HAPPENED: places}


def changed(page: ReadModels, kind: AnyAggregate, event: type[Event]) -> list[str]:
    """Return what an event without fields changes; the fields of any other need rows."""
    if event.model_fields.keys() - {"type"}:
        return []
    return [place for place in changes(kind, event) if place.partition(".")[2] not in page.common]
