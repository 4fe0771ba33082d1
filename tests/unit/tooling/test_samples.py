"""The sample payloads are requests that the command API takes, each after what it is given."""

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.memory.event_store import MemoryEventStore
from application.ports import utc_now
from domain.contents import contents
from edge.commands import api as command_api
from edge.commands.api import Commands
from edge.http.api import resolve
from kernel.operation import Operation
from skafu.generate import samples
from skafu.reach.quiet import quiet

App = Any


def built() -> App:
    return command_api.build(Commands.over(contents, MemoryEventStore(), utc_now, {}))


def sent(app: App, name: str) -> int:
    file = samples.ROOT / samples.COMMANDS / f"{name}.json"
    with quiet():
        answer = resolve(app, json.loads(file.read_text()), None)
    return int(answer["statusCode"])


@pytest.mark.parametrize("operation", contents.operations, ids=lambda operation: operation.name)
def test_the_sample_of_every_command_is_accepted_after_those_that_it_is_given(
    operation: Operation,
) -> None:
    assert operation.example
    app = built()
    names = [*operation.example.given, operation.name]

    assert {sent(app, samples.snake(name)) for name in names} == {202}


def test_other_samples_show_a_batch_a_machine_a_wait_and_a_refusal() -> None:
    app = built()

    assert sent(app, "batch") == 200
    assert sent(app, "machine") == 202
    assert sent(app, "wait_for_row") == 202
    assert sent(app, "refused_unknown_field") == 400


def test_samples_of_commands_that_are_no_more_are_removed_and_others_stay() -> None:
    wanted = samples.files()
    some = f"{samples.COMMANDS}/batch.json"
    rest = {name: text for name, text in wanted.items() if name != some}

    assert samples.superfluous(wanted) == []
    assert samples.superfluous(rest) == [samples.ROOT / Path(some)]
