"""`skafu why`: the command, person and time behind an event or the value of a field."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from application.commit import Commit
from edge.queries.history import shown
from handlers import wiring
from kernel.aggregate import AnyAggregate
from kernel.messages import Recorded
from skafu.reach import people
from skafu.reach.streams import AggregateArgument, named
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, select
from skafu.terminal import record, say

MISSING = object()


@dataclass(frozen=True, slots=True)
class Step:
    """One event with the state before and after it, as the API shows them."""

    commit: Commit
    recorded: Recorded[Any]
    before: dict[str, Any]
    after: dict[str, Any]

    def changed(self, path: str) -> bool:
        return bool(at(self.before, path) != at(self.after, path))


def why(
    aggregate: AggregateArgument,
    what: Annotated[
        str,
        typer.Argument(
            help="An event's number, or a field of the state; a dot leads into a field."
        ),
    ],
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Show the command behind an event, or behind the value of a field."""
    decider, stream = named(aggregate)
    target = select(environment, outputs)
    found = [
        step
        for step in steps(decider, wiring.event_store().read(stream))
        if (step.recorded.sequence == int(what) if what.isdecimal() else step.changed(what))
    ]
    if not found:
        say(f"{stream}: no event {what}, and no event changed such a field", error=True)
        raise typer.Exit(1)
    who = people.named(people.People.of(target, outputs), found[-1].commit.actor)
    say(f"{stream} {what}")
    record(fields(found[-1], who), indent="  ")


def steps(decider: AnyAggregate, commits: Iterator[Commit]) -> Iterator[Step]:
    state = decider.initial
    for commit in commits:
        for recorded in commit.recorded(decider.events):
            before, state = state, decider.evolve(state, recorded.event)
            yield Step(commit, recorded, shown(before), shown(state))


def at(state: Any, path: str) -> Any:  # noqa: ANN401 - JSON
    for name in path.split("."):
        state = state.get(name, MISSING) if isinstance(state, dict) else MISSING
    return state


def fields(step: Step, who: str) -> Iterator[tuple[str, str]]:
    commit, recorded = step.commit, step.recorded
    yield "event", f"{recorded.sequence} {type(recorded.event).__name__}"
    yield "when", recorded.timestamp
    yield "who", who
    yield "command", commit.command_id
    yield "request", commit.correlation_id
    yield "with it", f"events {commit.first_sequence} to {commit.last_sequence}"
    for field in dict.fromkeys((*step.before, *step.after)):
        if step.changed(field):
            yield field, f"{text(step.before.get(field))} → {text(step.after.get(field))}"


def text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
