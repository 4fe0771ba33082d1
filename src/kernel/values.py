"""Texts and numbers that commands of several aggregates take; each cap has a row in the tests."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    JsonValue,
    StringConstraints,
)
from pydantic_core import CoreSchema, core_schema

from kernel.texts import honest, one_line, visible

EXPECTED = "expected"
"""The type of a validation error whose message is a sentence for users."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Words for what a field takes, the last of its annotations: users read "Must be <words>.".

    They replace the messages of the validator, which show regular expressions. The field's JSON
    schema stays as it is.
    """

    words: str

    def __get_pydantic_core_schema__(
        self, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.custom_error_schema(
            handler(source), EXPECTED, custom_error_message=f"Must be {self.words}."
        )


NO_CONTROL_CHARACTERS = r"^[^\x00-\x1f\x7f]*$"
NO_NUL = r"^[^\x00]*$"
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
IN_GROUPS = "lower-case letters and digits, in groups separated by single hyphens"
PRINTABLE = "printable ASCII characters without spaces"

LONGEST_REASON = 1000

Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=100, pattern=NO_CONTROL_CHARACTERS
    ),
    AfterValidator(one_line),
    AfterValidator(visible),
    Expected("text of at most 100 characters, not blank and without control characters"),
]
Description = Annotated[
    str,
    StringConstraints(max_length=2000, pattern=NO_NUL),
    Expected("text of at most 2000 characters, without NUL characters"),
]
Reason = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=LONGEST_REASON, pattern=NO_NUL
    ),
    AfterValidator(honest),
    AfterValidator(visible),
    Expected(
        "text of at most 1000 characters, not blank and without NUL characters, C1 controls or "
        "characters that turn the direction of writing"
    ),
]
Slug = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=SLUG),
    Expected(f"{IN_GROUPS}; at most 64 characters"),
]
Url = Annotated[
    str,
    StringConstraints(max_length=2048, pattern=r"^(https|s3)://[\x21-\x7e]+$"),
    Expected(f"https:// or s3:// followed by {PRINTABLE}; at most 2048 characters"),
]
Revision = Annotated[
    str, StringConstraints(pattern=r"^[\x21-\x7e]{1,100}$"), Expected(f"1 to 100 {PRINTABLE}")
]
"""A version control revision: a hash, a tag, a branch."""


def no_text_or_truth(value: object) -> object:
    """Return a value that is to be a number. Raises `ValueError` for a text and a truth value.

    The validator would read `"1"` and `true` as numbers, and what was sent would not be recorded.
    """
    if isinstance(value, str | bool):
        raise ValueError("is no number")
    return value


AS_NUMBER = BeforeValidator(no_text_or_truth)
"""Stands behind the limits of a number in a body: it looks at the value before them."""
Truth = Annotated[bool, Field(strict=True), Expected("true or false")]
Count = Annotated[
    int, Field(ge=1, le=10**9), AS_NUMBER, Expected("a whole number from 1 to 1000000000")
]
JsonObject = dict[str, JsonValue]
