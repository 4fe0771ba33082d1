"""`skafu logs`: the lines about one command, from whatever groups there are."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from botocore.exceptions import ClientError

from scripts import record_logs
from skafu.commands import logs as command
from skafu.reach.log_lines import Line, Logs, line, pattern
from tests.support.paths import DOCS

NOW = datetime(2026, 1, 31, 14, tzinfo=UTC)
GROUPS = {"CommandApi": "/a", "Publisher": "/p", "Api": "/gateway", "CommandWorkflow": "/states"}


@dataclass
class CloudWatch:
    """Log groups with their lines, two a page; it filters as CloudWatch does: by a text."""

    groups: Mapping[str, list[str]]
    asked: list[tuple[str, str]] = field(default_factory=list)

    def get_paginator(self, _: str) -> SimpleNamespace:
        return SimpleNamespace(paginate=self.pages)

    def pages(self, **asked: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - as boto3 has it
        group, sought = asked["logGroupName"], asked["filterPattern"].strip('"')
        self.asked.append((group, sought))
        if group not in self.groups:
            error = {"Error": {"Code": "ResourceNotFoundException"}}
            raise ClientError(error, "FilterLogEvents")  # type: ignore[arg-type] # enough of one
        found = [text for text in self.groups[group] if sought in text]
        for n in range(0, len(found), 2):
            yield {"events": [{"message": text, "timestamp": 7} for text in found[n : n + 2]]}


def said(id: str, second: int, **fields: object) -> str:
    stamp = f"2026-01-31T14:00:{second:02}.000+00:00"
    return json.dumps({"timestamp": stamp, "correlation_id": id, **fields})


def found(groups: Mapping[str, list[str]], id: str = "c-1") -> list[Line]:
    logs = Logs(CloudWatch(groups), GROUPS, NOW)
    command.follow(logs, id)
    return logs.ordered()


def test_lines_of_all_groups_come_in_the_order_of_time() -> None:
    lines = found({"/a": [said("c-1", 1), said("c-1", 3), said("c-1", 5)], "/p": [said("c-1", 2)]})

    assert [line.part for line in lines] == ["CommandApi", "Publisher", "CommandApi", "CommandApi"]


def test_a_line_that_only_mentions_the_id_is_of_another_command() -> None:
    lines = found({"/a": [said("c-1", 1), said("c-10", 2), said("c-2", 3, why="after c-1")]})

    assert [line.fields["correlation_id"] for line in lines] == ["c-1"]


def test_parts_that_cannot_log_the_id_are_found_by_what_the_others_say() -> None:
    lines = found(
        {
            "/a": [said("c-1", 1, api_request_id="r-1", ticket="t-1")],
            "/gateway": ['{"at": "1769868000000", "api_request_id": "r-1", "status": "202"}'],
            "/states": [
                '{"type": "ExecutionSucceeded", "event_timestamp": "1769868009000",'
                ' "execution_arn": "arn:x:t-1-1"}'
            ],
        }
    )

    assert [line.part for line in lines] == ["Api", "CommandApi", "CommandWorkflow"]


def test_a_group_that_is_gone_and_lines_that_are_no_json_do_not_matter() -> None:
    assert [one.part for one in found({"/a": ["START c-1", "[1]", said("c-1", 1)]})] == [
        "CommandApi"
    ]


@pytest.mark.parametrize("id", ['a"b', "a*b-c", "(x)", "%[$.x=1]%"])
def test_an_id_of_any_characters_is_found(id: str) -> None:
    assert len(found({"/a": [said(id, 1), said("other", 2)]}, id)) == 1


def test_a_filter_has_no_character_with_a_meaning() -> None:
    assert pattern('{"$.x": 123456}') == '"123456"'
    assert pattern("***") == ""


def test_a_line_without_a_time_of_its_own_has_that_of_its_arrival() -> None:
    arrived = line("Api", {"message": "{}", "timestamp": 5})

    assert arrived is not None
    assert arrived.at == 5


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("30m", NOW - timedelta(minutes=30)),
        ("24h", NOW - timedelta(hours=24)),
        ("7d", NOW - timedelta(days=7)),
        ("2026-01-30T10:00", datetime(2026, 1, 30, 10, tzinfo=UTC)),
        ("2026-01-30T10:00+02:00", datetime(2026, 1, 30, 8, tzinfo=UTC)),
    ],
)
def test_how_far_to_look_back(since: str, expected: datetime) -> None:
    assert command.moment(since, NOW) == expected


@pytest.mark.parametrize("since", ["", "soon", "-1h", "24", "99999d", "2026-13-01"])
def test_what_is_no_time_is_refused(since: str) -> None:
    with pytest.raises(typer.BadParameter, match="30m, 24h or 7d"):
        command.moment(since, NOW)


def test_a_line_shows_what_differs_and_a_traceback_by_its_end() -> None:
    fields = {"level": "ERROR", "route": "POST /pots", "exception": "Traceback\nKeyError: 'x'"}
    shown = command.details(Line(0, "CommandApi", {**fields, "function_request_id": "r-1"}))

    assert shown == "ERROR route=POST /pots exception=KeyError: 'x'"


def test_a_step_of_the_workflow_shows_its_name_and_what_failed() -> None:
    step = {"details": {"name": "Run", "resource": "arn:x"}}
    failed = {"details": {"error": "Contended", "cause": "{}"}}

    assert command.details(Line(0, "CommandWorkflow", step)) == "name=Run"
    assert "error=Contended" in command.details(Line(0, "CommandWorkflow", failed))


def test_the_page_for_operators_shows_what_was_recorded() -> None:
    page, recording = (DOCS / "operations.md").read_text(), record_logs.RECORDING.read_text()

    assert record_logs.embedded(page, recording) == page
    assert "repeated=True" in recording
    parts = ("Api ", "CommandApi ", "CommandWorkflow ", "CommandWorker ", "Publisher ")
    assert [part for part in parts if part not in recording] == []
