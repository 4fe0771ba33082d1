"""Sums over many streams, on the running stack: they can be made anew from what is stored."""

from pathlib import Path

import pytest

from domain.contents import contents
from local.stack import Stack
from tests.domain.support.project_client import ProjectClient
from tests.integration.verified.conftest import all_are_there
from tests.support.api_client import Json, eventually
from tests.support.menders import MENDERS, Mender

pytestmark = pytest.mark.feature("R18", "T5", "W12")
MODELS = [
    model
    for projection in contents.projections
    if projection.summary is not None
    for model in projection.summary.models
]


def rows(running: Stack, model: str) -> list[Json]:
    table = running.aws.client("dynamodb").scan(TableName=f"{model}-local", ConsistentRead=True)
    return sorted(table["Items"], key=lambda item: item["id"]["S"])


def figures(running: Stack) -> list[Json]:
    """Return what is counted of each owner; how often, and when, is another matter."""
    when = {"version", "createdAt", "updatedAt"}
    return [
        {name: value for name, value in row.items() if name not in when}
        for row in rows(running, "OwnerSummary")
    ]


@pytest.mark.parametrize("mend", MENDERS)
def test_sums_that_are_gone_are_made_anew(
    running: Stack, stack_outputs: Path, mend: Mender
) -> None:
    owner = ProjectClient(running.outputs, "owner@skafu.dev")
    for name in ("Counted", "Counted as well"):
        owner.create_project(name)
    assert eventually(lambda: all_are_there(stack_outputs))
    counted = figures(running)
    for model in MODELS:
        for row in rows(running, model):
            key = {"id": row["id"]}
            running.aws.client("dynamodb").delete_item(TableName=f"{model}-local", Key=key)
    assert counted
    assert all(rows(running, model) == [] for model in MODELS)

    assert mend(running) >= 1
    assert figures(running) == counted
    assert mend(running) == 0
