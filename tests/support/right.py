"""A right of a function; apart from what finds rights in the template, which imports a lot."""

from fnmatch import fnmatchcase
from typing import NamedTuple


class Right(NamedTuple):
    """A function's logical id, an action, and a logical id, a GraphQL field or `*`. What is granted
    may hold wildcards; what was called does not.
    """

    function: str
    action: str
    on: str

    def covers(self, other: "Right") -> bool:
        return all(map(fnmatchcase, other, self))
