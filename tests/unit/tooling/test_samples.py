"""The sample payloads are requests that the command API takes, each after the beginnings."""

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


def answered(app: App, name: str) -> Any:  # noqa: ANN401 - JSON
    file = samples.ROOT / samples.COMMANDS / f"{name}.json"
    with quiet():
        return resolve(app, json.loads(file.read_text()), None)


def sent(app: App, name: str) -> int:
    return int(answered(app, name)["statusCode"])


def begun() -> App:
    """Return an API to which the samples were sent that all others build on."""
    app = built()
    for path, _ in samples.beginnings():
        results = json.loads(answered(app, Path(path).stem)["body"])["results"]
        assert [result for result in results if result["status"] != 202] == []
    return app


@pytest.mark.parametrize("operation", contents.operations, ids=lambda operation: operation.name)
def test_the_sample_of_every_command_is_accepted_after_the_beginnings_and_again(
    operation: Operation,
) -> None:
    app, name = begun(), samples.snake(operation.name)

    assert [sent(app, name), sent(app, name)] == [202, 202]


def test_samples_are_accepted_in_any_order() -> None:
    app = begun()
    names = [samples.snake(operation.name) for operation in contents.operations]

    assert {sent(app, name) for name in [*names[::-1], *names]} == {202}


def test_other_samples_show_a_batch_a_machine_and_a_wait() -> None:
    app = begun()

    assert [sent(app, name) for name in ("batch", "machine", "wait_for_row")] == [200, 202, 202]


def test_samples_of_commands_that_are_no_more_are_removed_and_others_stay() -> None:
    wanted = samples.files()
    some = f"{samples.COMMANDS}/batch.json"
    rest = {name: text for name, text in wanted.items() if name != some}

    assert samples.superfluous(wanted) == []
    assert samples.superfluous(rest) == [samples.ROOT / Path(some)]
