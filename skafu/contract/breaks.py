"""A change that others would notice, in words, with the way out."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from skafu.contract.narrowing import Comparison, Json, Kind, Narrowing, Schema, defaults


@dataclass(frozen=True, slots=True)
class Break:
    """`subject` is what was released, `what` has become of it, `way_out` what to do instead."""

    subject: str
    what: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.what}.\n    {self.way_out}"


def reader_breaks(released: Schema, today: Schema) -> Iterator[str]:
    """Yield breaks for writers: what they send or stored as released is not taken as meant."""
    yield from map(refused, Comparison().between(released, today))
    yield from map(refused, defaults(released, today))


def writer_breaks(released: Schema, today: Schema) -> Iterator[str]:
    """Yield the breaks for readers: values that they were not told of; more fields are no break."""
    yield from map(surprising, Comparison(extensible=True).between(today, released))


def refused(found: Narrowing) -> str:
    field = f"`{found.path}` " if found.path else ""
    match found.kind:
        case Kind.TYPE:
            return f"{field}takes {found.narrow} now, no longer {found.wide}"
        case Kind.VALUES:
            return f"{field}takes {listed(found.narrow)} now, no longer {listed(found.wide)}"
        case Kind.KEYWORD:
            return f"{field}has {found.keyword} {text(found.narrow)} now; it had {text(found.wide)}"
        case Kind.REQUIRED:
            return f"{field}is required now"
        case Kind.GONE:
            return f"{field}is gone"
        case Kind.CLOSED:
            return f"{field or 'it '}refuses further fields now"


def surprising(found: Narrowing) -> str:
    field = f"`{found.path}` " if found.path else ""
    match found.kind:
        case Kind.TYPE:
            return f"{field}may be {found.wide} now; it was {found.narrow}"
        case Kind.VALUES:
            return f"{field}may be {listed(found.wide)} now; it was {listed(found.narrow)}"
        case Kind.KEYWORD:
            return f"{field}has {found.keyword} {text(found.wide)} now; it had {text(found.narrow)}"
        case Kind.REQUIRED:
            return f"{field}may be missing now"
        case Kind.GONE:
            return f"{field}is gone"
        case Kind.CLOSED:
            return f"{field or 'it '}may have further fields now"


def listed(values: Json) -> str:
    return ", ".join(json.dumps(v) for v in values) if isinstance(values, list) else str(values)


def text(value: Json) -> str:
    return "none" if value is None else value if value == "no default" else json.dumps(value)


def unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
