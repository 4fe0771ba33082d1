"""The API's OpenAPI document, made once a process; nobody changes it."""

from functools import cache
from typing import Any

from domain.contents import contents
from edge.http import openapi


@cache
def document() -> dict[str, Any]:
    return openapi.document(contents)
