"""The feed of all events on the running stack: a reader who keeps the cursor misses nothing."""

from collections.abc import Iterator

import pytest

from tests.support.api_client import ApiClient, Json, eventually

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


def polled(admin: ApiClient, cursor: str | None, wanted: set[str]) -> Iterator[Json]:
    """Until every one of these aggregates has been seen to its third event."""
    missing = {(aggregate, 3) for aggregate in wanted}

    def more() -> bool:
        nonlocal cursor
        events, cursor = read(admin, cursor)
        found.extend(events)
        missing.difference_update((e["aggregateId"][8:], e["eventSequence"]) for e in events)
        return not missing

    found: list[Json] = []
    assert eventually(more, 30, pause=0.2), missing
    yield from found


def test_every_event_comes_once_and_in_the_order_of_its_stream(
    stack: Json, admin: ApiClient
) -> None:
    owner = ApiClient(stack, "owner@skafu.dev")
    _, cursor = read(admin, None)
    created = [owner.create_project(f"Fed {n}")["aggregateId"] for n in range(5)]
    for name in ("Renamed", "Again"):
        for project in created:
            assert owner.command("PATCH", f"/projects/{project}", {"name": name}).ok

    events = list(polled(admin, cursor, set(created)))
    for project in created:
        own = [e["eventSequence"] for e in events if e["aggregateId"] == f"PROJECT#{project}"]
        assert own == [1, 2, 3]
    everything, _ = read(admin, None)
    assert everything[-len(events) :] == events
    ids = [event["eventId"] for event in everything]
    assert len(set(ids)) == len(ids)


def test_it_is_for_admin_alone(stack: Json) -> None:
    for email in ("owner@skafu.dev", "developer@skafu.dev"):
        assert ApiClient(stack, email).send("GET", "/events").status_code == 403
