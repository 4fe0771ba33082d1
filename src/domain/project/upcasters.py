"""Older major versions of a project's events, each brought to the next one.

An upcaster is as final as the events it reads: whatever it says of them is in rows and in states.
It takes nothing from rules that may change, so its numbers are its own.
"""

from pydantic import JsonValue

from kernel.event_types import Casts, Data

MOST = 2**53 - 1
"""Integers up to here are exact wherever they are read."""
LEAST = 1e-130
"""DynamoDB takes no number nearer to zero."""


def configuration_that_rows_hold(added: Data) -> Data:
    """`ServiceAdded` 1.x was recorded with whatever numbers and names came in.

    Some fit into no row, and the rows of such a project stood still for ever. In 2.0 a number out
    of range is its digits, as text, and a field without a name is called `_`.
    """
    if "configuration" not in added:
        return added
    return {**added, "configuration": held(added["configuration"])}


def held(value: JsonValue) -> JsonValue:
    match value:
        case bool() | None | str():
            return value
        case int() | float():
            return value if in_range(value) else str(value)
        case list():
            return [held(item) for item in value]
        case dict():
            named = {name: held(item) for name, item in value.items() if name}
            return {**named, unused(named): held(value[""])} if "" in value else named


def in_range(number: float) -> bool:
    return number == 0 or LEAST <= abs(number) <= MOST


def unused(fields: dict[str, JsonValue]) -> str:
    name = "_"
    while name in fields:
        name += "_"
    return name


UPCASTERS: Casts = {("ServiceAdded", 1): configuration_that_rows_hold}
