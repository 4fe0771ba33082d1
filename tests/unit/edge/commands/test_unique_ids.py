"""Two laws: no two streams yield one row key, and no two events have one id.

Every client uses the same keys, to aggregates of every type, and chooses the same ids wherever a
client may choose one.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, permutations, product
from typing import Any
from uuid import NAMESPACE_OID, uuid5

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
from kernel.operation import Operation, Who
from kernel.projection import RowKey, fold_rows
from skafu.examples import Placeholders
from tests.support.api import ADA, ADMIN, EVE, Answer, Api, Person
from tests.support.fakes import Clock
from tests.support.world import before, typical

Json = dict[str, Any]
Way = Callable[[Api, Person, Json], Json]
"""How a command is sent, and what it is accepted with."""
IDS = [f"0198f2a0-0000-7000-8000-00000000000{n}" for n in range(4)]
NUMBERS = count(1)
MACHINE = "arn:aws:sts::123456789012:assumed-role/erp/session"


def alone(api: Api, person: Person, item: Json) -> Json:
    envelope = {name: value for name, value in item.items() if name != "type"}
    return accepted(api.as_(person).post(f"/commands/{item['type']}", envelope))


def one_of_a_batch(api: Api, person: Person, item: Json) -> Json:
    """Send without a key: the batch has it."""
    body, key = {"commands": [item | {"commandId": None}]}, item["commandId"]
    (result,) = api.as_(person).post("/commands", body, idempotency_key=key).body["results"]
    found: Json = result["accepted"]
    return found


def by_a_machine(api: Api, person: Person, item: Json) -> Json:
    """Send on behalf of the person, what a machine may send so."""
    if person is ADMIN:
        return alone(api, person, item)
    body = item | {"onBehalfOf": f"{person.sub}::{person.username}"}
    return accepted(api.as_machine(MACHINE).post("/integration/commands", body))


def accepted(answer: Answer) -> Json:
    assert answer.status == 202, answer.text
    found: Json = answer.body
    return found


WAYS = (alone, one_of_a_batch, by_a_machine)


@dataclass
class Chain:
    """An example with what comes before it: all its aggregates have one id, chosen or derived.

    `last` is another one, for what the example itself creates.
    """

    person: Person
    way: Way
    target: str | None
    number: int
    last: str | None = None

    def send(self, api: Api, store: MemoryEventStore, operation: Operation) -> None:
        known = Placeholders.numbered(self.number)
        for number, name in enumerate((*before(operation), operation.name)):
            step = contents.operation[name]
            sender = self.person if step.who is Who.OWNER else ADMIN
            item = self.item(step, known) | {"commandId": f"{operation.name}-{number}"}
            if step is operation and self.last:
                item["aggregateId"] = self.last
            plain = self.way(api, sender, item)["aggregateId"]
            *_, last = store.read(aggregate_id(step.aggregate_type, plain))
            known.learn(step, plain, last.stored_events())

    def item(self, step: Operation, known: Placeholders) -> Json:
        # What Admin creates for several people is told apart by its id.
        derived = self.target is None and step.who is Who.OWNER
        chosen = None if derived else self.target or uuid(self.number)
        target = chosen if step.creates else known.aggregate(step)
        return {
            "type": step.name,
            "aggregateId": target,
            "data": known.data(typical(step)) | known.ids(step),
        }


def chains(operation: Operation) -> Iterator[Chain]:
    """Yield the chains of persons, an Admin and a machine, alone and in batches."""
    for person, way, chosen in product((ADA, EVE, ADMIN), WAYS, (True, False)):
        # Derived from the key alone, the id would be the same whichever way it came.
        if chosen or way is alone:
            number = next(NUMBERS)
            yield Chain(person, way, uuid(number) if chosen else None, number)


def crossings() -> Iterator[tuple[Chain, Operation]]:
    """Yield creations of two kinds, by two people, under the same id."""
    creations = [operation for operation in contents.operations if operation.creates]
    for pair in permutations(creations, 2):
        shared = uuid(next(NUMBERS))
        for person, operation in zip((ADA, EVE), pair, strict=True):
            number = next(NUMBERS)
            yield Chain(person, alone, uuid(number), number, shared), operation


def uuid(number: int) -> str:
    return str(uuid5(NAMESPACE_OID, f"{number}"))


@pytest.fixture(scope="module")
def store() -> MemoryEventStore:
    """Everything that happens under the same keys."""
    store = MemoryEventStore()
    api = Api(command_api.build(Commands.over(contents, store, Clock(datetime.now(UTC)), {})))
    for operation in contents.operations:
        for chain in chains(operation):
            chain.send(api, store, operation)
    for chain, operation in crossings():
        chain.send(api, store, operation)
    return store


def test_no_two_streams_yield_one_row_key(store: MemoryEventStore) -> None:
    found: defaultdict[RowKey, set[AggregateId]] = defaultdict(set)
    for stream in streams(store):
        for key in yielded(store, stream):
            found[key].add(stream)
    models = Counter(key.model for key in found)

    assert all(models[m] > 30 for projection in contents.projections for m in projection.models)
    assert {key: by for key, by in found.items() if len(by) > 1} == {}


def test_no_two_events_have_one_id(store: MemoryEventStore) -> None:
    ids = Counter(
        envelope["eventId"]
        for stream in streams(store)
        for commit in store.read(stream)
        for envelope in envelopes(commit)
    )

    assert len(ids) > 30 * len(contents.aggregates)
    assert [id for id, count in ids.items() if count > 1] == []


def streams(store: MemoryEventStore) -> list[AggregateId]:
    return [aggregate for aggregate, _ in store.heads()]


def yielded(store: MemoryEventStore, stream: AggregateId) -> Iterator[RowKey]:
    for projection in contents.projections_of(stream.partition("#")[0]):
        commits = store.read(stream)
        yield from fold_rows(
            projection, (r for commit in commits for r in commit.recorded(projection.events))
        )


names = st.text(min_size=1, max_size=8)
streams_ = st.builds(aggregate_id, st.sampled_from(["TEAPOT", "TEA"]), st.sampled_from(IDS))
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
