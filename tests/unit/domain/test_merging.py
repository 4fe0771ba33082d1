"""docs/merging.md is what the code does: every event against every command, for every aggregate.

The messages are those of the domain's lives and of its examples.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from itertools import chain, product
from typing import Any

import pytest

from domain.contents import contents
from kernel.messages import Command, Event
from tests.support.paths import DOCS
from tests.support.steps import lives
from tests.support.strategies import FORGET, commands
from tests.support.unions import AnyDecider, commands_of, events_of

pytestmark = [
    pytest.mark.feature("K10"),
    pytest.mark.parametrize("decider", contents.aggregates, ids=lambda kind: kind.aggregate_type),
]
PAGE = DOCS / "merging.md"
MERGES = "–"  # noqa: RUF001 - as the page has it
Cell = tuple[str, str, str]
"""Event, command with the field that it changes, and what the page says of the two."""
Page = Mapping[tuple[str, str], str]


def test_every_pair_conflicts_or_merges_as_the_page_says(decider: AnyDecider) -> None:
    page = {(event, command): verdict for event, command, verdict in cells(decider)}
    columns = columns_of(page)
    met: defaultdict[tuple[str, str], set[bool]] = defaultdict(set)

    for (event, command), label in pairs(decider, page):
        verdicts = [page[type(event).__name__, column] for column in labels(command, columns)]
        conflicts = decider.conflicts(command, event)
        assert conflicts is any(holds(one, event, command) for one in verdicts), (event, command)
        met[type(event).__name__, label].add(conflicts)

    assert met.keys() == page.keys()
    assert {pair for pair in met if "same" in page[pair] and len(met[pair]) < 2} == set()


def test_every_pair_has_one_place_on_the_page(decider: AnyDecider) -> None:
    events = [event.__name__ for event in events_of(decider)]
    found = [(event, command) for event, command, _ in cells(decider)]
    columns = {command for _, command in found}

    assert sorted(found) == sorted(product(events, columns))
    assert {label.partition(" ")[0] for label in columns} == {
        command.__name__ for command in commands_of(decider)
    }


def pairs(decider: AnyDecider, page: Page) -> Iterator[tuple[tuple[Event, Command], str]]:
    """Yield every event with every command and its columns, and the event about the same part."""
    columns = columns_of(page)
    for event, command in product(happened(decider), asked(decider)):
        for label in labels(command, columns):
            yield (event, command), label
            for kind in kinds(page[type(event).__name__, label]):
                yield (about_the_same(event, command, kind), command), label


def about_the_same(event: Event, command: Command, kind: str) -> Event:
    names = {kind, f"{kind}_id"} & type(event).model_fields.keys()
    return event.model_copy(update={name: next(iter(ids(command, kind))) for name in names})


def happened(decider: AnyDecider) -> list[Event]:
    """Return the events of all lives, each once."""
    streams = (chain(*[*life.streams()][-1]) for life in lives() if life.decider is decider)
    return once(chain(*streams))


def asked(decider: AnyDecider) -> list[Command]:
    """Return the commands of all lives, of the examples and of variations, each once."""
    lived = (life.commands for life in lives() if life.decider is decider)
    made = (commands(operation) for operation in decider.operations)
    return once(chain(*lived, *made, FORGET))


def once(messages: Iterator[Any]) -> list[Any]:
    """Leave out what is the same in JSON, and most of a long life."""
    found: defaultdict[type, dict[str, Any]] = defaultdict(dict)
    for message in messages:
        found[type(message)].setdefault(message.model_dump_json(exclude_unset=True), message)
    return [message for some in found.values() for message in list(some.values())[:12]]


def columns_of(page: Page) -> Set[str]:
    return {column for _, column in page}


def labels(command: Command, columns: Set[str]) -> list[str]:
    """Return the columns of a command: its own, or those of the fields that it was given."""
    name = type(command).__name__
    given = [f"{name} {field}" for field in command.model_fields_set]
    return [name] if name in columns else [label for label in given if label in columns]


def holds(verdict: str, event: Event, command: Command) -> bool:
    """Tell whether the two conflict by what the page says."""
    if verdict in (MERGES, "conflict"):
        return verdict == "conflict"
    return any(ids(event, kind) & ids(command, kind) for kind in kinds(verdict))


def kinds(verdict: str) -> list[str]:
    """Return the kinds of parts of which the two may have one in common."""
    return re.findall(r"same (\w+)", verdict)


def ids(message: Event | Command, kind: str) -> set[str]:
    """Return what a message says of its part of a kind, by the part's name or its id."""
    return set(values(message.model_dump(mode="json"), (kind, f"{kind}_id")))


def values(data: Any, names: tuple[str, str]) -> Iterator[str]:  # noqa: ANN401 - JSON
    for name, value in data.items() if isinstance(data, dict) else ():
        if name in names and isinstance(value, str):
            yield value
        yield from values(value, names)


def cells(decider: AnyDecider) -> Iterator[Cell]:
    for head, _, *rows in tables(decider):
        for events, *verdicts in rows:
            for columns, verdict in zip(head[1:], verdicts, strict=True):
                for event, command in product(names(events), names(columns)):
                    yield event, command, verdict


def tables(decider: AnyDecider) -> Iterator[list[list[str]]]:
    """Yield the rows of each table below the aggregate's title."""
    section = PAGE.read_text().partition(f"## {decider.aggregate_type.capitalize()}\n")[2]
    for part in section.partition("\n## ")[0].split("\n\n"):
        if part.strip().startswith("|"):
            yield [row(line) for line in part.strip().splitlines()]


def row(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def names(cell: str) -> list[str]:
    return [re.sub("`", "", name) for name in cell.split("<br>")]
