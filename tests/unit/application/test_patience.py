"""A read is tried a few times while a service does not answer, and no longer."""

import pytest

from application.patience import ATTEMPTS, PAUSE, patiently
from application.ports import Refused, Unavailable
from tests.support.fakes import Stopwatch


def read(failures: list[Exception]) -> str:
    if failures:
        raise failures.pop()
    return "read"


def test_a_read_that_fails_for_a_moment_is_tried_again() -> None:
    watch = Stopwatch()
    failures: list[Exception] = [Unavailable("down")] * (ATTEMPTS - 1)

    assert patiently(lambda: read(failures), watch.sleep) == "read"
    assert watch.naps == [PAUSE, 2 * PAUSE, 4 * PAUSE]


def test_one_that_goes_on_failing_is_given_up() -> None:
    failures: list[Exception] = [Unavailable("down")] * ATTEMPTS

    with pytest.raises(Unavailable):
        patiently(lambda: read(failures), lambda _: None)
    assert failures == []


def test_what_is_refused_is_not_tried_again() -> None:
    failures: list[Exception] = [Refused("never"), Refused("never")]

    with pytest.raises(Refused):
        patiently(lambda: read(failures), lambda _: None)
    assert len(failures) == 1
