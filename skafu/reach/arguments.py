"""Checking what is given on the command line."""

from typing import TypeVar

import typer
from pydantic import TypeAdapter, ValidationError

from edge.http.faults import fault

T = TypeVar("T")


def valid(adapter: TypeAdapter[T], text: str) -> T:
    """Return the text as the type has it. Raises `BadParameter`, which says what is expected."""
    try:
        return adapter.validate_python(text)
    except ValidationError as error:
        message = fault({**error.errors()[0]}).message
        raise typer.BadParameter(f"{text!r} cannot be used. {message}") from None
