"""Values that one JSON Schema takes and another does not.

Read in both directions it tells whether a change is compatible: a reader must take all that was
written before, and what is written must be what readers were told. It knows the keywords that
pydantic writes. Where it cannot tell, it says that something changed: a false alarm is looked at,
a change that slipped through is stored for ever.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import Any

from jsonschema import Draft202012Validator

Json = Any
Keywords = Mapping[str, Json]

ANNOTATIONS = frozenset(
    {"title", "description", "examples", "example", "default", "deprecated", "discriminator"}
    | {"readOnly", "writeOnly", "$defs", "$id", "$schema", "$comment", "components"}
)
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
STRUCTURE = frozenset(
    {"type", "enum", "const", "anyOf", "oneOf", "required", "properties", "additionalProperties"}
    | {"items", "prefixItems", "patternProperties", *LOWER, *UPPER}
)


class Kind(Enum):
    """The kind of a difference between a schema and a narrower one."""

    TYPE = auto()
    VALUES = auto()
    KEYWORD = auto()
    REQUIRED = auto()
    GONE = auto()
    CLOSED = auto()


@dataclass(frozen=True, slots=True)
class Narrowing:
    """`path` leads to the field, in dots; `wide` and `narrow` are what the two say there."""

    path: str
    kind: Kind
    keyword: str = ""
    wide: Json = None
    narrow: Json = None


@dataclass(frozen=True)
class Schema:
    """A schema within the document that its references point into."""

    written: Json
    document: Json = field(repr=False)

    @cached_property
    def keywords(self) -> Keywords:
        """Return the keywords, with references and single `allOf` resolved; booleans have none."""
        keywords: dict[str, Json] = {} if isinstance(self.written, bool) else dict(self.written)
        while "$ref" in keywords or "allOf" in keywords:
            target = self._target(keywords.pop("$ref", None))
            for part in keywords.pop("allOf", []):
                target = {**target, **part}
            keywords = {**target, **keywords}
        return keywords

    def _target(self, reference: str | None) -> Keywords:
        found = self.document
        for step in (reference or "#").split("/")[1:]:
            found = found[step]
        return {} if reference is None or isinstance(found, bool) else found

    def at(self, written: Json) -> "Schema":
        return Schema(written, self.document)

    @property
    def nothing(self) -> bool:
        return self.written is False

    def alternatives(self) -> Iterator["Schema"]:
        """Return the alternatives, each without `anyOf`, `oneOf` and lists of types."""
        own = {k: v for k, v in self.keywords.items() if k not in ("anyOf", "oneOf")}
        options = [*self.keywords.get("anyOf", ()), *self.keywords.get("oneOf", ())]
        if options:
            shared = {k: v for k, v in own.items() if k not in ANNOTATIONS}
            for option in options:
                yield from self.at({**shared, **self.at(option).keywords}).alternatives()
        elif isinstance(own.get("type"), list):
            for name in own["type"]:
                yield self.at({**own, "type": name})
        else:
            yield self.at(own)

    def values(self) -> list[Json] | None:
        """Return all values, where they are listed."""
        if "const" in self.keywords:
            return [self.keywords["const"]]
        return self.keywords.get("enum")

    def takes(self, value: Json) -> bool:
        document = self.document if isinstance(self.document, dict) else {}
        definitions = {k: v for k, v in document.items() if k in ("$defs", "components")}
        return bool(Draft202012Validator({**definitions, **self.keywords}).is_valid(value))

    def name(self) -> str:
        """Return a name for what the schema takes, in plain words."""
        listed = self.values()
        if listed is not None:
            return " or ".join(json.dumps(value) for value in listed)
        return str(self.keywords.get("type", "any JSON"))

    def names(self) -> str:
        return " or ".join(dict.fromkeys(option.name() for option in self.alternatives()))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Finds what `wide` takes and `narrow` does not.

    `extensible`: fields that `wide` alone has are no difference, as in an answer that grew.
    """

    extensible: bool = False

    def between(self, wide: Schema, narrow: Schema, path: str = "") -> list[Narrowing]:
        return list(self._any(wide, narrow, path, frozenset()))

    def _any(
        self, wide: Schema, narrow: Schema, path: str, assumed: frozenset[str]
    ) -> Iterator[Narrowing]:
        pair = json.dumps([wide.written, narrow.written])
        if wide.nothing or not constraints(narrow) or pair in assumed:
            return  # a pair met again is a type that holds itself: assumed to fit until it fails
        for option in wide.alternatives():
            yield from self._option(option, narrow, path, assumed | {pair})

    def _option(
        self, wide: Schema, narrow: Schema, path: str, assumed: frozenset[str]
    ) -> Iterator[Narrowing]:
        """Find an alternative that takes this one whole; yield the differences from the nearest."""
        listed = wide.values()
        if listed is not None:
            refused = [value for value in listed if not narrow.takes(value)]
            if refused:
                yield Narrowing(path, Kind.VALUES, "enum", refused, narrow.names())
            return
        faults = [
            list(self._one(wide, option, path, assumed))
            for option in narrow.alternatives()
            if same_type(wide, option)
        ]
        if not faults:
            yield Narrowing(path, Kind.TYPE, "type", wide.name(), narrow.names())
        else:
            yield from min(faults, key=len)

    def _one(
        self, wide: Schema, narrow: Schema, path: str, assumed: frozenset[str]
    ) -> Iterator[Narrowing]:
        if (listed := narrow.values()) is not None:
            yield Narrowing(path, Kind.VALUES, "enum", wide.name(), listed)
            return
        yield from bounds(wide, narrow, path)
        for keyword in sorted(narrow.keywords.keys() - STRUCTURE - ANNOTATIONS):
            if wide.keywords.get(keyword) != narrow.keywords[keyword]:
                yield changed(wide, narrow, path, keyword)
        yield from self._fields(wide, narrow, path, assumed)
        yield from self._others(wide, narrow, path, assumed)
        yield from self._items(wide, narrow, path, assumed)

    def _fields(
        self, wide: Schema, narrow: Schema, path: str, assumed: frozenset[str]
    ) -> Iterator[Narrowing]:
        had, has = wide.keywords.get("properties", {}), narrow.keywords.get("properties", {})
        required = set(narrow.keywords.get("required", ()))
        for name in sorted(required - set(wide.keywords.get("required", ()))):
            yield Narrowing(join(path, name), Kind.REQUIRED)
        for name in had:
            if name in has:
                yield from self._any(
                    wide.at(had[name]), narrow.at(has[name]), join(path, name), assumed
                )
            elif not self.extensible:
                yield Narrowing(join(path, name), Kind.GONE)
        yield from self._added(wide, narrow, path, assumed)

    def _added(
        self, wide: Schema, narrow: Schema, path: str, assumed: frozenset[str]
    ) -> Iterator[Narrowing]:
        """Yield fields that only `narrow` names."""
        had, has = wide.keywords.get("properties", {}), narrow.keywords.get("properties", {})
        # Unsaid beside fields that have names, nobody has sent others.
        rest = wide.keywords.get("additionalProperties", "properties" not in wide.keywords)
        for name in sorted(has.keys() - had.keys()):
            if not self.extensible:
                yield from self._any(wide.at(rest), narrow.at(has[name]), join(path, name), assumed)
            elif name not in narrow.keywords.get("required", ()):  # else it was said already
                yield Narrowing(join(path, name), Kind.GONE)

    def _others(
        self, wide: Schema, narrow: Schema, path: str, assumed: frozenset[str]
    ) -> Iterator[Narrowing]:
        """Yield differences in fields without a name of their own, as in a map."""
        patterns = wide.keywords.get("patternProperties"), narrow.keywords.get("patternProperties")
        if patterns[1] is not None:
            yield from self._patterns(wide, narrow, path, assumed)
        rest, taken = (s.keywords.get("additionalProperties") for s in (wide, narrow))
        if taken in (None, True) or rest is False:
            return
        if taken is False:
            if not self.extensible:
                yield Narrowing(path, Kind.CLOSED)
        elif rest is None and patterns[0] is None and "properties" in wide.keywords:
            yield Narrowing(path, Kind.CLOSED)
        else:
            yield from self._any(
                wide.at(True if rest is None else rest), narrow.at(taken), join(path, "*"), assumed
            )

    def _patterns(
        self, wide: Schema, narrow: Schema, path: str, assumed: frozenset[str]
    ) -> Iterator[Narrowing]:
        had = wide.keywords.get("patternProperties", {})
        has = narrow.keywords["patternProperties"]
        if had.keys() != has.keys():
            yield changed(wide, narrow, path, "patternProperties")
            return
        for pattern in had:
            yield from self._any(
                wide.at(had[pattern]), narrow.at(has[pattern]), join(path, "*"), assumed
            )

    def _items(
        self, wide: Schema, narrow: Schema, path: str, assumed: frozenset[str]
    ) -> Iterator[Narrowing]:
        if wide.keywords.get("prefixItems", []) != narrow.keywords.get("prefixItems", []):
            yield changed(wide, narrow, path, "prefixItems")
        elif "items" in narrow.keywords:
            yield from self._any(
                wide.at(wide.keywords.get("items", True)),
                narrow.at(narrow.keywords["items"]),
                join(path, "[]"),
                assumed,
            )


