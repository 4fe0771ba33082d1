"""What the errors of ports say."""

from application.ports import CommitConflict
from tests.support.commits import STREAM, commit


def test_a_conflict_names_the_commit_and_quotes_nothing_of_it() -> None:
    assert str(CommitConflict(commit(7))) == f"{STREAM} 7"
