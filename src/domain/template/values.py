"""Values of parameters: which a parameter takes."""

import math
from collections.abc import Callable, Mapping

from pydantic import JsonValue

from domain.template.commands import LONGEST_TEXT, ParameterType, Value
from domain.template.events import Parameter

LARGEST = 1e308


def misfit(parameter: Parameter, value: JsonValue | Value) -> str | None:
    """Return a sentence that says what the value must be, or nothing when it fits."""
    return MISFITS[parameter.type](parameter, value)


Given = JsonValue | Value


def misfit_text(parameter: Parameter, value: Given) -> str | None:
    least, most = lengths(parameter)
    if isinstance(value, str) and least <= len(value) <= most and "\0" not in value:
        return None
    return f"Must be text of {least} to {most} characters, without NUL characters."


def misfit_number(parameter: Parameter, value: Given) -> str | None:
    low = -math.inf if parameter.minimum is None else parameter.minimum
    high = math.inf if parameter.maximum is None else parameter.maximum
    number = isinstance(value, int | float) and not isinstance(value, bool)
    # Compared: an integer from the event bus may be too large to be made a float.
    if number and -LARGEST <= value <= LARGEST and low <= value <= high:  # type: ignore[operator] # a number
        return None
    return f"Must be a number{between(parameter)}."


def between(parameter: Parameter) -> str:
    """Return the limits of a number in words."""
    words = (("of", parameter.minimum, "or more"), ("of", parameter.maximum, "or less"))
    limits = [f"{first} {limit:g} {last}" for first, limit, last in words if limit is not None]
    return " " + ", and ".join(limits) if limits else ""


def misfit_boolean(_: Parameter, value: Given) -> str | None:
    return None if isinstance(value, bool) else "Must be true or false."


def misfit_choice(parameter: Parameter, value: Given) -> str | None:
    if isinstance(value, str) and value in parameter.choices:
        return None
    return f"Must be one of {', '.join(parameter.choices)}."


def misfit_list(parameter: Parameter, value: Given) -> str | None:
    least, most = lengths(parameter)
    if not isinstance(value, list | tuple) or not least <= len(value) <= most:
        return f"Must be a list of {least} to {most} texts."
    if all(fits_as_entry(parameter, entry) for entry in value):
        return None
    among = f": {', '.join(parameter.choices)}" if parameter.choices else ""
    return f"Must be a list of texts{among}."


def fits_as_entry(parameter: Parameter, entry: object) -> bool:
    known = parameter.choices
    return isinstance(entry, str) and "\0" not in entry and (not known or entry in known)


def lengths(parameter: Parameter) -> tuple[int, int]:
    longest = parameter.max_length
    return parameter.min_length or 0, LONGEST_TEXT if longest is None else longest


MISFITS: Mapping[ParameterType, Callable[[Parameter, Given], str | None]] = {
    ParameterType.TEXT: misfit_text,
    ParameterType.NUMBER: misfit_number,
    ParameterType.BOOLEAN: misfit_boolean,
    ParameterType.CHOICE: misfit_choice,
    ParameterType.LIST: misfit_list,
}
