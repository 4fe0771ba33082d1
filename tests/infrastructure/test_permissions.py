"""docs/permissions.md lists every right that is granted; the integration suite shows which are
exercised.
"""

from tests.support import permissions
from tests.support.right import Right


def test_the_page_lists_exactly_what_is_granted() -> None:
    assert permissions.PAGE.read_text() == permissions.page(), "run `make docs`"


def test_every_reason_is_of_a_right_that_is_granted() -> None:
    idle = [
        reason
        for reason in permissions.reasons()
        if not any(map(reason.right.covers, permissions.granted()))
    ]

    assert idle == []


def test_every_right_is_used_in_a_test_or_has_its_reason() -> None:
    """The integration suite shows the use; here, that the comparison misses none."""
    everything = permissions.granted()
    put = Right("CommandApi", "dynamodb:PutItem", "EventsTable")
    listed = Right("Publisher", "s3:PutObject", "UnpublishedBucket")

    assert permissions.unexplained(everything - {put, listed}) == [put]
    assert listed in permissions.stale(everything)


def test_a_call_that_is_not_granted_is_found() -> None:
    delete = Right("CommandApi", "dynamodb:DeleteItem", "EventsTable")

    assert permissions.ungranted({*permissions.granted(), delete}) == [delete]
