"""`skafu trace`: one command as a tree, from the spans that the local stack has recorded."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from skafu.cli import app

pytestmark = pytest.mark.feature("O4")

MS = 1_000_000


def recorded(name: str, span: str, parent: str | None, start: int, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    return {
        "function": "tea", "trace": "t", "span": span, "parent": parent, "remote": False,
        "name": name, "start": start * MS, "end": (start + 2) * MS, "links": [], "attributes": {},
        **fields,
    }  # fmt: skip


COMMAND = recorded(
    "command brew", "a", "client", 1, remote=True,
    attributes={"command_id": "key", "read_units": 0.5, "write_units": 2},
)  # fmt: skip
STORE = recorded("store events", "b", "a", 2, attributes={"write_units": 2})
FOLD = recorded("project teapots", "d", "a", 9, remote=True, attributes={"error": "Unavailable"})
PUBLISH = recorded("publish", "c", "a", 5, remote=True)
ANOTHER = recorded("command brew", "e", None, 3, trace="u", attributes={"command_id": "other"})


def run(folder: Path, *arguments: str, spans: tuple[dict[str, Any], ...] = ()) -> tuple[int, str]:
    file, outputs = folder / "spans.jsonl", folder / "outputs.json"
    file.write_text("".join(f"{json.dumps(span)}\n" for span in spans) + '{"half')
    found = dict.fromkeys(
        ("awsEndpointUrl", "commandApiUrl", "graphqlUrl", "userPoolClientId"), "x"
    )
    outputs.write_text(json.dumps({**found, "spans": str(file)}))
    result = CliRunner().invoke(app, ["trace", *arguments, "--outputs", str(outputs)])
    return result.exit_code, result.output


EVERY = (FOLD, STORE, PUBLISH, ANOTHER, COMMAND)


def test_draws_each_span_below_its_parent_in_the_order_of_time(tmp_path: Path) -> None:
    code, said = run(tmp_path, "key", spans=EVERY)

    assert code == 0
    drawn = [line[12:31].rstrip() for line in said.splitlines()[:-1]]
    assert drawn == ["command brew", "  store events", "  publish", "  project teapots"]
    assert "+8 ms" in said.splitlines()[3]
    assert "error=Unavailable" in said.splitlines()[3]


def test_counts_the_units_of_each_process_once(tmp_path: Path) -> None:
    _, said = run(tmp_path, "key", spans=EVERY)

    last = said.splitlines()[-1]
    assert last.startswith(
        "4 spans in 10 ms, 1 failed; DynamoDB: 0.5 read and 2 write units, 1.31 "
    )


def test_prints_objects_of_that_command_alone(tmp_path: Path) -> None:
    _, said = run(tmp_path, "key", "--json", spans=EVERY)

    assert [json.loads(line)["span"] for line in said.splitlines()] == ["a", "b", "c", "d"]


def test_a_command_that_nobody_has_recorded_is_an_error(tmp_path: Path) -> None:
    code, said = run(tmp_path, "another", spans=EVERY)

    assert code == 1
    assert "No span of the command another" in said


def test_says_where_the_traces_of_aws_are(tmp_path: Path) -> None:
    code, said = run(tmp_path, "key", "--environment", "prod", spans=EVERY)

    assert code == 1
    assert "X-Ray" in said
