"""Who knows what was written: another process, or nobody once the adapter is gone."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple, cast

import boto3
import pytest
from cryptography.exceptions import InvalidTag
from moto import mock_aws

from adapters.dynamodb.event_store import DynamoDbEventStore
from adapters.dynamodb.feed import DynamoDbFeed
from adapters.dynamodb.key_table import DynamoDbKeyTable
from adapters.dynamodb.leases import DynamoDbLeases
from adapters.dynamodb.saga_table import DynamoDbSagaTable
from adapters.dynamodb.tickets import DynamoDbTickets
from adapters.dynamodb.words import DynamoDbWords
from adapters.kms.key_wrapper import KmsKeyWrapper
from adapters.memory.archives import MemoryArchives
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from adapters.memory.key_table import MemoryKeyTable
from adapters.memory.key_wrapper import MemoryKeyWrapper
from adapters.memory.leases import MemoryLeases
from adapters.memory.sagas import MemorySagaTable
from adapters.memory.tickets import MemoryTickets
from adapters.memory.words import MemoryWords
from adapters.s3.archives import S3Archives
from application.commit import GENESIS
from application.publishing.feed import FeedEntry, FeedPage
from application.reading.leases import Lease, LeaseHeld
from application.reading.words import Entry
from application.sagas.ports import Place
from application.writing.deferral import Ticket
from kernel.projection import RowKey
from tests.support import stores
from tests.support.commits import STREAM, commit
from tests.support.fakes import NOW
from tests.support.paths import ROOT

pytestmark = pytest.mark.feature("L12")
AT, BUCKET, KEY = "2026-01-02T12:00:00.000Z", "archives", "teapot/1/f0.zip"
PAGE = FeedPage(1, (FeedEntry(STREAM, 1, 1, "ab" * 32),), GENESIS, AT)
TICKET = Ticket("a-key", "an-id", "ada-sub", "mark", 1_900_000_000)
LEASE = Lease("rebuild", "ada", NOW, NOW + timedelta(minutes=1))
POT = RowKey("Teapot", "pot")
WORDS = Entry(status="ACTIVE", created_at=AT, terms=("0tea",), version=1)


class Kept(NamedTuple):
    """A port: what is written, and how one sees whether it is there."""

    memory: Callable[[], Any]
    write: Callable[[Any], object]
    is_there: Callable[[Any], bool]


def is_held(leases: Any) -> bool:  # noqa: ANN401 - of either adapter
    try:
        leases.take(replace(LEASE, holder="eve"), NOW)
    except LeaseHeld:
        return True
    return False


PORTS = {
    "event store": Kept(
        MemoryEventStore,
        lambda store: store.append(commit(), state_due=False, claim="SLUG#assam"),
        lambda store: bool([*store.read(STREAM)]) and store.holder("SLUG#assam") == STREAM,
    ),
    "feed": Kept(MemoryFeed, lambda feed: feed.append(PAGE), lambda feed: feed.newest() == PAGE),
    "keys": Kept(
        MemoryKeyTable, lambda keys: keys.add("ann", b"k", AT), lambda keys: bool(keys.get("ann"))
    ),
    "tickets": Kept(
        MemoryTickets, lambda them: them.put(TICKET, None), lambda them: them.get("a-key") == TICKET
    ),
    "leases": Kept(MemoryLeases, lambda leases: leases.take(LEASE, NOW), is_held),
    "sagas": Kept(
        MemorySagaTable, lambda sagas: sagas.keep(Place(7)), lambda sagas: sagas.place() == Place(7)
    ),
    "words": Kept(
        MemoryWords,
        lambda words: words.put(POT, WORDS, None),
        lambda words: words.entry(POT) == WORDS,
    ),
    "archives": Kept(
        MemoryArchives,
        lambda archives: archives.put(KEY, b"x"),
        lambda archives: bool(archives.link(f"s3://{BUCKET}/{KEY}", "a.zip", 60)),
    ),
}


@pytest.fixture
def aws() -> Iterator[None]:
    with mock_aws():
        yield


def client(service: Any) -> Any:  # noqa: ANN401 - any of boto3's
    return boto3.client(service, region_name="us-east-1", config=stores.CONFIG)


def on_aws() -> dict[str, Callable[[], Any]]:
    """Make the tables and the bucket; return what opens each port, with a client of its own."""
    made = client("dynamodb")
    events, claims = stores.new_tables(made)
    names = ("FeedTable", "KeyTable", "CommandsTable", "SagaTable", "WordsTable")
    feed, keys, commands, sagas, words = (stores.new_table(made, name) for name in names)
    client("s3").create_bucket(Bucket=BUCKET)
    return {
        "event store": lambda: DynamoDbEventStore(client("dynamodb"), events, claims),
        "feed": lambda: DynamoDbFeed(client("dynamodb"), feed),
        "keys": lambda: DynamoDbKeyTable(client("dynamodb"), keys),
        "tickets": lambda: DynamoDbTickets(client("dynamodb"), commands),
        "leases": lambda: DynamoDbLeases(client("dynamodb"), commands),
        "sagas": lambda: DynamoDbSagaTable(client("dynamodb"), sagas),
        "words": lambda: DynamoDbWords(client("dynamodb"), words),
        "archives": lambda: S3Archives(client("s3"), BUCKET),
    }


@pytest.mark.parametrize("port", PORTS)
@pytest.mark.usefixtures("aws")
def test_what_was_answered_is_there_for_another_process(port: str) -> None:
    opened, kept = on_aws()[port], PORTS[port]
    assert not kept.is_there(opened())
    opened = on_aws()[port] if port == "leases" else opened  # to look has taken the lease
    kept.write(opened())

    assert kept.is_there(opened())


@pytest.mark.parametrize("port", PORTS)
def test_what_is_kept_in_memory_is_known_to_nobody_else(port: str) -> None:
    kept = PORTS[port]
    written = kept.memory()
    kept.write(written)

    assert kept.is_there(written)
    assert not kept.is_there(kept.memory())


@pytest.mark.usefixtures("aws")
def test_a_key_that_kms_wrapped_opens_in_another_process() -> None:
    master = client("kms").create_key()["KeyMetadata"]["KeyId"]
    key = KmsKeyWrapper(lambda: client("kms"), master).new_key("ann")

    assert KmsKeyWrapper(lambda: client("kms"), master).unwrap("ann", key.wrapped) == key.secret


def test_a_key_that_was_wrapped_in_memory_opens_nowhere_else() -> None:
    key = MemoryKeyWrapper().new_key("ann")

    with pytest.raises(InvalidTag):
        MemoryKeyWrapper().unwrap("ann", key.wrapped)


def test_no_adapter_in_memory_is_ever_unavailable() -> None:
    files = [*(ROOT / "src" / "adapters" / "memory").glob("*.py")]
    raised = [
        ast.unparse(node.exc)
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Raise) and node.exc
    ]

    assert len(raised) > 4
    assert [error for error in raised if error.startswith("Unavailable")] == []


def test_memory_takes_commits_of_any_size() -> None:
    store = MemoryEventStore()
    large = replace(commit(), events=f'"{"x" * 1_000_000}"')

    assert store.append(large, state_due=False).events == large.events
    assert [one.events for one in store.read(STREAM)] == [large.events]


def test_a_link_to_an_archive_in_memory_names_it_and_leads_nowhere() -> None:
    archives = MemoryArchives()
    found = cast(str, archives.link(archives.put(KEY, b"x"), "Tee 2.zip", 60))

    assert found == f"memory:{KEY}?name=Tee%202.zip&seconds=60"
