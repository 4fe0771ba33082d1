"""Values for the parameters of a template, given by those who choose it."""

from collections.abc import Mapping, Sequence

from domain.template.commands import ParameterType, Value
from domain.template.events import Parameter
from domain.template.values import Given, misfit
from kernel.errors import FieldsDoNotFit

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
    parameters: Sequence[Parameter], given: Mapping[str, Given], path: str = PATH
) -> dict[str, Value]:
    """Return a value for each parameter. Raises `ParametersDoNotFit`, with every fault."""
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
    known: Mapping[str, Parameter], given: Mapping[str, Given], path: str
) -> list[tuple[str, str]]:
    sentence = f"There is no such parameter. There are {', '.join(known)}."
    sentence = sentence if known else "The template has no parameters."
    return [(f"{path}.{name}", sentence) for name in given if name not in known]


def fault_of(parameter: Parameter, value: Given) -> str | None:
    """Return what is wrong with a value; `None`, and JSON's null, was left out."""
    if value is not None:
        return misfit(parameter, value)
    missing = parameter.required and parameter.default is None
    return "This is required." if missing else None


def value_of(parameter: Parameter, value: Given) -> Value:
    match value:
        case None:
            default = parameter.default
            return BLANK[parameter.type] if default is None else default
        case list() | tuple():
            return tuple(str(entry) for entry in value)
        case bool() | int() | float() | str():
            return value
        case _:
            raise TypeError(parameter.name)  # `misfit` has refused it
