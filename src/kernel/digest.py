"""Digests of JSON values: equal values have equal ones, however their text was written.

Values are equal when RFC 8785 writes them alike: `1`, `1.0` and `1e0` are one number, `-0` is `0`,
and the order of fields does not count. For values without such numbers the digest is the one that
earlier releases stored: they took the same text.
"""

import hashlib
import json
from typing import Any

DIGEST_LENGTH = 16  # hexadecimal digits: about 2^32 values have to meet for two to agree by chance


def digest(value: object) -> str:
    """Return the digest of a JSON value; that of an empty value is empty and takes no space.

    A state keeps the digest of a large value, enough to tell whether another value equals it.
    """
    if not value:
        return ""
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:DIGEST_LENGTH]


def canonical(value: object) -> str:
    """Return a JSON text that equal values share, and no others."""
    plain = simplest(value)
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def simplest(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return the value with every number without a fraction as an integer."""
    kind = type(value)  # JSON has plain types only, and this takes half the time of `match`
    if kind is dict:
        return {name: simplest(part) for name, part in value.items()}
    if kind is list or kind is tuple:
        return [simplest(part) for part in value]
    return int(value) if kind is float and value.is_integer() else value
