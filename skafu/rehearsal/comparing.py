"""Comparing two folds of one stream, field by field, with personal texts masked."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from application.reading.rebuild import MISSING, Differences
from kernel.messages import AggregateId
from kernel.personal import FORM, KEPT

Json = Mapping[str, Any]
STATE, ROW, EVENT = "state", "row", "event"
ABSENT, THE_ROW = "(absent)", "(the row)"
MASKED = "[personal]"
VERSION = "projection_version"
DIFFERS = "differs"
WHOLE = ""  # the field of what there is on one side only


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a state or of a row that would be another, or an event that would be unreadable.

    `name` is the type of aggregate or the projection, `key` the row or the number of the event.
    Without a field, all of it differs.
    """

    what: str
    name: str
    stream: AggregateId
    key: str
    field: str
    before: Any
    after: Any

    def to_dict(self) -> dict[str, Any]:
        names = ("what", "name", "stream", "key", "field", "before", "after")
        return {name: getattr(self, name) for name in names}


@dataclass(slots=True)
class Tally:
    """Counts, by kind and name: all states and rows, those that differ, and what a rebuild writes.

    `again` are rows that would be written with another version of the projection, and no other
    difference.
    """

    compared: Counter[tuple[str, str]] = field(default_factory=Counter)
    differing: Counter[tuple[str, str]] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    rebuild: Differences = field(default_factory=Differences)

    def add(self, found: Iterable[Difference]) -> None:
        """Count each state, row and event once, however many of its fields differ."""
        places = {(one.what, one.name, one.key) for one in found}
        self.differing.update((what, name) for what, name, _ in places)


@dataclass(slots=True)
class Comparison:
    """Compares answers of the child processes, the deployed one's first."""

    heads: tuple[Json, Json]
    tally: Tally = field(default_factory=Tally)

    def differences(self, stream: AggregateId, before: Json, after: Json) -> list[Difference]:
        found = list(unreadable(stream, before, after))
        if not (before.get("unreadable") or after.get("unreadable")):
            found += self._state(stream, before["state"], after["state"])
            written = 0
            names = dict.fromkeys((*after["rows"], *before["rows"]))
            for name in names:
                old, new = (side["rows"].get(name, {"folded": {}}) for side in (before, after))
                own, rows = self._rows(stream, name, old, new)
                found += own
                written += rows
            self.tally.rebuild.streams += written > 0
            self.tally.rebuild.events += end_of(after) if written else 0
        self.tally.add(found)
        return found

    def _state(self, stream: AggregateId, before: Json, after: Json) -> list[Difference]:
        kind = stream.partition("#")[0]
        self.tally.compared[STATE, kind] += 1
        if "fault" in before or "fault" in after:
            return whole(STATE, kind, stream, before, after)
        pairs = changes(before["folded"], after["folded"])
        return [Difference(STATE, kind, stream, "", *self.masked(kind, *p)) for p in pairs]

    def _rows(
        self, stream: AggregateId, name: str, before: Json, after: Json
    ) -> tuple[list[Difference], int]:
        """Return the differences of a projection's rows, and how many a rebuild would write."""
        if "fault" in before or "fault" in after:
            return whole(ROW, name, stream, before, after), 0
        old, new = before["folded"], after["folded"]
        found: list[Difference] = []
        written = 0
        for key in dict.fromkeys((*new, *old)):
            self.tally.compared[ROW, name] += 1
            found += self._row(name, stream, key, old.get(key), new.get(key))
            written += self._count_write(name, key, old.get(key), new.get(key))
        return found, written

    def _row(
        self, name: str, stream: AggregateId, key: str, old: Json | None, new: Json | None
    ) -> Iterator[Difference]:
        if old is None or new is None:
            yield Difference(ROW, name, stream, key, WHOLE, *map(there, (old, new)))
            return
        model = key.partition(" ")[0]
        for pair in changes(old, new):
            if pair[0] != VERSION:
                yield Difference(ROW, name, stream, key, *self.masked(model, *pair))

    def _count_write(self, name: str, key: str, old: Json | None, new: Json | None) -> bool:
        """Count a row that a rebuild would write: it leaves rows that no stream yields any more."""
        if new is None or old == new:
            return False
        model = key.partition(" ")[0]
        kind = MISSING if old is None else DIFFERS
        self.tally.rebuild.kinds[model, kind] += 1
        if old is not None and {n for n, _, _ in changes(old, new)} == {VERSION}:
            self.tally.again[name] += 1
        return True

    def masked(self, model: str, name: str, before: Any, after: Any) -> tuple[str, Any, Any]:  # noqa: ANN401 - any JSON
        column = name.partition(".")[0]
        personal = any(column in head["personal"].get(model, ()) for head in self.heads)
        return name, mask(before, personal), mask(after, personal)


def unreadable(stream: AggregateId, before: Json, after: Json) -> Iterator[Difference]:
    """Yield the events that the candidate cannot read, and those that only it can."""
    old, new = ({f[0]: f for f in side.get("unreadable", ())} for side in (before, after))
    for number in sorted({*old, *new}):
        _, event, _ = new.get(number) or old[number]
        told = [side[number][2] if number in side else "read" for side in (old, new)]
        yield Difference(EVENT, stream.partition("#")[0], stream, f"{number}", event, *told)


def whole(what: str, name: str, stream: AggregateId, before: Json, after: Json) -> list[Difference]:
    """Return the difference when one side could not fold; none when neither could."""
    told = [side.get("fault", "folded") for side in (before, after)]
    same = told[0] == told[1]
    return [] if same else [Difference(what, name, stream, "", WHOLE, *told)]


def end_of(answer: Json) -> int:
    """Return the last event that a row has seen, roughly the number of the stream's events."""
    rows = (r for one in answer["rows"].values() for r in one.get("folded", {}).values())
    return max((row["version"] for row in rows), default=0)


def changes(before: Any, after: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401 - any JSON
    """Yield the path of each difference with both values."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            old, new = before.get(name, ABSENT), after.get(name, ABSENT)
            yield from changes(old, new, f"{place}.{name}".lstrip("."))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from changes(old, new, f"{place}.{number}".lstrip("."))
    elif before != after or type(before) is not type(after):
        yield place, before, after


def there(row: Json | None) -> str:
    return ABSENT if row is None else THE_ROW


def mask(value: Any, personal: bool = False) -> Any:  # noqa: ANN401 - any JSON
    """Return the value without anything that is sealed, or that the field says is of a person."""
    match value:
        case str() if FORM.fullmatch(value) or value == KEPT:
            return MASKED
        case str() if personal and value != ABSENT:
            return MASKED
        case list():
            return [mask(item, personal) for item in value]
        case dict():
            return {name: mask(item, personal) for name, item in value.items()}
        case _:
            return value
