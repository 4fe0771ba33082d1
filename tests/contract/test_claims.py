"""A unique value is stored with its aggregate's commit, or neither is."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from application.commit import Commit
from application.ports import ClaimTaken, CommitConflict
from edge.commands.api import CommandStore
from kernel.messages import AggregateId
from tests.support.commits import OTHER, STREAM, commit

SLUG = "TEA-SLUG#assam"
pytestmark = pytest.mark.feature("S4")


def test_a_claim_is_stored_with_its_commit(store: CommandStore) -> None:
    appended = store.append(commit(), state_due=False, claim=SLUG)

    assert list(store.read(STREAM)) == [appended]
    assert store.holder(SLUG) == STREAM


def test_what_nobody_claimed_has_no_holder(store: CommandStore) -> None:
    assert store.holder(SLUG) is None


def test_a_claim_that_is_taken_stores_nothing(store: CommandStore) -> None:
    store.append(commit(), state_due=False, claim=SLUG)
    with pytest.raises(ClaimTaken):
        store.append(commit(stream=OTHER), state_due=False, claim=SLUG)

    assert list(store.read(OTHER)) == []
    assert store.holder(SLUG) == STREAM


def test_a_commit_that_is_taken_claims_nothing(store: CommandStore) -> None:
    winner = store.append(commit(), state_due=False)
    with pytest.raises(CommitConflict) as conflict:
        store.append(commit(), state_due=False, claim=SLUG)

    assert conflict.value.winner == winner
    assert store.holder(SLUG) is None


def test_the_same_commit_again_conflicts_with_itself_not_with_its_claim(
    store: CommandStore,
) -> None:
    """The commit's reason is looked at first: so the command that was sent twice is answered."""
    only = commit()
    appended = store.append(only, state_due=False, claim=SLUG)
    with pytest.raises(CommitConflict) as conflict:
        store.append(only, state_due=False, claim=SLUG)

    assert conflict.value.winner == appended


def test_of_many_that_claim_at_once_one_has_it(store: CommandStore) -> None:
    streams = [AggregateId(f"{STREAM}{n}") for n in range(8)]
    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(lambda stream: claims(store, commit(stream=stream)), streams))

    assert won.count(True) == 1
    assert store.holder(SLUG) == streams[won.index(True)]
    assert [bool(list(store.read(stream))) for stream in streams] == won


def claims(store: CommandStore, wanted: Commit) -> bool:
    try:
        store.append(wanted, state_due=False, claim=SLUG)
    except ClaimTaken:
        return False
    return True
