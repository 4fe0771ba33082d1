"""Differences of two JSON values, but for those that are allowed."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST = 160  # characters of a value that is shown
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MADE_IDS = ("serviceId", "deploymentId", "id")
"""Fields with ids that are derived when a command arrives."""
COVERING = ("fingerprint", "previousHash")
"""Attributes of a commit that are computed over its ids."""
HASH = re.compile(r"[0-9a-f]{64}")
TEXTS = ("title", "detail", "message")
"""Fields of a problem that are meant for people."""
PROBLEMS = "https://skafu.dev/problems/"
MISSING = "(nothing)"

Json = Any
Differences = Iterator[str]
"""A line for each difference."""


@dataclass
class Allowed:
    """The differences that are allowed in one part of a comparison, and whether any was met.

    Texts of problems may always differ. Unless `same_ids`, so may the ids of events; other ids
    may when each one of AFTER stands for one of BEFORE. Hashes and fingerprints follow the ids
    that they cover: those of this part, or, with `hashes`, of another one.
    """

    same_ids: bool
    hashes: bool = False
    met: bool = False
    before: dict[str, str] = field(default_factory=dict)

    def known(self, key: str) -> str:
        """Return the key of a map as BEFORE has it."""
        return self.before.get(key, key)

    def text(self, path: str, before: str, after: str) -> bool:
        """Tell whether two texts are equal, or may differ where they stand."""
        name = path.removesuffix(".B").rpartition(".")[2]
        if not self.same_ids and name in MADE_IDS and is_uuid(before) and is_uuid(after):
            return self._id(before, after)
        covering = name in COVERING or HASH.fullmatch(before) is not None
        return before == after or (self.hashes and covering)

    def _id(self, before: str, after: str) -> bool:
        if before != after:
            self.met = self.hashes = True
        return self.before.setdefault(after, before) == before

    def field(self, name: str, before: Mapping[str, Json], after: Mapping[str, Json]) -> bool:
        """Tell whether a field may differ, because of its name and of what lies beside it."""
        kind = str(before.get("type", ""))
        in_problem = kind.startswith(PROBLEMS) or before.keys() == {"path", "message"}
        free = (name == "eventId" and not self.same_ids) or (name in TEXTS and in_problem)
        one, other = before.get(name), after.get(name)
        if not free or not isinstance(one, str) or not isinstance(other, str):
            return False
        self.met = self.met or one != other
        return True


def is_uuid(text: str) -> bool:
    return UUID.fullmatch(text) is not None


def differences(before: Json, after: Json, allowed: Allowed, path: str = "") -> Differences:
    """Return a line for each difference; JSON within strings is compared as JSON."""
    match before, after:
        case dict(), dict():
            yield from in_maps(before, after, allowed, path)
        case list(), list():
            yield from in_lists(before, after, allowed, path)
        case str(), str():
            yield from in_texts(before, after, allowed, path)
        case _ if before != after or type(before) is not type(after):
            yield line(path, before, after)


def in_maps(
    before: Mapping[str, Json], after: Mapping[str, Json], allowed: Allowed, path: str
) -> Differences:
    """Compare field by field; what is computed over the others comes last."""
    renamed = {allowed.known(key): value for key, value in after.items()}
    names = dict.fromkeys([*before, *renamed])
    for name in sorted(names, key=COVERING.__contains__):
        if not allowed.field(name, before, renamed):
            one, other = before.get(name, MISSING), renamed.get(name, MISSING)
            yield from differences(one, other, allowed, f"{path}.{name}" if path else name)


def in_lists(before: list[Json], after: list[Json], allowed: Allowed, path: str) -> Differences:
    if len(before) != len(after):
        yield f"{path}: {len(before)} entries -> {len(after)} entries"
    for number, (one, other) in enumerate(zip(before, after, strict=False)):
        yield from differences(one, other, allowed, f"{path}[{number}]")


def in_texts(before: str, after: str, allowed: Allowed, path: str) -> Differences:
    one, other = parsed(before), parsed(after)
    if one is None or other is None:
        yield from [] if allowed.text(path, before, after) else [line(path, before, after)]
        return
    found = list(differences(one, other, allowed, path))
    yield from found
    # Another id or text makes another string; a map lies in the order of its ids.
    if not found and before != after and not (allowed.met or allowed.hashes):
        yield f"{path}: the same JSON, written otherwise"


def line(path: str, before: Json, after: Json) -> str:
    return f"{path}: {shown(before)} -> {shown(after)}"


def parsed(text: str) -> Json:
    """Return the list or object that a text holds, if it does."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict | list) else None


def shown(value: Json) -> str:
    text = value if value == MISSING else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else text[: LONGEST - 4] + " ..."
