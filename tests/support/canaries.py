"""Examples of commands with a canary in every text that they may hold."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from domain.contents import contents
from kernel.operation import Json, Operation
from skafu.examples import Placeholders
from tests.support.world import typical

FORMS = ("{}", "https://{}.example.com")
DUMMY = "0198f2a0-0000-7000-8000-00000000ca4a"
Path = tuple[Any, ...]


def with_canaries(operation: Operation, canary: str) -> Json:
    """Return the example, with what only the largest one has, and the canary where it fits."""
    largest = operation.example.largest if operation.example else {}
    data: Json = shortened(largest | typical(operation))
    for path in [*texts(data)]:
        data = first_that(lambda one: takes(operation, one), planted(data, path, canary), data)
    return data


def shortened(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return the value with one item of each list."""
    match value:
        case dict():
            return {name: shortened(part) for name, part in value.items()}
        case list():
            return [shortened(part) for part in value[:1]]
    return value


def texts(value: Any, path: Path = ()) -> Iterator[Path]:  # noqa: ANN401 - JSON
    """Yield the way to each text that is no placeholder."""
    match value:
        case dict():
            for name, part in value.items():
                yield from texts(part, (*path, name))
        case list():
            for place, part in enumerate(value):
                yield from texts(part, (*path, place))
        case str() if not value.startswith("{"):
            yield path


def planted(data: Json, path: Path, canary: str) -> Iterator[Json]:
    """Yield the data with the canary in one place, in each form."""
    for form in FORMS:
        other = deepcopy(data)
        holder: Any = other
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = form.format(canary)
        yield other


def first_that(fits: Callable[[Json], bool], some: Iterator[Json], otherwise: Json) -> Json:
    return next(filter(fits, some), otherwise)


def takes(operation: Operation, data: Json) -> bool:
    known = Placeholders.numbered(0)
    known.known |= {kind.noun: DUMMY for kind in contents.aggregates}
    try:
        operation.body.model_validate(known.data(data))
    except ValidationError:
        return False
    return True
