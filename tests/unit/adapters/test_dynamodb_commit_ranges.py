"""Commits of many ranges, as DynamoDB is asked for them."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, cast

import pytest

from adapters.dynamodb.batches import ATTEMPTS, BACKOFF
from adapters.dynamodb.commit_ranges import MAX_RANGES, Found, key_of, place_of, together
from adapters.dynamodb.event_store import DynamoDbEventStore
from adapters.dynamodb.items import Item, item_size, to_item
from application.commit import Commit
from application.ports import CommitRange, Unavailable
from application.upcasting import UnreadableEvent
from application.writing.limits import MAX_COMMIT_BYTES
from kernel.messages import AggregateId
from tests.support.commits import OTHER, STREAM, commit

pytestmark = pytest.mark.feature("E25")
POTS = [AggregateId(f"TEAPOT#{number:03}") for number in range(150)]
ANSWER = 16 * 1024 * 1024  # bytes that DynamoDB answers to one BatchGetItem


class Table:
    """A client over commits; of each request it answers at most so many keys."""

    def __init__(self, *commits: Commit, at_most: int = 100) -> None:
        self.items = {place_of(item): item for item in map(to_item, commits)}
        self.at_most = at_most
        self.asked: list[str] = []
        self.sleeps: list[float] = []

    def batch_get_item(self, RequestItems: Any) -> dict[str, Any]:  # noqa: N803, ANN401 - boto3's own
        keys = RequestItems["events"]["Keys"]
        assert RequestItems["events"]["ConsistentRead"]
        assert 0 < len(keys) <= 100
        assert len({place_of(key) for key in keys}) == len(keys)
        self.asked.append(f"{len(keys)} keys")
        found = [self.items.get(place_of(key)) for key in keys[: self.at_most]]
        left = {"Keys": keys[self.at_most :], "ConsistentRead": True}
        return {
            # In another order than they were asked for.
            "Responses": {"events": [item for item in reversed(found) if item]},
            "UnprocessedKeys": {"events": left} if left["Keys"] else {},
        }

    def query(self, ExpressionAttributeValues: Any, **_: object) -> dict[str, Any]:  # noqa: N803, ANN401 - boto3's own
        stream, first, last = (next(iter(v.values())) for v in ExpressionAttributeValues.values())
        self.asked.append(f"query from {first}")
        places = sorted(p for p in self.items if p[0] == stream and int(first) <= p[1] <= int(last))
        return {"Items": [self.items[place] for place in places]}

    @property
    def store(self) -> DynamoDbEventStore:
        return DynamoDbEventStore(cast(Any, self), "events", sleep=self.sleeps.append)

    def read(self, *ranges: CommitRange) -> list[list[Commit]]:
        return [list(found) for found in self.store.of_ranges(ranges)]


def one_each(streams: Sequence[AggregateId]) -> list[CommitRange]:
    return [CommitRange(stream, 1, 1) for stream in streams]


def test_the_first_commits_are_one_request_and_the_second_ones_another() -> None:
    commits = [[commit(1, 2, stream=stream), commit(3, stream=stream)] for stream in POTS[:10]]
    table = Table(*chain(*commits))

    assert table.read(*[CommitRange(stream, 1, 3) for stream in POTS[:10]]) == commits
    assert table.asked == ["10 keys", "10 keys"]


def test_a_single_range_is_a_query() -> None:
    first, second = commit(), commit(2)
    table = Table(first, second)

    assert table.read(CommitRange(STREAM, 1, 2)) == [[first, second]]
    assert table.asked == ["query from 1"]


def test_the_only_range_with_a_second_commit_is_a_query_from_there() -> None:
    first, second, other = commit(), commit(2), commit(stream=OTHER)
    table = Table(first, second, other)

    assert table.read(CommitRange(STREAM, 1, 2), CommitRange(OTHER, 1, 1)) == [
        [first, second],
        [other],
    ]
    assert table.asked == ["2 keys", "query from 2"]


def test_what_comes_behind_the_second_commits_is_a_query_for_each_range() -> None:
    streams = {stream: [commit(n, stream=stream) for n in range(1, 6)] for stream in POTS[:3]}
    table = Table(*chain(*streams.values()))

    assert table.read(*[CommitRange(stream, 1, 5) for stream in streams]) == [*streams.values()]
    assert table.asked == ["3 keys", "3 keys", *["query from 3"] * 3]


def test_queries_are_made_when_their_commits_are_taken() -> None:
    streams = {stream: [commit(n, stream=stream) for n in range(1, 6)] for stream in POTS[:3]}
    table = Table(*chain(*streams.values()))
    found = table.store.of_ranges([CommitRange(stream, 1, 5) for stream in streams])

    assert list(next(found)) == streams[POTS[0]]
    assert table.asked == ["3 keys", "3 keys", "query from 3"]


def test_of_many_ranges_no_more_are_read_than_one_request_has_before_more_are_taken() -> None:
    table = Table(*[commit(stream=stream) for stream in POTS])
    found = table.store.of_ranges(iter(one_each(POTS)))

    for _ in range(MAX_RANGES):
        list(next(found))
    assert table.asked == [f"{MAX_RANGES} keys"]
    list(found)
    assert table.asked[1:] == [f"{MAX_RANGES} keys", f"{150 - 2 * MAX_RANGES} keys"]


def test_the_largest_commits_of_one_request_fit_into_one_answer() -> None:
    around = item_size(to_item(commit())) + 2048  # the attributes beside the events

    assert MAX_RANGES * (MAX_COMMIT_BYTES + around) <= ANSWER


@pytest.mark.parametrize("missing", [1, 2, 3])
def test_a_missing_commit_is_looked_for_by_a_query(missing: int) -> None:
    kept = [commit(n) for n in range(1, 4) if n != missing]
    whole = [commit(n, stream=OTHER) for n in range(1, 4)]
    third = [commit(n, stream=POTS[0]) for n in range(1, 4)]
    table = Table(*kept, *whole, *third)
    ranges = [CommitRange(stream, 1, 3) for stream in (STREAM, OTHER, POTS[0])]

    assert table.read(*ranges) == [kept, whole, third]
    assert next(a for a in table.asked if a.startswith("query")) == f"query from {missing}"


def test_what_begins_within_a_commit_is_left_out() -> None:
    """No writer does that: `skafu verify --history` finds it."""
    long, within, behind = commit(1, 3), commit(2), commit(4)
    table = Table(long, within, behind, commit(stream=OTHER))

    assert table.read(CommitRange(STREAM, 1, 4), CommitRange(OTHER, 1, 1))[0] == [long, behind]


@pytest.mark.parametrize("count", ["0", "-7"])
def test_a_commit_of_no_events_is_not_read_again_and_again(count: str) -> None:
    table = Table(commit(), commit(2), commit(stream=OTHER))
    table.items[STREAM, 1]["eventCount"] = {"N": count}
    found = table.read(CommitRange(STREAM, 1, 2), CommitRange(OTHER, 1, 1))

    assert [one.first_sequence for one in found[0]] == [1, 2]


@pytest.mark.parametrize("attribute", ["eventCount", "events"])
def test_an_item_that_is_no_commit_is_met_when_it_is_taken(attribute: str) -> None:
    other = commit(stream=OTHER)
    table = Table(commit(), other)
    del table.items[STREAM, 1][attribute]
    found = table.store.of_ranges([CommitRange(OTHER, 1, 1), CommitRange(STREAM, 1, 2)])

    assert list(next(found)) == [other]
    with pytest.raises(UnreadableEvent, match="not a commit"):
        list(next(found))


class TestUnprocessedKeys:
    def test_are_asked_for_again_with_growing_pauses(self) -> None:
        commits = [commit(stream=stream) for stream in POTS[:8]]
        table = Table(*commits, at_most=3)

        assert table.read(*one_each(POTS[:8])) == [[one] for one in commits]
        assert table.asked == ["8 keys", "5 keys", "2 keys"]
        assert len(table.sleeps) == 2
        assert all(0 <= s <= BACKOFF * 2**n for n, s in enumerate(table.sleeps, 1))

    def test_for_long_are_not_taken_for_missing_ones(self) -> None:
        table = Table(*[commit(stream=stream) for stream in POTS[:20]], at_most=1)

        with pytest.raises(Unavailable, match="throttled"):
            table.read(*one_each(POTS[:20]))
        assert len(table.asked) == ATTEMPTS


def test_read_units_are_at_most_two_more_for_a_range_than_by_a_query() -> None:
    """By queries, 1 each of these; a range of one commit costs the same either way."""
    for commits, units in ((1, 1), (2, 2), (3, 3), (7, 3)):
        assert read_units(commits) == units * 10


def read_units(commits: int) -> int:
    """Count the units for ten ranges of so many small commits: one for a key, and for a query."""
    small = [commit(n, stream=stream) for stream in POTS[:10] for n in range(1, commits + 1)]
    assert sum(map(item_size, map(to_item, small))) / 10 <= 4096
    table = Table(*small)
    table.read(*[CommitRange(stream, 1, commits) for stream in POTS[:10]])
    return sum(int(a.split()[0]) if a.endswith("keys") else 1 for a in table.asked)


def test_together_asks_for_nothing_when_nothing_is_wanted() -> None:
    def none(_: Sequence[Item]) -> Iterator[Item]:
        raise AssertionError

    assert together([], none) == []
    assert (
        together([CommitRange(STREAM, 3, 2)] * 2, none) == [Found(CommitRange(STREAM, 3, 2), 3)] * 2
    )


def test_a_key_is_found_in_its_item() -> None:
    assert place_of(key_of(STREAM, 7)) == (STREAM, 7)
