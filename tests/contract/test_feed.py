"""The contract of every feed, told once and shown by each of them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from moto import mock_aws

from adapters.dynamodb.feed import DynamoDbFeed
from adapters.memory.feed import MemoryFeed
from application.commit import GENESIS
from application.publishing.feed import Feed, FeedEntry, FeedPage, PageTaken
from kernel.messages import AggregateId
from tests.support import stores
from tests.support.commits import OTHER, STREAM

pytestmark = pytest.mark.feature("E25")


@pytest.fixture(params=["memory", "moto", "ministack"])
def feed(request: pytest.FixtureRequest) -> Iterator[Feed]:
    match request.param:
        case "memory":
            yield MemoryFeed()
        case "moto":
            with mock_aws():
                yield on(boto3.client("dynamodb", region_name="us-east-1", config=stores.CONFIG))
        case _:
            emulator: stores.Emulator = request.getfixturevalue("emulator")
            yield on(emulator.client())


def on(client: Any) -> DynamoDbFeed:  # noqa: ANN401 - a boto3 client
    return DynamoDbFeed(client, stores.new_table(client, "FeedTable"))


def page(number: int, *entries: FeedEntry) -> FeedPage:
    return FeedPage(number, entries or (entry(number),), GENESIS, "2026-01-01T00:00:00.000Z")


def entry(last: int, stream: str = STREAM) -> FeedEntry:
    return FeedEntry(stream, last, last, "ab" * 32)  # type: ignore[arg-type] # an AggregateId is text


def test_an_empty_feed_has_nothing(feed: Feed) -> None:
    assert (feed.newest(), list(feed.pages(1))) == (None, [])
    assert (feed.ends([STREAM]), feed.ends_recorded()) == ({STREAM: 0}, 0)


def test_pages_come_back_as_they_were_put_and_in_order(feed: Feed) -> None:
    pages = [page(n, entry(n), entry(n, "TEAPOT#é🫖")) for n in range(1, 26)]
    for each in pages:
        feed.append(each)

    assert list(feed.pages(1)) == pages
    assert list(feed.pages(12)) == pages[11:]
    assert list(feed.pages(26)) == []
    assert feed.newest() == pages[-1]
    assert [each.hash() for each in feed.pages(1)] == [each.hash() for each in pages]


def test_of_many_at_once_one_puts_the_page(feed: Feed) -> None:
    feed.append(page(1))
    rivals = [page(2, entry(n)) for n in range(2, 10)]
    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(lambda rival: was_put(feed, rival), rivals))

    (_, winner) = feed.pages(1)
    assert outcomes.count(True) == 1
    assert winner == rivals[outcomes.index(True)]


def was_put(feed: Feed, rival: FeedPage) -> bool:
    try:
        feed.append(rival)
    except PageTaken:
        return False
    return True


def test_ends_are_noted_and_never_go_back(feed: Feed) -> None:
    feed.record_ends(page(1, entry(3), entry(4), entry(9, OTHER)))
    assert (*feed.ends([STREAM, OTHER]).values(), feed.ends_recorded()) == (4, 9, 1)

    feed.record_ends(page(2, entry(2), entry(11, OTHER)))
    assert (*feed.ends([STREAM, OTHER]).values(), feed.ends_recorded()) == (4, 11, 2)


def test_the_ends_of_many_streams_are_looked_up_together(feed: Feed) -> None:
    streams = [AggregateId(f"TEAPOT#{number}") for number in range(250)]
    known = page(1, *(entry(number + 1, stream) for number, stream in enumerate(streams[::2])))
    feed.record_ends(known)

    ends = feed.ends(streams)
    assert list(ends) == streams
    assert {stream: end for stream, end in ends.items() if end} == {
        each.aggregate: each.last for each in known.entries
    }
