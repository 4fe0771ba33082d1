"""The section of a command's route in the OpenAPI document."""

import pytest

from edge.http.reading_order import section
from tests.support.kitchen.contents import kitchen

CHANGE = kitchen.operation["change-teapot"]


@pytest.mark.parametrize(
    ("path", "name"),
    [(CHANGE.path, "Teapots"), ("/commands/change-teapot", "Teapots as tasks")],
)
def test_a_section_is_for_one_kind_of_aggregate_and_one_style(path: str, name: str) -> None:
    assert section(CHANGE, path) == name
