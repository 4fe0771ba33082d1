"""`skafu lag`: how far the rows of each projection are behind the events."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from application.reading.lag import Lag, lags
from handlers import wiring
from skafu.generate.pieces import GROUPS
from skafu.generate.template import ROOT, read
from skafu.reach.surveys import surveying
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, select
from skafu.terminal import json_lines, say, table

HEAD = ("Projection", "Streams behind", "Events behind", "Oldest event not shown", "Age", "maxLag")


def lag(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Show for each projection how far its rows are behind the events that are stored.

    A row shows the events up to its version; one that is missing or cannot be read shows none. Ages
    are in seconds. Ends with 1 when the oldest event not shown is older than the projection's
    `maxLag` (src/projections/groups.yaml), or a stream cannot be folded. Nothing is repaired:
    `skafu verify --repair` does that.
    """
    select(environment, outputs)
    with surveying() as survey:
        found, streams = lags(survey), survey.spool.streams()
    now, allowed = wiring.now(), max_lags()
    if as_json:
        json_lines(as_object(one, now, allowed[one.projection]) for one in found)
    else:
        title = f"{streams} streams"
        rows = [as_row(one, now, allowed[one.projection]) for one in found]
        table(HEAD, rows, title=title, numbers=(1, 2, 4, 5))
    complain(found)
    raise typer.Exit(int(any(is_late(one, now, allowed[one.projection]) for one in found)))


def max_lags() -> Mapping[str, int]:
    """Return the seconds that the rows of each projection may be behind."""
    named = read((ROOT / GROUPS).read_text())
    return {name: group.max_lag for name, group in named.items()}


def is_late(found: Lag, now: datetime, max_lag: int) -> bool:
    return found.unfolded > 0 or found.seconds(now) > max_lag


def as_row(found: Lag, now: datetime, max_lag: int) -> tuple[str, ...]:
    oldest, age = "", ""
    if found.oldest is not None:
        oldest = f"{found.oldest.stream} {found.oldest.sequence}"
        age = f"{found.seconds(now):.1f}"
    return found.projection, f"{found.streams}", f"{found.events}", oldest, age, f"{max_lag}"


def as_object(found: Lag, now: datetime, max_lag: int) -> dict[str, Any]:
    return {
        "projection": found.projection,
        "streamsBehind": found.streams,
        "eventsBehind": found.events,
        "oldest": None if found.oldest is None else found.oldest._asdict(),
        "ageSeconds": round(found.seconds(now), 3),
        "maxLag": max_lag,
        "unfoldable": found.unfolded,
        "late": is_late(found, now, max_lag),
    }


def complain(found: list[Lag]) -> None:
    """Tell on standard error what makes the figures incomplete."""
    for one in found:
        if one.unfolded:
            what = f"{one.unfolded} streams cannot be folded; `skafu verify` names them"
            say(f"{one.projection}: {what}", error=True)
