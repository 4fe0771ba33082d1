"""How a body may be announced."""

import pytest

from edge.http.bodies import is_json


@pytest.mark.parametrize(
    ("announced", "taken"),
    [
        ("application/json", True),
        (" Application/JSON ; x=y", True),
        ('application/json; Charset=" UTF-8 "', True),
        ("application/json; charset=utf8", True),
        ("application/json; Charset=UTF-16", False),
        ("application/json; charset*=utf-8''utf-8", False),
        ("text/json", False),
        ("", False),
    ],
)
def test_json_is_known_by_its_type_and_its_charset(announced: str, taken: bool) -> None:
    assert is_json(announced) is taken
