"""The methods that a path takes instead."""

import pytest

from edge.http.paths import methods, others
from tests.support.kitchen.contents import kitchen


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    methods.cache_clear()


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("PUT", "/teapots", ["GET", "HEAD", "POST"]),
        ("PUT", "/teapots//", ["GET", "HEAD", "POST"]),
        ("PUT", "/commands/make-teapot", ["POST"]),
        ("PUT", "/commands/k", ["GET", "HEAD"]),
        ("PUT", "/commands", ["POST"]),
        ("PUT", "/integration/commands", ["POST"]),
        ("PUT", "/teapots/x/events", ["GET", "HEAD"]),
        ("PUT", "/events", ["GET", "HEAD"]),
        ("POST", "/commands/k", []),  # no command has this name
        ("GET", "/teapots/x", []),  # nothing has this id
        ("GET", "/cups", []),
    ],
)
def test_are_told_of_known_paths_alone(method: str, path: str, found: list[str]) -> None:
    assert others(kitchen, method, path) == found
