"""The faults of a request: where each is, and in words what is expected there.

The validators' own messages never leave this module: they show regular expressions and names of
Python's types.
"""

import re
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)
from pydantic import BaseModel

from edge.http.refusals import InvalidRequest
from kernel.errors import FieldsDoNotFit
from kernel.values import EXPECTED

MAX_FAULTS = 100
"""Faults that one answer lists: a body may have many thousands, and each takes more than it has."""
MAX_PATH = 500
"""Characters of a path that are shown: the names in it are the client's."""
QUOTED = re.compile(r"'([^']*)'")


class Fault(BaseModel):
    """A fault of a request: its place, and what is expected there."""

    path: str
    message: str


Limits = Mapping[str, Any]
"""What the validator knows of a fault: `{"max_length": 100}`."""


def one_of(limits: Limits) -> str:
    return f"Must be one of {', '.join(QUOTED.findall(limits['expected']))}."


def own_text(limits: Limits) -> str:
    """Return the text of a `ValueError` of ours: it is a sentence for users."""
    return str(limits["error"])


TEXT = "Must be text."
WHOLE_NUMBER = "Must be a whole number."
NUMBER = "Must be a number."
TRUTH = "Must be true or false."
LIST = "Must be a list."
OBJECT = "Must be an object."
JSON = "Must be JSON."
MOMENT = "Must be a date and time with its offset from UTC, such as 2026-01-18T10:30:00Z."
SENTENCES: Mapping[str, str | Callable[[Limits], str]] = {
    "missing": "This is required.",
    "extra_forbidden": "There is no such field; leave it out.",
    "none_required": "Must be null.",
    "string_type": TEXT,
    "string_too_short": "Must be text of at least {min_length} characters.",
    "string_too_long": "Must be text of at most {max_length} characters.",
    "string_unicode": TEXT,
    "int_type": WHOLE_NUMBER,
    "int_parsing": WHOLE_NUMBER,
    "int_parsing_size": WHOLE_NUMBER,
    "int_from_float": WHOLE_NUMBER,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "finite_number": NUMBER,
    "greater_than": "Must be more than {gt}.",
    "greater_than_equal": "Must be {ge} or more.",
    "less_than": "Must be less than {lt}.",
    "less_than_equal": "Must be {le} or less.",
    "bool_type": TRUTH,
    "bool_parsing": TRUTH,
    "enum": one_of,
    "literal_error": one_of,
    "list_type": LIST,
    "tuple_type": LIST,
    "too_short": "Must have {min_length} or more entries.",
    "too_long": "Must have at most {max_length} entries.",
    "dict_type": OBJECT,
    "mapping_type": OBJECT,
    "model_type": OBJECT,
    "model_attributes_type": OBJECT,
    "datetime_type": MOMENT,
    "datetime_parsing": MOMENT,
    "datetime_from_date_parsing": MOMENT,
    "datetime_object_invalid": MOMENT,
    "timezone_aware": MOMENT,
    "json_invalid": JSON,
    "json_type": JSON,
    "unsupported_content_type": "Must be application/json.",
    "value_error": own_text,
}
OTHERWISE = "This value is not accepted here."


def faults(error: Exception) -> list[Fault] | None:
    match error:
        case RequestValidationError() | RequestUnsupportedContentType():
            return [fault(item) for item in error.errors()[:MAX_FAULTS]]
        case InvalidRequest(path=path) if path:
            return [Fault(path=".".join(path), message=str(error))]
        case FieldsDoNotFit(faults=found):
            listed = islice(found.items(), MAX_FAULTS)
            return [Fault(path=path[:MAX_PATH], message=text) for path, text in listed]
        case _:
            return None


def fault(item: Mapping[str, Any]) -> Fault:
    """Return the fault that an error of the validator describes."""
    path = ".".join(str(part) for part in item["loc"] if part != "body")
    return Fault(path=path[:MAX_PATH] or "body", message=sentence(item))


def sentence(item: Mapping[str, Any]) -> str:
    if item["type"] == EXPECTED:
        return str(item["msg"])
    found = SENTENCES.get(item["type"], OTHERWISE)
    limits = item.get("ctx") or {}
    return found.format_map(limits) if isinstance(found, str) else found(limits)
