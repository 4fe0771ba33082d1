"""Parameters of a template: each can be used in files, and somebody can give it a value."""

import keyword
from collections.abc import Iterator, Mapping, Sequence

from domain.template.commands import ParameterType, TemplateParameter
from domain.template.events import Parameter
from domain.template.values import misfit
from kernel.digest import canonical
from kernel.errors import DomainError
from kernel.texts import IGNORED, normal

MAX_BYTES = 16 * 1024
"""Bytes of all parameters as JSON: the state of a template holds them twice."""
GIVEN = (
    "name",
    "projectId",
    "services",
    "region",
    "runtime",
    "requestedRuntime",
    "features",
)
"""Names that files may use without a parameter: facts of the project."""
# https://jinja.palletsprojects.com/en/stable/templates/ : tags, their words, literals, specials.
WORDS = (
    "true false none and or not in is if elif else for recursive loop self super caller varargs "
    "kwargs block extends include import from macro call filter set with without context raw "
    "autoescape do continue break trans pluralize ignore missing scoped required"
)
RESERVED = frozenset(WORDS.split()) | frozenset(keyword.kwlist)
LIMITS: Mapping[str, tuple[ParameterType, ...]] = {
    "min_length": (ParameterType.TEXT, ParameterType.LIST),
    "max_length": (ParameterType.TEXT, ParameterType.LIST),
    "minimum": (ParameterType.NUMBER,),
    "maximum": (ParameterType.NUMBER,),
    "choices": (ParameterType.CHOICE, ParameterType.LIST),
}
"""The types that have each limit."""
NOUNS = {
    "min_length": "least length",
    "max_length": "greatest length",
    "minimum": "minimum",
    "maximum": "maximum",
    "choices": "choices",
}


class UnusableParameter(DomainError):
    text = "The parameter {name!r} cannot be used: {reason}."


class ParametersTooLong(DomainError):
    text = "The parameters have {bytes} bytes; at most {most} are allowed."


def recorded(parameters: Sequence[TemplateParameter]) -> tuple[Parameter, ...]:
    """Return the parameters as events hold them.

    Raises `UnusableParameter` and `ParametersTooLong`.
    """
    found = tuple(Parameter(**dict(parameter)) for parameter in parameters)
    check(found)
    return found


def check(parameters: Sequence[Parameter]) -> None:
    names: set[str] = set()
    for parameter in parameters:
        for reason in faults(parameter, names):
            raise UnusableParameter(name=parameter.name, reason=reason)
        names.add(parameter.name)
    whole = canonical([parameter.model_dump(exclude_defaults=True) for parameter in parameters])
    size = len(whole.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise ParametersTooLong(bytes=size, most=MAX_BYTES)


def faults(parameter: Parameter, others: set[str]) -> Iterator[str]:
    yield from faults_of_name(parameter.name, others)
    yield from faults_of_limits(parameter)
    if parameter.default is not None and (fault := misfit(parameter, parameter.default)):
        yield f"its default does not fit: {fault.removesuffix('.')}"


def faults_of_name(name: str, others: set[str]) -> Iterator[str]:
    if name in others:
        yield "another parameter has its name"
    if name in RESERVED:
        yield "its name is a word of Python or of the syntax of files"
    if name in GIVEN:
        yield f"every file knows {', '.join(GIVEN)} of its project"


def faults_of_limits(parameter: Parameter) -> Iterator[str]:
    for limit, types in LIMITS.items():
        if getattr(parameter, limit) not in (None, ()) and parameter.type not in types:
            yield f"{parameter.type} has no {NOUNS[limit]}, only {' and '.join(types)}"
    if parameter.type is ParameterType.CHOICE and not parameter.choices:
        yield "it has no choices"
    if len({*map(seen, parameter.choices)}) < len(parameter.choices):
        yield "two of its choices look the same"
    if crossed(parameter.min_length, parameter.max_length):
        yield "its least length is more than its greatest"
    if crossed(parameter.minimum, parameter.maximum):
        yield "its minimum is more than its maximum"


def seen(choice: str) -> str:
    """Return what people see of a choice: they tell capital letters from small ones."""
    return normal(" ".join(IGNORED.sub("", choice).split()))


def crossed(least: float | None, most: float | None) -> bool:
    return least is not None and most is not None and least > most
