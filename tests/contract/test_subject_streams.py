"""The streams of a person are found by every store in the same way."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import NamedTuple

import boto3
import pytest
from moto import mock_aws

from adapters.dynamodb.event_store import DynamoDbEventStore
from adapters.dynamodb.subject_streams import DynamoDbSubjectStreams
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.subject_streams import MemorySubjectStreams
from application.commit import canonical_json
from application.ports import EventStore
from application.privacy.forgetting import SubjectStreams
from kernel.messages import AggregateId
from tests.support import stores
from tests.support.commits import commit

pytestmark = pytest.mark.feature("L10", "W11")

ANN, BOB = "ann-sub", "bob-sub"
OWNED, ACTED, OTHERS = (
    AggregateId(f"{kind}#01980000-0000-7000-8000-00000000000{n}")
    for n, kind in enumerate(("TEAPOT", "TEA", "CUP"))
)


class Both(NamedTuple):
    """A store, and who looks through it a page of one at a time."""

    store: EventStore
    streams: SubjectStreams

    def append(self, stream: AggregateId, first: int, actor: str, data: dict[str, object]) -> None:
        events = canonical_json([{"eventType": "Poured", "schemaVersion": "1.0", "data": data}])
        one = replace(commit(first, stream=stream), actor=f"{actor}::{actor}", events=events)
        self.store.append(one, state_due=False)

    def found(self, subject: str, position: str | None = None) -> list[AggregateId]:
        pages = self.streams.pages(subject, position)
        return sorted({stream for page in pages for stream in page.streams})


@contextmanager
def memory() -> Iterator[Both]:
    store = MemoryEventStore()
    yield Both(store, MemorySubjectStreams(store, page=1))


@contextmanager
def moto() -> Iterator[Both]:
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1", config=stores.CONFIG)
        events, claims = stores.new_tables(client)
        yield Both(
            DynamoDbEventStore(client, events, claims), DynamoDbSubjectStreams(client, events, 1)
        )


@contextmanager
def ministack(emulator: stores.Emulator) -> Iterator[Both]:
    client = emulator.client()
    events, claims = stores.new_tables(client)
    yield Both(
        DynamoDbEventStore(client, events, claims), DynamoDbSubjectStreams(client, events, 1)
    )


@pytest.fixture(params=["memory", "moto", "ministack"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    with opening(request) as made:
        made.append(OWNED, 1, "operator", {"owner": f"{ANN}::ann"})
        made.append(OWNED, 2, BOB, {"name": "Samovar"})
        made.append(ACTED, 1, BOB, {"owner": f"{BOB}::bob"})
        made.append(ACTED, 2, ANN, {"name": "Samovar"})
        made.append(OTHERS, 1, BOB, {"owner": f"{BOB}::bob", "description": f'"owner":"{ANN}::'})
        yield made


def opening(request: pytest.FixtureRequest) -> AbstractContextManager[Both]:
    match request.param:
        case "memory":
            return memory()
        case "moto":
            return moto()
        case _:
            return ministack(request.getfixturevalue("emulator"))


def test_they_are_those_that_are_owned_and_those_in_which_was_acted(both: Both) -> None:
    assert both.found(ANN) == sorted([OWNED, ACTED])
    assert both.found(BOB) == sorted([OWNED, ACTED, OTHERS])


def test_of_nobody_are_none(both: Both) -> None:
    assert both.found("eve-sub") == []
    assert both.found("ann") == []  # the beginning of an id is nobody's


def test_every_commit_is_examined_once(both: Both) -> None:
    assert sum(page.examined for page in both.streams.pages(ANN, None)) == 5
    assert both.streams.size() == 5


def test_the_last_page_has_no_position(both: Both) -> None:
    *_, last = both.streams.pages(ANN, None)

    assert last.position is None


def test_who_goes_on_from_a_position_finds_the_rest(both: Both) -> None:
    pages = list(both.streams.pages(ANN, None))
    for n, page in enumerate(pages[:-1]):
        rest = {stream for later in pages[n + 1 :] for stream in later.streams}

        assert both.found(ANN, page.position) == sorted(rest)
