"""`skafu rehearse` tells what this code would change in a running system, and writes nothing."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from skafu.cli import app
from tests.support.api_client import Json
from tests.support.owner import LONG_AGO, MODEL, PROJECTION, Owner
from tests.support.paths import ROOT

pytestmark = pytest.mark.feature("W21")


def rehearse(outputs: Path, *words: str) -> tuple[int, str]:
    # Wide enough that no line is broken.
    answer = CliRunner(env={"COLUMNS": "300"}).invoke(
        app, ["rehearse", *words, "--outputs", str(outputs)]
    )
    return answer.exit_code, answer.output


def test_the_code_that_is_deployed_changes_nothing(stack_outputs: Path, owner: Owner) -> None:
    owner.begun()
    code, said = rehearse(stack_outputs, "--deployed", str(ROOT))

    assert code == 0, said
    assert "a rebuild would write 0 rows of 0 streams: 0 write units, $0.0000;" in said


def test_a_row_that_is_not_as_this_code_folds_it_is_listed_and_stays(
    stack_outputs: Path, owner: Owner, altered: Json
) -> None:
    code, said = rehearse(stack_outputs, "--json")
    *rows, summary = map(json.loads, said.splitlines())

    assert code == 1, said
    assert {
        "name": PROJECTION.name,
        "key": f"{MODEL} {altered['id']}",
        "field": "updated_at",
    }.items() <= rows[0].items(), said
    assert (rows[0]["before"], rows[0]["after"]) == (LONG_AGO, altered["updatedAt"])
    assert summary["rebuild"]["rows"] == len(rows) == 1, said
    counts = {one["of"]: one for one in summary["counts"]}
    assert counts[PROJECTION.name]["compared"] > counts[PROJECTION.name]["differing"] == 1, said
    still = owner.shown(altered["id"])
    assert still is not None
    assert still["updatedAt"] == LONG_AGO
