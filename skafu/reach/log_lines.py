"""The log lines about one command, from every log group of a stack."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from skafu.reach.target import Target

GROUP = "AWS::Logs::LogGroup"
SUFFIX = "Logs"
# Parts that cannot log the correlation id, and the field of other lines that leads to theirs.
LEADS = {"Api": "api_request_id", "CommandWorkflow": "ticket"}
# FilterLogEvents answers few calls a second and account; a client that is refused waits.
AT_ONCE = 5
PATIENT = Config(retries={"mode": "standard", "total_max_attempts": 10})
PLAIN = re.compile(r"[A-Za-z0-9_.:-]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a part's log; `at` is its time, in epoch milliseconds."""

    at: int
    part: str
    fields: Mapping[str, Any]

    @property
    def time(self) -> datetime:
        return datetime.fromtimestamp(self.at / 1000, UTC)


@dataclass(frozen=True, slots=True)
class Search:
    """One group, and the text that its lines have to contain."""

    part: str
    group: str
    text: str


@dataclass
class Logs:
    """The log groups of a stack by the part that writes into them: a function, workflow or API."""

    client: Any
    groups: Mapping[str, str]
    since: datetime
    found: list[Line] = field(default_factory=list)

    @classmethod
    def of(cls, target: Target, since: datetime) -> "Logs":
        """Find the groups. Raises `Trouble` if there is no such stack."""
        return cls(target.client("logs", PATIENT), dict(groups(target)), since)

    def searches(self, correlation_id: str) -> list[Search]:
        """Return the searches for the lines that carry the id themselves."""
        parts = [part for part in self.groups if part not in LEADS]
        return [Search(part, self.groups[part], correlation_id) for part in parts]

    def further(self) -> list[Search]:
        """Return the searches for lines that the lines found so far lead to."""
        return [
            Search(part, self.groups[part], text)
            for part, name in LEADS.items()
            if part in self.groups
            for text in sorted({str(x.fields[name]) for x in self.found if x.fields.get(name)})
        ]

    def look(self, searches: Iterable[Search]) -> Iterator[Search]:
        """Search several groups at once; yield each search when it has been done."""
        with ThreadPoolExecutor(AT_ONCE) as threads:
            running = {threads.submit(self._lines, search): search for search in searches}
            for done in as_completed(running):
                self.found += done.result()
                yield running[done]

    def ordered(self) -> list[Line]:
        return sorted(self.found, key=lambda line: line.at)

    def _lines(self, search: Search) -> list[Line]:
        pages = self.client.get_paginator("filter_log_events").paginate(
            logGroupName=search.group,
            filterPattern=pattern(search.text),
            startTime=int(self.since.timestamp() * 1000),
        )
        try:
            events = [event for page in pages for event in page["events"]]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            return []  # somebody has deleted the group
        read = (line(search.part, event) for event in events)
        return [one for one in read if one is not None and belongs(one, search)]


def groups(target: Target) -> Iterator[tuple[str, str]]:
    """Yield the parts of the stack that log, each with the name of its group."""
    for logical_id, name in target.resources(GROUP).items():
        yield logical_id.removesuffix(SUFFIX), name


def pattern(text: str) -> str:
    """Return a filter for lines that may contain the text: its longest part without quoting."""
    plain = max(PLAIN.findall(text), key=len, default="")
    return f'"{plain}"' if plain else ""


def line(part: str, event: Mapping[str, Any]) -> Line | None:
    """Read a line of JSON; others are those of Lambda itself. Metrics tell nothing new."""
    try:
        fields = json.loads(event["message"])
    except ValueError:
        return None
    if not isinstance(fields, dict) or "_aws" in fields:
        return None
    return Line(moment(fields, event), part, fields)


def moment(fields: Mapping[str, Any], event: Mapping[str, Any]) -> int:
    """Return the time that a line names; that of the event is when it was handed over."""
    try:
        return round(datetime.fromisoformat(fields["timestamp"]).timestamp() * 1000)
    except (KeyError, TypeError, ValueError):
        named = str(fields.get("at") or fields.get("event_timestamp") or "")
        return int(named) if named.isdecimal() else int(event["timestamp"])


def belongs(found: Line, search: Search) -> bool:
    if search.part in LEADS:
        return any(search.text in str(value) for value in found.fields.values())
    return found.fields.get("correlation_id") == search.text
