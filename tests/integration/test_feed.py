"""The feed of all events on the running stack: a reader who keeps the cursor misses nothing."""

from collections.abc import Iterator

import pytest

from kernel.messages import plain_id
from tests.support.api_client import ApiClient, Json, eventually
from tests.support.owner import Owner, stream_of

pytestmark = pytest.mark.feature("E25")


@pytest.fixture
def admin(stack: Json) -> ApiClient:
    return ApiClient(stack, "admin@skafu.dev")


def read(admin: ApiClient, cursor: str | None) -> tuple[list[Json], str]:
    """To the end as it is now, in small pages."""
    events: list[Json] = []
    while True:
        after = "" if cursor is None else f"&after={cursor}"
        body = admin.send("GET", f"/events?limit=7{after}").json()
        events += body["data"]
        cursor = str(body["cursor"])
        if not body["more"]:
            return events, cursor


def polled(admin: ApiClient, cursor: str | None, wanted: dict[str, int]) -> Iterator[Json]:
    """Until every one of these aggregates has been seen to its third event."""
    missing = set(wanted.items())

    def more() -> bool:
        nonlocal cursor
        events, cursor = read(admin, cursor)
        found.extend(events)
        missing.difference_update((plain_id(e["aggregateId"]), e["eventSequence"]) for e in events)
        return not missing

    found: list[Json] = []
    assert eventually(more, 120, pause=0.2), missing
    yield from found


def test_every_event_comes_once_and_in_the_order_of_its_stream(
    stack: Json, admin: ApiClient
) -> None:
    owner = Owner(stack, "owner@skafu.dev")
    _, cursor = read(admin, None)
    created = [owner.begun(n) for n in range(5)]
    ends = {begun["aggregateId"]: begun["version"] for begun in created}
    for number in (1, 2):
        for plain in ends:
            changed = owner.change(plain, number)
            assert changed.ok, changed.text
            ends[plain] = changed.json()["version"]

    events = list(polled(admin, cursor, ends))
    for plain, end in ends.items():
        own = [e["eventSequence"] for e in events if e["aggregateId"] == stream_of(plain)]
        assert own == list(range(1, end + 1))
    everything, _ = read(admin, None)
    assert everything[-len(events) :] == events
    ids = [event["eventId"] for event in everything]
    assert len(set(ids)) == len(ids)


def test_it_is_for_admin_alone(stack: Json) -> None:
    for email in ("owner@skafu.dev", "developer@skafu.dev"):
        assert ApiClient(stack, email).send("GET", "/events").status_code == 403
