"""The API's document: made once for all tests, as that takes a second."""

from copy import deepcopy
from functools import cache
from typing import Any

from domain.contents import contents
from edge.http import openapi


def document() -> dict[str, Any]:
    """Return a copy of its own: tools write into the document that they are given."""
    return deepcopy(_made())


@cache
def _made() -> dict[str, Any]:
    return openapi.document(contents)
