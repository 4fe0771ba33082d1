"""The contract of every event store, told once and shown by each of them."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from typing import cast

import pytest

from application.commit import Commit
from application.ports import CommitConflict, CommitRange, EventStore
from application.publishing.feed import CommitRanges
from application.writing.limits import MAX_COMMIT_BYTES
from kernel.messages import AggregateId
from tests.support.commits import OTHER, STREAM, commit, padded, stored, versions


class TestAppend:
    @pytest.mark.feature("E1", "E16", "W1")
    def test_what_was_appended_is_read(self, store: EventStore) -> None:
        appended = stored(store, *versions(1, 1, 1))

        assert list(store.read(STREAM)) == appended

    @pytest.mark.feature("C17", "K2")
    def test_a_sequence_that_is_taken_conflicts_and_brings_the_winner(
        self, store: EventStore
    ) -> None:
        first, second = stored(store, *versions(2, 1))
        with pytest.raises(CommitConflict) as conflict:
            store.append(commit(3), state_due=False)

        assert conflict.value.winner == second
        assert list(store.read(STREAM)) == [first, second]

    def test_the_same_commit_sent_again_conflicts_with_itself(self, store: EventStore) -> None:
        only = commit()
        (appended,) = stored(store, only)
        with pytest.raises(CommitConflict) as conflict:
            store.append(only, state_due=False)

        assert conflict.value.winner == appended

    @pytest.mark.feature("E17")
    def test_one_of_two_commits_of_different_length_wins(self, store: EventStore) -> None:
        stored(store, *versions(3))
        stored(store, commit(4, events=2))
        with pytest.raises(CommitConflict):
            store.append(commit(4, events=1), state_due=False)

        assert [c.last_sequence for c in store.read(STREAM)] == [3, 5]

    def test_of_many_at_once_one_wins_and_all_others_see_it(self, store: EventStore) -> None:
        rivals = [commit() for _ in range(16)]
        with ThreadPoolExecutor(16) as threads:
            outcomes = list(threads.map(lambda rival: winner_of(store, rival), rivals))

        (only,) = store.read(STREAM)
        assert outcomes == [only] * 16

    @pytest.mark.feature("E23")
    def test_streams_do_not_touch_each_other(self, store: EventStore) -> None:
        one, other = stored(store, commit(), commit(stream=OTHER))

        assert list(store.read(STREAM)) == [one]
        assert list(store.read(OTHER)) == [other]


def winner_of(store: EventStore, rival: Commit) -> Commit:
    try:
        return store.append(rival, state_due=False)
    except CommitConflict as conflict:
        return conflict.winner


class TestRead:
    def test_nothing_is_read_of_a_stream_that_does_not_exist(self, store: EventStore) -> None:
        assert list(store.read(STREAM)) == []
        assert list(store.read(STREAM, 7)) == []

    @pytest.mark.feature("E7", "E25")
    def test_commits_come_in_the_order_of_their_sequence(self, store: EventStore) -> None:
        stored(store, *versions(1, 2, 9, 1, 100, 1))

        assert [c.first_sequence for c in store.read(STREAM)] == [1, 2, 4, 13, 14, 114]

    @pytest.mark.parametrize(
        ("from_sequence", "firsts"),
        [(1, [1, 2, 5]), (2, [2, 5]), (3, [2, 5]), (4, [2, 5]), (5, [5]), (6, [])],
    )
    @pytest.mark.feature("R23")
    def test_a_gap_is_read_from_the_commit_that_contains_it(
        self, store: EventStore, from_sequence: int, firsts: list[int]
    ) -> None:
        stored(store, *versions(1, 3, 1))

        assert [c.first_sequence for c in store.read(STREAM, from_sequence)] == firsts

    def test_a_gap_inside_the_first_commit_brings_all_of_it(self, store: EventStore) -> None:
        stored(store, *versions(3, 1))

        assert [c.first_sequence for c in store.read(STREAM, 2)] == [1, 4]

    def test_streams_of_more_than_a_megabyte_are_read_to_their_end(self, store: EventStore) -> None:
        stored(store, *[padded(n, 180_000) for n in range(1, 14)])

        assert [c.first_sequence for c in store.read(STREAM)] == list(range(1, 14))
        assert [c.first_sequence for c in store.read(STREAM, 2)] == list(range(2, 14))

    @pytest.mark.feature("C14")
    def test_only_what_is_asked_for_is_taken(self, store: EventStore) -> None:
        stored(store, *versions(1, 1, 1))

        newest = next(store.newest_first(STREAM, consistent=True))

        assert newest.first_sequence == 3


@pytest.mark.parametrize("consistent", [True, False])
class TestNewestFirst:
    def test_commits_come_in_reverse(self, store: EventStore, consistent: bool) -> None:
        appended = stored(store, *versions(2, 1, 3))

        assert list(store.newest_first(STREAM, consistent=consistent)) == appended[::-1]

    def test_nothing_comes_of_a_stream_that_does_not_exist(
        self, store: EventStore, consistent: bool
    ) -> None:
        assert list(store.newest_first(STREAM, consistent=consistent)) == []

    def test_pages_grow_and_leave_nothing_out(self, store: EventStore, consistent: bool) -> None:
        stored(store, *versions(*[1] * 80))

        firsts = [c.first_sequence for c in store.newest_first(STREAM, consistent=consistent)]
        assert firsts == list(range(80, 0, -1))

    def test_pages_cut_at_a_megabyte_leave_nothing_out(
        self, store: EventStore, consistent: bool
    ) -> None:
        stored(store, *[padded(n, 180_000) for n in range(1, 14)])

        firsts = [c.first_sequence for c in store.newest_first(STREAM, consistent=consistent)]
        assert firsts == list(range(13, 0, -1))

    def test_the_newest_alone_may_be_taken(self, store: EventStore, consistent: bool) -> None:
        stored(store, *versions(1, 1, 1))

        newest = list(islice(store.newest_first(STREAM, consistent=consistent), 1))
        assert [c.first_sequence for c in newest] == [3]


@pytest.mark.feature("T9")
class TestBackFrom:
    @pytest.mark.parametrize(
        ("sequence", "firsts"),
        [(1, [1]), (2, [2, 1]), (3, [2, 1]), (4, [2, 1]), (5, [5, 2, 1]), (10**9, [5, 2, 1])],
    )
    def test_commits_come_back_from_the_one_that_contains_it(
        self, store: EventStore, sequence: int, firsts: list[int]
    ) -> None:
        stored(store, *versions(1, 3, 1), commit(stream=OTHER))

        assert [c.first_sequence for c in store.back_from(STREAM, sequence)] == firsts

    def test_nothing_comes_of_a_stream_that_does_not_exist(self, store: EventStore) -> None:
        assert list(store.back_from(STREAM, 7)) == []

    def test_pages_grow_and_leave_nothing_out(self, store: EventStore) -> None:
        stored(store, *versions(*[1] * 90))

        firsts = [c.first_sequence for c in store.back_from(STREAM, 85)]
        assert firsts == list(range(85, 0, -1))


class TestState:
    """The folded state shares the commit's item while that costs no further write unit."""

    @pytest.mark.feature("E18", "C16")
    def test_is_kept_when_it_is_free(self, store: EventStore) -> None:
        (appended,) = stored(store, commit())

        assert (appended.state, appended.state_version) == ('{"cups":1}', 1)
        assert list(store.read(STREAM)) == [appended]

    def test_is_left_out_when_it_costs_a_unit(self, store: EventStore) -> None:
        (appended,) = stored(store, replace(commit(), state=json.dumps("x" * 1000)))

        assert (appended.state, appended.state_version) == (None, None)
        assert list(store.read(STREAM)) == [appended]

    def test_is_kept_at_a_cost_when_it_is_due(self, store: EventStore) -> None:
        state = json.dumps("x" * 1000)
        (appended,) = stored(store, replace(commit(), state=state), due=True)

        assert appended.state == state
        assert list(store.read(STREAM)) == [appended]

    def test_may_be_absent(self, store: EventStore) -> None:
        bare = replace(commit(), state=None, state_version=None)

        assert stored(store, bare, due=True) == [bare]
        assert list(store.read(STREAM)) == [bare]


