"""Two laws: no two streams yield one row key, and no two events have one id.

Every client uses the same keys, to aggregates of every type, and chooses the same ids wherever a
client may choose one.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.event_store import MemoryEventStore
from application.publishing.envelopes import envelopes
from application.writing.identity import nth_inner_id
from domain.contents import contents
from edge.commands import api as command_api
from edge.commands.api import Commands
from kernel.messages import AggregateId, aggregate_id, event_id
from kernel.projection import RowKey, fold_rows
from projections.projects import projects
from projections.services import services
from tests.support.api import ADA, ADMIN, EVE, Api
from tests.support.fakes import Clock

CREATION = "one-key"
# Within one stream each command needs a key of its own.
KEYS = {"add-service": "one-key#0", "start-deployment": "one-key#1"}
IDS = [f"0198f2a0-0000-7000-8000-00000000000{n}" for n in range(4)]
DEPLOYMENT = {"deploymentId": IDS[0], "environment": "live"}
MACHINE = "arn:aws:sts::123456789012:assumed-role/erp/session"
PROJECTIONS = (projects, services)


def service(name: str) -> dict[str, object]:
    return {"serviceName": name, "serviceType": "API"}


@pytest.fixture
def store() -> MemoryEventStore:
    return MemoryEventStore()


@pytest.fixture
def api(store: MemoryEventStore) -> Api:
    return Api(command_api.build(Commands.over(contents, store, Clock(datetime.now(UTC)), {})))


@pytest.fixture
def everything_under_one_key(api: Api) -> None:
    """Persons, an Admin and a machine, alone, in batches, and for two persons."""
    for person, chosen in ((ADA, IDS[0]), (EVE, IDS[1]), (ADMIN, IDS[2])):
        own = api.as_(person)
        sent(own, "create-project", chosen, {"name": "Shop", "services": [service("a")]})
        sent(own, "create-project", None, {"name": "Derived", "services": [service("a")]})
        sent(own, "add-service", chosen, service("b"))
        sent(own, "start-deployment", chosen, DEPLOYMENT)
        sent(own, "request-analysis", None, {"projectId": chosen, "kind": "COST"})
        items = [
            {"type": "add-service", "aggregateId": chosen, "data": service(name)} for name in "cd"
        ]
        assert own.post("/commands", {"commands": items}, idempotency_key="batch").status == 200
    for person, project in ((ADA, IDS[0]), (EVE, IDS[1])):
        behalf = {"onBehalfOf": f"{person.sub}::{person.username}", "aggregateId": project}
        body = {"type": "add-service", "commandId": CREATION + "#2", "data": service("e"), **behalf}
        assert api.as_machine(MACHINE).post("/integration/commands", body).status == 202
    # Everybody's project has the id of Ada's analysis, or of her project, when they choose so.
    analysis = api.post(
        "/commands/request-analysis",
        {
            "commandId": "again",
            "aggregateId": IDS[3],
            "data": {"projectId": IDS[0], "kind": "COST"},
        },
    )
    assert analysis.status == 202
    sent(api.as_(EVE), "create-project", IDS[3], {"name": "Chosen", "services": [service("a")]})


def sent(api: Api, command: str, target: str | None, data: Mapping[str, object]) -> None:
    envelope = {"commandId": KEYS.get(command, CREATION), "aggregateId": target, "data": data}
    answer = api.post(f"/commands/{command}", envelope)
    assert answer.status == 202, answer.text


@pytest.mark.usefixtures("everything_under_one_key")
def test_no_two_streams_yield_one_row_key(store: MemoryEventStore) -> None:
    keys = Counter(key for stream in streams(store) for key in yielded(store, stream))

    assert len([key for key in keys if key.model == "Service"]) == 18
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.usefixtures("everything_under_one_key")
def test_no_two_events_have_one_id(store: MemoryEventStore) -> None:
    ids = Counter(
        envelope["eventId"]
        for stream in streams(store)
        for commit in store.read(stream)
        for envelope in envelopes(commit)
    )

    assert len(ids) > 30
    assert [id for id, count in ids.items() if count > 1] == []


def streams(store: MemoryEventStore) -> list[AggregateId]:
    return [aggregate for aggregate, _ in store.heads()]


def yielded(store: MemoryEventStore, stream: AggregateId) -> Iterator[RowKey]:
    for projection in PROJECTIONS:
        if stream.startswith("PROJECT#"):
            commits = store.read(stream)
            yield from fold_rows(
                projection, (r for commit in commits for r in commit.recorded(projection.events))
            )


names = st.text(min_size=1, max_size=8)
streams_ = st.builds(aggregate_id, st.sampled_from(["PROJECT", "TEMPLATE"]), st.sampled_from(IDS))
inner = st.tuples(streams_, names, names, st.integers(0, 3))
events = st.tuples(streams_, st.integers(1, 50))


@given(first=inner, second=inner)
def test_ids_within_an_aggregate_are_equal_for_the_same_place_only(
    first: tuple[AggregateId, str, str, int], second: tuple[AggregateId, str, str, int]
) -> None:
    assert (nth_inner_id(*first) == nth_inner_id(*second)) == (first == second)


@given(first=events, second=events)
def test_event_ids_are_equal_for_the_same_event_only(
    first: tuple[AggregateId, int], second: tuple[AggregateId, int]
) -> None:
    assert (event_id(*first) == event_id(*second)) == (first == second)
