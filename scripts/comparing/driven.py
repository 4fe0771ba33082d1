"""Comparisons of what two trees stored, published, answered and folded."""

import json
from collections.abc import Callable, Iterable, Mapping

from scripts.comparing.differences import Allowed, Differences, Json, differences


def stored_items(before: Json, after: Json, same_ids: bool) -> Differences:
    """Compare the items of every table: streams one by one, then the tables that refer to them."""
    one, other = streams(before["items"]), streams(after["items"])
    hashes = False
    for name in dict.fromkeys([*one, *other]):
        allowed = Allowed(same_ids)
        yield from differences(one.get(name, []), other.get(name, []), allowed, name)
        hashes = hashes or allowed.hashes
    rest, others = without_streams(before["items"]), without_streams(after["items"])
    yield from differences(rest, others, Allowed(same_ids, hashes))


def streams(tables: Mapping[str, list[Json]]) -> dict[str, list[Json]]:
    """Return the commits of each stream, in their order."""
    found: dict[str, list[Json]] = {}
    for item in tables["EventsTable"]:
        found.setdefault(item["aggregateId"]["S"], []).append(item)
    return found


def without_streams(tables: Mapping[str, list[Json]]) -> dict[str, list[Json]]:
    return {name: items for name, items in tables.items() if name != "EventsTable"}


def envelopes(before: Json, after: Json, same_ids: bool) -> Differences:
    """Compare the entries on the bus, those of the driven commands and of the corpus."""
    one, other = named(before["envelopes"]), named(after["envelopes"])
    yield from differences(one, other, Allowed(same_ids))
    one, other = before["corpus envelopes"], after["corpus envelopes"]
    yield from differences(one, other, Allowed(same_ids))


def named(entries: Iterable[Json]) -> dict[str, list[Json]]:
    """Return the entries by stream, sequence and type."""
    found: dict[str, list[Json]] = {}
    for entry in entries:
        envelope = json.loads(entry["Detail"])
        name = " ".join(str(envelope.get(n)) for n in ("aggregateId", "eventSequence", "eventType"))
        found.setdefault(name, []).append(entry)
    return found


def answers(before: Json, after: Json, same_ids: bool) -> Differences:
    """Compare status, headers and fields of every answer."""
    yield from differences(before["answers"], after["answers"], Allowed(same_ids))


def folds(before: Json, after: Json, _: bool) -> Differences:
    """Compare states and rows after every event of the corpus; stored ids stay what they are."""
    yield from differences(before["folds"], after["folds"], Allowed(same_ids=True))


DRIVEN: Mapping[str, Callable[[Json, Json, bool], Differences]] = {
    "stored items": stored_items,
    "envelopes": envelopes,
    "answers": answers,
    "folds of the corpus": folds,
}
