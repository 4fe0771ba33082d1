"""Requests: what tells two apart, and the words in which one is refused."""

from dataclasses import replace
from typing import Any

import pytest

from application.commit import fingerprint
from application.writing.requests import (
    NO_VERSION,
    MergeConflict,
    Request,
    WrongExpectedVersion,
)
from tests.support.kitchen.builders import rename
from tests.support.requests import request
from tests.support.spec import ACTOR, STREAM

COMMAND = rename("Urn")


def expecting(version: int | None, *others: int) -> Request[Any]:
    asked = request(COMMAND, "k", expected_version=version)
    return replace(asked, metadata=replace(asked.metadata, other_versions=others))


@pytest.mark.feature("C15", "C17")
class TestFingerprints:
    def test_differ_by_the_versions_that_are_expected(self) -> None:
        asked = [expecting(None), expecting(2), expecting(2, 1), expecting(2, 0), expecting(1, 0)]

        assert len({each.fingerprint() for each in asked}) == len(asked)

    @pytest.mark.parametrize("version", [None, 0, 2])
    def test_of_a_single_version_are_those_from_before_there_were_several(
        self, version: int | None
    ) -> None:
        """Or a command that is sent again after a release would be taken for another one."""
        assert expecting(version).fingerprint() == fingerprint(COMMAND, STREAM, ACTOR, version)


@pytest.mark.parametrize(
    ("expected", "text"), [(2, "version 2"), (0, "version 0"), (NO_VERSION, "another one")]
)
def test_a_version_that_is_not_the_streams_is_named(expected: int, text: str) -> None:
    refusal = WrongExpectedVersion(expected, 3)

    assert str(refusal) == f"You expected {text}, but the aggregate is at version 3."


def test_a_merge_conflict_names_the_events() -> None:
    refusal = MergeConflict(["TeapotRenamed", "TeapotRetired"])

    assert str(refusal).endswith("touch the same: TeapotRenamed, TeapotRetired.")
