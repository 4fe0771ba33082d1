"""The DynamoDB store when DynamoDB is at its worst: faults of the emulator, which AWS may have."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from adapters.dynamodb.event_store import DynamoDbEventStore
from application.ports import CommitConflict, CommitRange, EventStore, Unavailable
from tests.support.commits import OTHER, STREAM, commit, padded, stored, versions
from tests.support.stores import Emulator


@pytest.fixture
def store(emulator: Emulator) -> Iterator[DynamoDbEventStore]:
    with emulator.store() as opened:
        assert isinstance(opened, DynamoDbEventStore)
        yield opened


def test_a_weak_read_may_be_stale_and_a_strong_one_is_not(
    emulator: Emulator, store: EventStore
) -> None:
    with emulator.faults(staleReads=1, staleSeconds=60, seed=1):
        (only,) = stored(store, commit())
        weak = [list(store.newest_first(STREAM, consistent=False)) for _ in range(20)]

        assert [] in weak
        assert list(store.newest_first(STREAM, consistent=True)) == [only]
        assert list(store.read(STREAM)) == [only]


@pytest.mark.feature("K2")
def test_reads_of_whole_streams_and_of_gaps_are_strong(
    emulator: Emulator, store: EventStore
) -> None:
    with emulator.faults(staleReads=1, staleSeconds=60, seed=1):
        commits = stored(store, *versions(2, 1))

        assert list(store.read(STREAM)) == commits
        assert list(store.read(STREAM, 2)) == commits
        assert dict(store.heads()) == {STREAM: 3}


def test_throttling_that_outlasts_the_client_may_be_tried_again_later(
    emulator: Emulator, store: EventStore
) -> None:
    with emulator.faults(throttleDynamoDB=1):
        with pytest.raises(Unavailable):
            store.append(commit(), state_due=False)
        with pytest.raises(Unavailable):
            list(store.read(STREAM))

    assert list(store.read(STREAM)) == []


@pytest.mark.feature("C15")
def test_a_put_whose_answer_was_lost_meets_itself(emulator: Emulator, store: EventStore) -> None:
    """The client sends it a second time by itself, and that one finds the sequence taken."""
    only = commit()
    with emulator.faults(ambiguousDynamoDB=1), pytest.raises(CommitConflict) as conflict:
        store.append(only, state_due=False)

    assert conflict.value.winner.identity == only.identity
    assert list(store.read(STREAM)) == [conflict.value.winner]


@pytest.mark.feature("L12")
def test_a_commit_that_no_item_can_hold_is_refused_whole(store: EventStore) -> None:
    """No command meets this: commits have a limit of half that size, which is checked before."""
    with pytest.raises(ClientError, match="size"):
        store.append(padded(1, 400 * 1024), state_due=False)

    assert list(store.read(STREAM)) == []


@pytest.mark.feature("E25")
def test_a_read_of_many_commits_that_is_throttled_may_be_tried_again_later(
    emulator: Emulator, store: DynamoDbEventStore
) -> None:
    commits = stored(store, commit(), commit(stream=OTHER))
    ranges = [CommitRange(STREAM, 1, 1), CommitRange(OTHER, 1, 1)]
    with emulator.faults(throttleDynamoDB=1), pytest.raises(Unavailable):
        next(store.of_ranges(ranges))

    assert [list(found) for found in store.of_ranges(ranges)] == [[one] for one in commits]


@pytest.mark.feature("E25")
def test_a_read_of_many_commits_is_strong(emulator: Emulator, store: DynamoDbEventStore) -> None:
    with emulator.faults(staleReads=1, staleSeconds=60, seed=1):
        commits = stored(store, commit(), commit(stream=OTHER))
        ranges = [CommitRange(STREAM, 1, 1), CommitRange(OTHER, 1, 1)]

        assert [list(found) for found in store.of_ranges(ranges)] == [[one] for one in commits]
