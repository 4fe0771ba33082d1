"""Query parameters that an operation does not know."""

from types import SimpleNamespace
from typing import Any

import pytest

from edge.http.checks import unknown_parameters


@pytest.mark.parametrize(
    ("known", "takes"),
    [(["status", "limit"], "It takes status, limit."), ([], "It takes none.")],
)
def test_a_parameter_that_is_not_known_is_answered_with_those_that_are(
    known: list[str], takes: str
) -> None:
    parameters = [SimpleNamespace(alias=name) for name in known]
    route: Any = SimpleNamespace(dependant=SimpleNamespace(query_params=parameters))
    event: Any = SimpleNamespace(query_string_parameters={"colour": "red"})

    (fault,) = unknown_parameters(route, event)

    assert str(fault["msg"]).endswith(takes)
