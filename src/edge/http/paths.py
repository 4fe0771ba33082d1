"""The paths of both APIs, and the methods that each takes.

Each function knows its own routes only; which methods a path takes is answered from all of them.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from kernel.contents import Contents
from kernel.query import Listing

HISTORY = ("/events", "/state", "/commands/<command_id>")
"""What can be read of every aggregate, below its path."""
PAGE = "/docs"
OUTCOME = "/commands/<command_id>"


@cache
def methods(contents: Contents) -> Mapping[str, frozenset[str]]:
    """Return the methods of each path, parameters written as `<id>`."""
    found: dict[str, set[str]] = {}
    for method, path in _routes(contents):
        found.setdefault(path, set()).update(("GET", "HEAD") if method == "GET" else (method,))
    return {path: frozenset(taken) for path, taken in found.items()}


def others(contents: Contents, method: str, path: str) -> list[str]:
    """Return the methods that a path takes instead, sorted; none for a path that is not known.

    A command that does not exist is no path, though its name could be the id of a command. A path
    that takes the method and has no route has an id that nothing has.
    """
    for route in sorted(methods(contents), key=lambda known: known.count("<")):
        if re.fullmatch(re.sub(r"<\w+>", "[^/]+", route) + "/*", path):
            taken = methods(contents)[route]
            unknown = method in taken or (method, route) == ("POST", OUTCOME)
            return [] if unknown else sorted(taken)
    return []


def _routes(contents: Contents) -> Iterator[tuple[str, str]]:
    yield from (("POST", f"/commands/{operation.name}") for operation in contents.operations)
    yield from ((operation.method, operation.path) for operation in contents.operations)
    yield from (("POST", path) for path in ("/commands", "/integration/commands"))
    yield from (("GET", query.path) for query in contents.queries)
    searched = (q for q in contents.queries if isinstance(q, Listing) and q.searched)
    yield from (("GET", query.search_path) for query in searched)
    for collection, _ in contents.collections():
        yield from (("GET", f"{collection}/<id>{part}") for part in HISTORY)
    yield from (("GET", path) for path in ("/events", OUTCOME, PAGE))
