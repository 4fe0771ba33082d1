"""The released contract, `schemas/released/`: today's code is compared with it.

- `events/<type>/<version>.json`: `data` of every version that was ever recorded
- `openapi.json`: the API
- `releases.json`: which release was the first to read a version
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.contents import contents
from edge.http.api import VERSION
from edge.http.openapi import document
from skafu.contract.api import api_breaks
from skafu.contract.breaks import Break
from skafu.contract.events import EventToday, Released, early_breaks, event_breaks
from skafu.contract.narrowing import Json
from skafu.generate import schemas
from skafu.generate.catalogue import recorders

FOLDER = schemas.RELEASED


@dataclass(frozen=True, slots=True)
class Contract:
    """`readable_since`: by event type and version, the release that first read it."""

    events: Released = field(default_factory=dict)
    openapi: Json = field(default_factory=lambda: {"paths": {}})
    readable_since: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    first: str = VERSION


def released(folder: Path = FOLDER) -> Contract:
    """Return the released contract; it is empty before the first release."""
    if not (folder / "releases.json").exists():
        return Contract()
    releases = read(folder / "releases.json")
    events: dict[str, dict[str, Json]] = {}
    for file in sorted(folder.glob("events/*/*.json")):
        events.setdefault(file.parent.name, {})[file.stem] = read(file)
    return Contract(
        events, read(folder / "openapi.json"), releases["readableSince"], releases["first"]
    )


def read(file: Path) -> Json:
    return json.loads(file.read_text())


def todays_events() -> dict[str, EventToday]:
    return {
        described.event_type: EventToday(
            described.version,
            described.schema,
            upcasters=majors(events.upcasters, described.event_type),
            downcasters=majors(events.downcasters, described.event_type),
            aggregate=described.aggregate_type.lower(),
        )
        for described in schemas.todays()
        for events in [contents.events[described.aggregate_type]]
    }


def majors(casts: Mapping[tuple[str, int], Any], event_type: str) -> frozenset[int]:
    return frozenset(major for name, major in casts if name == event_type)


def written() -> dict[str, str]:
    """Return today's version of each event type that a command records."""
    found: dict[str, str] = {}
    for aggregate_type, events in contents.events.items():
        recorded = set[str]().union(*recorders(aggregate_type.lower()).values())
        found |= {name: version for name, version in events.versions.items() if name in recorded}
    return found


def broken_events() -> Iterator[Break]:
    """Yield events that would be lost: stored ones, or ones that a running release reads."""
    contract = released()
    yield from event_breaks(contract.events, todays_events())
    yield from early_breaks(written(), contract.readable_since, VERSION, contract.first)


def broken_api() -> Iterator[Break]:
    """Return what clients of the released API do and what would fail now."""
    yield from api_breaks(released().openapi, document(contents))


def release(folder: Path = FOLDER) -> list[str]:
    """Write today's contract over the released one; the names of files that changed.

    Versions that are recorded no more stay: their events are stored.
    """
    contract = released(folder)
    files = {
        f"events/{d.event_type}/{d.version}.json": schemas.text(d.schema) for d in schemas.todays()
    }
    files["openapi.json"] = schemas.text(document(contents))
    files["releases.json"] = schemas.text(releases(contract))
    return [name for name, content in files.items() if put(folder / name, content)]


def releases(contract: Contract) -> Json:
    since: dict[str, dict[str, str]] = {}
    for event_type, event in sorted(todays_events().items()):
        known = contract.readable_since.get(event_type, {})
        ahead = {f"{major}.0" for major in event.downcasters}
        new = {
            version: VERSION for version in sorted({event.version, *ahead}) if version not in known
        }
        since[event_type] = {**known, **new}
    return {
        "first": contract.first,
        "last": VERSION,
        "readableSince": {**contract.readable_since, **since},
    }


def put(file: Path, content: str) -> bool:
    if file.exists() and file.read_text() == content:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    return True
