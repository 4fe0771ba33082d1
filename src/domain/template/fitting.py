"""Values for the parameters of a template: whether they fit, and defaults for those left out."""

import math
from collections.abc import Callable, Mapping, Sequence

from pydantic import JsonValue

from domain.template.commands import LONGEST_TEXT, ParameterType, Value
from domain.template.events import Parameter
from kernel.digest import canonical
from kernel.errors import FieldsDoNotFit

MAX_BYTES = 8 * 1024
"""Bytes of all values of one scaffold, as JSON."""
PATH = "templateParameters"
BLANK: Mapping[ParameterType, Value] = {
    ParameterType.TEXT: "",
    ParameterType.NUMBER: 0,
    ParameterType.BOOLEAN: False,
    ParameterType.CHOICE: "",
    ParameterType.LIST: (),
}
"""Values of parameters that were left out and have no default."""


class ParametersDoNotFit(FieldsDoNotFit):
    """Values that a template's parameters do not take, each by its path."""


def fitting(
    parameters: Sequence[Parameter], given: Mapping[str, JsonValue], path: str = PATH
) -> dict[str, Value]:
    """Return a value for each parameter. Raises `ParametersDoNotFit`, with every fault."""
    if len(canonical(given).encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise ParametersDoNotFit({path: f"Must have at most {MAX_BYTES} bytes in all."})
    known = {parameter.name: parameter for parameter in parameters}
    faults = dict(unknown(known, given, path))
    faults |= {
        f"{path}.{name}": fault
        for name, parameter in known.items()
        if (fault := fault_of(parameter, given.get(name)))
    }
    if faults:
        raise ParametersDoNotFit(faults)
    return {name: value_of(parameter, given.get(name)) for name, parameter in known.items()}


def unknown(
    known: Mapping[str, Parameter], given: Mapping[str, JsonValue], path: str
) -> list[tuple[str, str]]:
    sentence = f"There is no such parameter. There are {', '.join(known)}."
    sentence = sentence if known else "The template has no parameters."
    return [(f"{path}.{name}", sentence) for name in given if name not in known]


def fault_of(parameter: Parameter, value: JsonValue) -> str | None:
    """Return what is wrong with a value; `None`, and JSON's null, was left out."""
    if value is not None:
        return misfit(parameter, value)
    missing = parameter.required and parameter.default is None
    return "This is required." if missing else None


def value_of(parameter: Parameter, value: JsonValue) -> Value:
    match value:
        case None:
            default = parameter.default
            return BLANK[parameter.type] if default is None else default
        case list():
            return tuple(str(entry) for entry in value)
        case bool() | int() | float() | str():
            return value
        case _:
            raise TypeError(parameter.name)  # `misfit` has refused it


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
    if number and math.isfinite(value) and low <= value <= high:  # type: ignore[arg-type, operator] # a number
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
