"""docs/merging.md is what the code does: every event against every command, for every aggregate."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import product

import pytest

from domain.contents import contents
from kernel.messages import Event
from tests.domain.support.builders import deployment_id, service_id
from tests.domain.support.examples import COMMANDS, event_of
from tests.support.paths import DOCS
from tests.support.unions import AnyDecider, commands_of, events_of

pytestmark = [
    pytest.mark.feature("K10"),
    pytest.mark.parametrize("decider", contents.aggregates, ids=lambda kind: kind.aggregate_type),
]
PAGE = DOCS / "merging.md"
Cell = tuple[str, str, str]
"""Event, command with the field that it changes, and what the page says of the two."""


@dataclass(frozen=True)
class Same:
    """The parts that an event and a command have in common."""

    service: bool
    environment: bool
    deployment: bool


EVERY_WAY = [Same(*way) for way in product((True, False), repeat=len(fields(Same)))]
VERDICTS: Mapping[str, Callable[[Same], bool]] = {
    "–": lambda same: False,  # noqa: RUF001 - as the page has it
    "conflict": lambda same: True,
    "same service": lambda same: same.service,
    "same environment": lambda same: same.environment,
    "same deployment": lambda same: same.deployment,
}


@pytest.mark.parametrize("same", EVERY_WAY, ids=lambda same: repr(same)[5:-1])
def test_every_pair_conflicts_or_merges_as_the_page_says(decider: AnyDecider, same: Same) -> None:
    said = {(e, c): VERDICTS[verdict](same) for e, c, verdict in cells(decider)}
    done = {
        (e, c): decider.conflicts(COMMANDS[c], about(event_of(decider, e), same)) for e, c in said
    }

    assert done == said


def test_every_pair_has_one_place_on_the_page(decider: AnyDecider) -> None:
    events = [event.__name__ for event in events_of(decider)]
    commands = [command.__name__ for command in commands_of(decider)]
    asked = [name for name in COMMANDS if name.partition(" ")[0] in commands]

    assert sorted((e, c) for e, c, _ in cells(decider)) == sorted(product(events, asked))
    assert {name.partition(" ")[0] for name in asked} == set(commands)


def about(event: Event, same: Same) -> Event:
    """The event, about other things where it is not to be about the same."""
    others = {
        "service_id": (same.service, service_id("lid")),
        "environment": (same.environment, "dev"),
        "deployment_id": (same.deployment, deployment_id(2)),
    }
    held = type(event).model_fields
    return event.model_copy(
        update={name: other for name, (kept, other) in others.items() if name in held and not kept}
    )


def cells(decider: AnyDecider) -> Iterator[Cell]:
    for head, _, *rows in tables(decider):
        for events, *verdicts in rows:
            for commands, verdict in zip(head[1:], verdicts, strict=True):
                for event, command in product(names(events), names(commands)):
                    yield event, command, verdict


def tables(decider: AnyDecider) -> Iterator[list[list[str]]]:
    """The rows of each table below the aggregate's title."""
    section = PAGE.read_text().partition(f"## {decider.aggregate_type.capitalize()}\n")[2]
    for part in section.partition("\n## ")[0].split("\n\n"):
        if part.strip().startswith("|"):
            yield [row(line) for line in part.strip().splitlines()]


def row(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def names(cell: str) -> list[str]:
    return [re.sub("`", "", name) for name in cell.split("<br>")]
