"""Entity tags as headers have them, and what they match (RFC 9110, section 8.8.3.2)."""

import pytest

from edge.http.entity_tags import EntityTag, precondition


@pytest.mark.parametrize("header", ['"3"', 'W/"3"', '"a,b"', '""'])
def test_a_tag_is_written_as_it_was_read(header: str) -> None:
    (tag,) = precondition(header).tags

    assert str(tag) == header


@pytest.mark.parametrize(
    ("one", "other", "strongly", "weakly"),
    [
        ('W/"1"', 'W/"1"', False, True),
        ('W/"1"', 'W/"2"', False, False),
        ('W/"1"', '"1"', False, True),
        ('"1"', 'W/"1"', False, True),
        ('"1"', '"1"', True, True),
        ('"1"', '"2"', False, False),
        ("*", 'W/"1"', True, True),
    ],
)
def test_tags_are_compared_as_the_table_of_the_rfc_has_it(
    one: str, other: str, strongly: bool, weakly: bool
) -> None:
    (tag,) = precondition(other).tags

    assert precondition(one).matches_strongly(tag) is strongly
    assert precondition(one).matches_weakly(tag) is weakly


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        (EntityTag("3"), 3),
        (EntityTag("3.1"), 3),
        (EntityTag("0"), 0),
        (EntityTag("3", weak=True), None),
        (EntityTag("03"), None),
        (EntityTag("x"), None),
    ],
    ids=str,
)
def test_only_a_strong_tag_of_ours_names_a_version(tag: EntityTag, version: int | None) -> None:
    assert tag.version == version
