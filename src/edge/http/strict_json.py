"""Strict JSON: what two readers could read differently is refused."""

import json
from typing import Any, NoReturn

from kernel.texts import quotable

MAX_BODY_BYTES = 256 * 1024
MAX_DEPTH = 32
# Every hop keeps these numbers: browsers hold integers exactly up to here, and DynamoDB holds
# nothing nearer to 0 than 1e-130. A number beyond them would be stored, but fit into no row.
MAX_NUMBER = 2**53 - 1
MIN_FRACTION = 1e-130


class MalformedJson(ValueError):
    """The body is not one unambiguous JSON document."""


class BodyTooLarge(ValueError):
    """The body has too many bytes."""


def loads(text: str) -> dict[str, Any]:
    """Parse an object. Raises `BodyTooLarge`, and `MalformedJson` with what is wrong."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BODY_BYTES:
        raise BodyTooLarge(f"The body must have at most {MAX_BODY_BYTES} bytes.")
    try:
        value = json.loads(
            text,
            object_pairs_hook=unambiguous,
            parse_float=_float,
            parse_int=_int,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        raise MalformedJson(
            f"The body is not valid JSON: the first error is at character {error.pos}."
        ) from None
    except RecursionError:
        raise MalformedJson(f"The body is nested deeper than {MAX_DEPTH} levels.") from None
    if not isinstance(value, dict):
        raise MalformedJson("The body must be a JSON object.")
    _check(value, 1)
    return value


def dumps(value: object) -> str:
    """Return compact JSON, with characters beyond ASCII as they are: escaped they take 6 bytes."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the fields of an object. Raises `MalformedJson` for one that is given twice."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise MalformedJson(f'The field "{quotable(encodable(twice[:100]))}" is given twice.')
    return fields


def _float(digits: str) -> float | int:
    """Return an integer for a number without a fraction: `1.0` and `1e0` are `1` (RFC 8785)."""
    number = float(digits)
    if not (number == 0 or MIN_FRACTION <= abs(number) <= MAX_NUMBER):
        raise _out_of_range(digits)
    return int(number) if number.is_integer() else number


def _int(digits: str) -> int:
    # Compared by length first: Python refuses to convert very long digit strings.
    if len(digits) > 17 or abs(int(digits)) > MAX_NUMBER:
        raise _out_of_range(digits)
    return int(digits)


def _out_of_range(digits: str) -> MalformedJson:
    return MalformedJson(f"The number {digits[:40]} is out of range.")


def _constant(name: str) -> NoReturn:
    raise MalformedJson(f"{name} is not a JSON number.")


def _check(value: object, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise MalformedJson(f"The body is nested deeper than {MAX_DEPTH} levels.")
    match value:
        case str():
            _check_text(value)
        case list():
            for item in value:
                _check(item, depth + 1)
        case dict():
            for name, item in value.items():
                _check_name(name)
                _check(item, depth + 1)


def _check_name(name: str) -> None:
    if not name:
        raise MalformedJson("The name of a field must not be empty.")
    _check_text(name)


def encodable(text: str) -> str:
    """Return the text with `?` in the place of each half of a surrogate pair."""
    return text.encode(errors="replace").decode()


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise MalformedJson("A text contains half of a surrogate pair.") from None