def constraints(schema: Schema) -> Keywords:
    return {k: v for k, v in schema.keywords.items() if k not in ANNOTATIONS}


def same_type(wide: Schema, narrow: Schema) -> bool:
    """Tell whether a value of one may be a value of the other, going by the type alone."""
    had, has = wide.keywords.get("type"), narrow.keywords.get("type")
    if has is None:
        return narrow.values() is None
    return had == has or (had == "integer" and has == "number")


def bounds(wide: Schema, narrow: Schema, path: str) -> Iterator[Narrowing]:
    for keyword in (*LOWER, *UPPER):
        has = narrow.keywords.get(keyword)
        if has is None or (keyword in LOWER and has == 0 and "imum" not in keyword):
            continue
        had = wide.keywords.get(keyword)
        if had is None or (had < has if keyword in LOWER else had > has):
            yield changed(wide, narrow, path, keyword)


def changed(wide: Schema, narrow: Schema, path: str, keyword: str) -> Narrowing:
    had, has = wide.keywords.get(keyword), narrow.keywords.get(keyword)
    return Narrowing(path, Kind.KEYWORD, keyword, had, has)


def join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def defaults(
    released: Schema, today: Schema, path: str = "", seen: frozenset[str] = frozenset()
) -> Iterator[Narrowing]:
    """Yield fields with another default: leaving them out means something else now."""
    pair = json.dumps([released.written, today.written])
    if pair in seen:
        return
    for had, has in matched(released, today):
        for name, before, now in inner(had, has):
            yield from _default(before, now, join(path, name), seen | {pair})


def _default(
    released: Schema, today: Schema, path: str, seen: frozenset[str]
) -> Iterator[Narrowing]:
    had, has = (s.keywords.get("default", "no default") for s in (released, today))
    if had != has:
        yield Narrowing(path, Kind.KEYWORD, "default", had, has)
    yield from defaults(released, today, path, seen)


def matched(released: Schema, today: Schema) -> Iterator[tuple[Schema, Schema]]:
    """Yield objects and lists of both sides: a nullable object and what it became."""
    for had in released.alternatives():
        if had.keywords.get("type") in ("object", "array"):
            yield from ((had, has) for has in today.alternatives() if same_type(had, has))


def inner(had: Schema, has: Schema) -> Iterator[tuple[str, Schema, Schema]]:
    """Yield differences in the fields and items that both have."""
    before, now = (s.keywords.get("properties", {}) for s in (had, has))
    for name in before.keys() & now.keys():
        yield name, had.at(before[name]), has.at(now[name])
    if "items" in had.keywords and "items" in has.keywords:
        yield "[]", had.at(had.keywords["items"]), has.at(has.keywords["items"])