class TestWhatIsStored:
    """Every byte comes back, so the chain of hashes holds."""

    @pytest.mark.feature("E15")
    def test_any_text_and_any_bytes(self, store: EventStore) -> None:
        odd = replace(
            commit(),
            events=json.dumps(["\0 \u202e עברית 🫖 \x7f \ufffd é"], ensure_ascii=False),
            actor="søren\0::søren",
            fingerprint=bytes(range(32)),
            previous_hash=bytes(range(224, 256)),
            state='"\\u0000🫖"',
        )

        assert stored(store, odd) == [odd]
        assert list(store.read(STREAM)) == [odd]

    @pytest.mark.feature("E10")
    def test_a_correlation_id_of_its_own_and_a_trace(self, store: EventStore) -> None:
        traced = replace(commit(), correlation_id="order-7", traceparent="00-1-2-01")

        assert stored(store, traced) == [traced]
        assert list(store.read(STREAM)) == [traced]

    @pytest.mark.feature("C15")
    def test_the_times_of_keys(self, store: EventStore) -> None:
        timed = replace(commit(), key_times=bytes(range(14)))

        assert stored(store, timed) == [timed]
        assert list(store.newest_first(STREAM, consistent=True)) == [timed]

    def test_the_largest_commit_with_a_state(self, store: EventStore) -> None:
        large = replace(padded(1, MAX_COMMIT_BYTES), state=json.dumps("s" * 20_000))

        assert len(large.events) == MAX_COMMIT_BYTES
        assert stored(store, large, due=True) == [large]
        assert list(store.read(STREAM)) == [large]

    @pytest.mark.feature("T10")
    def test_the_hash_is_the_same_after_storage(self, store: EventStore) -> None:
        only = commit()
        stored(store, only)

        assert [c.hash() for c in store.read(STREAM)] == [only.hash()]

    def test_the_hash_does_not_depend_on_a_state_left_out(self, store: EventStore) -> None:
        only = replace(commit(), state=json.dumps("x" * 1000))
        stored(store, only)

        assert [c.hash() for c in store.read(STREAM)] == [only.hash()]


