"""Publication: one contract, in memory and on EventBridge's client."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from adapters.eventbridge.event_bus import EventBridgeEventBus
from application.ports import EventBus
from tests.support.fakes import Bus

pytestmark = pytest.mark.feature("P13", "L12")
REFUSED = "refused"


@dataclass
class Client:
    """Stands for boto3's client: it takes every entry but those whose text is `REFUSED`."""

    taken: list[Mapping[str, Any]] = field(default_factory=list)

    def put_events(self, *, Entries: Sequence[Mapping[str, str]]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        found = [json.loads(entry["Detail"]) for entry in Entries]
        self.taken += [one for one in found if not refuses(one)]
        results = [{"ErrorCode": "InternalFailure"} if refuses(one) else {} for one in found]
        return {"FailedEntryCount": sum(map(refuses, found)), "Entries": results}


def refuses(entry: Mapping[str, Any]) -> bool:
    return bool(entry["data"] == REFUSED)


@dataclass
class Published:
    """A bus, and what it has taken."""

    bus: EventBus
    taken: Sequence[Mapping[str, Any]]


def in_memory() -> Published:
    bus = Bus(refuses)
    return Published(bus, bus.put_entries)


def on_eventbridge() -> Published:
    client: Any = Client()
    return Published(EventBridgeEventBus(client, "events", sleep=lambda _: None), client.taken)


OPENINGS: dict[str, Callable[[], Published]] = {
    "memory": in_memory,
    "eventbridge": on_eventbridge,
}


@pytest.fixture(params=OPENINGS)
def published(request: pytest.FixtureRequest) -> Published:
    return OPENINGS[request.param]()


def envelope(number: int, data: str = "x") -> dict[str, Any]:
    return {
        "aggregateType": "Teapot",
        "eventType": "TeapotRenamed",
        "eventSequence": number,
        "data": data,
    }


@pytest.mark.parametrize("count", [0, 1, 10, 23])
def test_what_is_put_is_taken_once_in_order(published: Published, count: int) -> None:
    entries = [envelope(number) for number in range(count)]

    assert published.bus.put(entries) == []
    assert [*published.taken] == entries


def test_what_is_refused_for_good_is_named_by_its_index_and_holds_up_no_other(
    published: Published,
) -> None:
    entries = [envelope(number, REFUSED if number in (1, 13) else "x") for number in range(20)]

    assert published.bus.put(entries) == [1, 13]
    assert [*published.taken] == [one for one in entries if not refuses(one)]


def test_nothing_is_kept_from_one_call_to_the_next(published: Published) -> None:
    """So an event is published twice if it is put twice: consumers tell by its id."""
    for _ in range(2):
        published.bus.put([envelope(1)])

    assert [*published.taken] == [envelope(1)] * 2
