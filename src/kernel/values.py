"""Texts and numbers that commands of several aggregates take; each cap has a row in the tests."""

from typing import Annotated

from pydantic import Field, JsonValue, StringConstraints

NO_CONTROL_CHARACTERS = r"^[^\x00-\x1f\x7f]*$"
NO_NUL = r"^[^\x00]*$"

Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=100, pattern=NO_CONTROL_CHARACTERS
    ),
]
Description = Annotated[str, StringConstraints(max_length=2000, pattern=NO_NUL)]
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000, pattern=NO_NUL)
]
Slug = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
]
Url = Annotated[str, StringConstraints(max_length=2048, pattern=r"^(https|s3)://[\x21-\x7e]+$")]
Revision = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,100}$")]
"""A version control revision: a hash, a tag, a branch."""

Count = Annotated[int, Field(ge=1, le=10**9)]
JsonObject = dict[str, JsonValue]
