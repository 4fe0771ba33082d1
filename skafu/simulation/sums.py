"""The checks of sums over streams: each contribution in one part, each sum that of its parts."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from adapters.appsync.read_models import from_graphql
from application.reading.gathering import share
from domain.contents import contents
from kernel.projection import Projection, Row, RowKey
from kernel.summary import Part, Shares, Summary, as_entry, total_of
from skafu.simulation.divergence import Divergence
from skafu.simulation.rows import Fields

RowHistory = Mapping[RowKey, Sequence[Fields]]
SUMMARIES = [(one, one.summary) for one in contents.projections if one.summary is not None]
MODELS = {model for _, summary in SUMMARIES for model in summary.models}


def check_sums_then(history: RowHistory) -> None:
    """Check that no row of sums has gone back, and that none was written for nothing."""
    for key, states in history.items():
        if key.model not in MODELS:
            continue
        before = Fields()
        for state in states:
            if before and state["version"] < before["version"]:
                raise Divergence("row", f"{key} went back from {before['version']}")
            if backwards(before, state):
                raise Divergence("row", f"{key} shows less of a stream than {before}: {state}")
            if contents_of(state) == contents_of(before):
                raise Divergence("row", f"{key} was written again as {state}")
            before = state


def backwards(before: Fields, state: Fields) -> bool:
    """Tell if a part has taken an earlier contribution for a later one, or lost one."""
    known = versions(before)
    return any(versions(state).get(stream, 0) < version for stream, version in known.items())


def versions(part: Fields) -> dict[str, int]:
    held = json.loads(part.get("contributions", "{}"))
    return {stream: one["version"] for stream, one in held.items()}


def contents_of(state: Fields) -> Fields:
    times = ("createdAt", "updatedAt", "projectionVersion")
    return {name: value for name, value in state.items() if name not in times}


def check_contributions(history: RowHistory, projection: Projection, id: str, head: Row) -> None:
    """Check that each owner's parts hold what the stream contributes, once."""
    summary = projection.summary
    assert summary is not None
    shares = cast(Shares, head)
    for whose in shares.shares:
        parts = parts_of(history, summary, whose)
        found = [part.contributions[id] for part in parts.values() if id in part.contributions]
        if found != [share(shares, whose)]:
            raise Divergence("row", f"{id} contributes {found} to {whose}, not {shares.shares}")


def check_sums_now(history: RowHistory) -> None:
    """Check that each part and each row of sums says of what is below it what that is."""
    for _, summary in SUMMARIES:
        for whose in owners(history, summary):
            for fault in wrong_ways(history, summary, whose):
                raise Divergence("row", fault)


def wrong_ways(history: RowHistory, summary: Summary, whose: str) -> Iterator[str]:
    parts = parts_of(history, summary, whose)
    for path, part in parts.items():
        if path and (up := parts.get(path[:-1])) is not None:
            if up.parts.get(path[-1]) != as_entry(part):
                yield f"the part above {whose}#{path} says {up.parts}, not {as_entry(part)}"
        elif path:
            yield f"there is no part above {whose}#{path}"
    total, root = row(history, summary.key(whose)), parts.get("")
    shown = total and {name: getattr(total, name) for name in summary.figures}
    wanted = root and {name: total_of(root).get(name, 0) for name in summary.figures}
    if shown != wanted:
        yield f"{whose} is shown {shown}, not {wanted}"


def owners(history: RowHistory, summary: Summary) -> list[str]:
    parts = (key.id.partition("#")[0] for key in history if key.model == summary.part_model)
    totals = (key.id for key in history if key.model == summary.model)
    return sorted({*parts, *totals})


def parts_of(history: RowHistory, summary: Summary, whose: str) -> dict[str, Part]:
    found: dict[str, Part] = {}
    for key in history:
        owner, _, path = key.id.partition("#")
        if key.model == summary.part_model and owner == whose:
            part = row(history, key)
            if part is not None:
                found[path] = cast(Part, part)
    return found


def row(history: RowHistory, key: RowKey) -> Any:  # noqa: ANN401 - a row of any class
    states = history.get(key) or ()
    return from_graphql(contents.read_models, key.model, states[-1]) if states else None


def is_of_sums(key: RowKey) -> bool:
    return key.model in MODELS