class TestHeads:
    @pytest.mark.feature("E26")
    def test_every_stream_with_its_last_sequence(self, store: EventStore) -> None:
        stored(store, *versions(1, 3), commit(1, events=2, stream=OTHER))

        assert dict(store.heads()) == {STREAM: 4, OTHER: 2}

    def test_nothing_in_an_empty_store(self, store: EventStore) -> None:
        assert list(store.heads()) == []

    def test_of_a_store_of_more_than_a_megabyte(self, store: EventStore) -> None:
        stored(store, *[padded(n, 180_000) for n in range(1, 14)], commit(stream=OTHER))

        assert dict(store.heads()) == {STREAM: 13, OTHER: 1}


@pytest.mark.feature("E25")
class TestBetween:
    """The feed's reads: the commits that a page names."""

    @pytest.mark.parametrize(
        ("first", "last", "firsts"),
        [(1, 1, [1]), (2, 4, [2]), (1, 5, [1, 2, 5]), (6, 7, [6]), (8, 9, []), (3, 4, [])],
    )
    def test_commits_that_begin_there_come_in_order(
        self, store: EventStore, first: int, last: int, firsts: list[int]
    ) -> None:
        stored(store, *versions(1, 3, 1, 2), commit(stream=OTHER))
        spans = cast(CommitRanges, store)

        assert [c.first_sequence for c in spans.between(STREAM, first, last)] == firsts


POTS = [AggregateId(f"TEAPOT#01980000-0000-7000-8000-{n:012}") for n in range(100)]


@pytest.mark.feature("E25")
class TestRanges:
    """The feed's reads of many entries together: what `between` yields for each, in their order."""

    def read(self, store: EventStore, *ranges: CommitRange) -> list[list[Commit]]:
        return [list(commits) for commits in cast(CommitRanges, store).of_ranges(ranges)]

    def test_come_in_the_order_in_which_they_were_asked_for(self, store: EventStore) -> None:
        (only,) = stored(store, commit(stream=OTHER))
        first, second, third = stored(store, *versions(1, 3, 2))
        ranges = [CommitRange(STREAM, 5, 6), CommitRange(OTHER, 1, 1), CommitRange(STREAM, 1, 4)]

        assert self.read(store, *ranges) == [[third], [only], [first, second]]

    @pytest.mark.parametrize("number", [0, 1, 2, 100])
    def test_are_any_number(self, store: EventStore, number: int) -> None:
        commits = stored(store, *[commit(stream=stream) for stream in POTS[:number]])
        ranges = [CommitRange(stream, 1, 1) for stream in POTS[:number]]

        assert self.read(store, *ranges) == [[one] for one in commits]

    @pytest.mark.parametrize("commits", [1, 2, 3, 7])
    def test_have_any_number_of_commits(self, store: EventStore, commits: int) -> None:
        first = stored(store, *versions(*[2] * commits))
        other = stored(store, *[commit(n, stream=OTHER) for n in range(1, commits + 1)])
        ranges = [CommitRange(STREAM, 1, 2 * commits), CommitRange(OTHER, 1, commits)]

        assert self.read(store, *ranges) == [first, other]

    def test_of_more_than_a_megabyte_are_whole(self, store: EventStore) -> None:
        large = stored(store, *[padded(n, 180_000) for n in range(1, 9)])
        (small,) = stored(store, commit(stream=OTHER))
        ranges = [CommitRange(STREAM, 1, 8), CommitRange(OTHER, 1, 1)]

        assert self.read(store, *ranges) == [large, [small]]

    @pytest.mark.parametrize("missing", [1, 2, 3, 4])
    def test_lack_a_commit_that_is_not_there(self, store: EventStore, missing: int) -> None:
        kept = stored(store, *[commit(n) for n in range(1, 5) if n != missing])
        (other,) = stored(store, commit(stream=OTHER))
        ranges = [CommitRange(STREAM, 1, 4), CommitRange(OTHER, 1, 1), CommitRange(OTHER, 5, 6)]

        assert self.read(store, *ranges) == [kept, [other], []]

    def test_may_be_asked_for_twice(self, store: EventStore) -> None:
        (only,) = stored(store, commit())

        assert self.read(store, *[CommitRange(STREAM, 1, 1)] * 2) == [[only], [only]]

    def test_need_not_all_be_taken(self, store: EventStore) -> None:
        (only,) = stored(store, commit())
        found = cast(CommitRanges, store).of_ranges(CommitRange(STREAM, 1, 1) for _ in range(900))

        assert list(next(found)) == [only]
