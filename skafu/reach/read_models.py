"""docs/read-models.yaml: the fields of read models that show what each event carries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

PAGE = Path(__file__).resolve().parents[2] / "docs" / "read-models.yaml"
HAPPENED = "happened"
Places = list[str] | str
"""`Model.field` of each that shows it, or the reason why none does."""


@dataclass(frozen=True, slots=True)
class ReadModels:
    """`events` by aggregate, event and field; `stream` and `every` by aggregate."""

    common: list[str]
    stream: Mapping[str, list[str]]
    every: Mapping[str, list[str]]
    foreign: Mapping[str, str]
    planned: Mapping[str, list[str]]
    events: Mapping[str, Mapping[str, Mapping[str, Places]]]

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
    return ReadModels(**yaml.safe_load(PAGE.read_text()))
