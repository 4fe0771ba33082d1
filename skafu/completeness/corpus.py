"""The stored corpus: every event in today's version is in some stream of it."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from domain.contents import contents
from kernel.aggregate import AnyAggregate
from skafu.completeness.missing import ROOT, Missing

FOLDER = "tests/corpus/streams"
CURE = "`python -m tests.support.corpus`, and if no example records it, add a life before"
Stored = dict[str, Any]
"""`{eventType, schemaVersion, data}`."""


def missing() -> Iterator[Missing]:
    for kind in contents.aggregates:
        recorded = {(one["eventType"], one["schemaVersion"]) for one in events(kind)}
        for name, version in kind.events.versions.items():
            if (name, version) not in recorded:
                what = f"no stream of {kind.noun} holds {name} {version}"
                yield Missing(FOLDER, f"{what}: {CURE}")


@cache
def stored(kind: AnyAggregate) -> dict[str, Stored]:
    """Return one of each event type in today's version."""
    today = kind.events.versions
    return {
        name: one
        for one in events(kind)
        if today.get(name := one["eventType"]) == one["schemaVersion"]
    }


def events(kind: AnyAggregate) -> Iterator[Stored]:
    for file in sorted((ROOT / FOLDER / kind.noun).glob("*.json")):
        yield from events_of(file)


def events_of(file: Path) -> Iterator[Stored]:
    for item in json.loads(file.read_text())["items"]:
        yield from json.loads(item["events"]["S"])
