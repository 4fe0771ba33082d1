"""`skafu rehearse`: what a release would change in states and rows, before it is deployed."""

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import Annotated, Any

import typer

from adapters.dynamodb.commit_scan import DynamoDbCommitScan
from application.failures import reason
from application.reading.rebuild import Rebuild
from application.reading.scans import streams
from application.reading.survey import Survey
from application.reading.verify import UNREADABLE
from application.reading.words import is_of
from domain.contents import contents
from handlers import wiring
from skafu.metering.rebuilding import reading_cost, writing_cost, writing_units
from skafu.reach.surveys import surveying
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, select
from skafu.rehearsal.comparing import ROW, STATE, Comparison, Difference
from skafu.rehearsal.deployed import ROOT, code_of
from skafu.rehearsal.folding import Folding, folding, line_of
from skafu.rehearsal.stored import Json, broken, head, stored_differences, wrong_sum
from skafu.terminal import json_lines, say, table

LONGEST = 80  # characters of a value that is shown
VERSIONS = {STATE: "state_version of the aggregate", ROW: "version of the projection"}


def rehearse(
    deployed: Annotated[
        str | None,
        typer.Option(
            help="The deployed code: a folder, or a commit, branch or tag of this repository.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Fold the real history with this code and with what is deployed, and list what differs.

    Every stream is read and folded twice: with the code of this folder, and with the deployed one.
    Each field of a state or row that would be another is listed, with both values; personal data
    is masked. Without `--deployed`, rows are compared with those that are stored, and states are
    not compared. Afterwards the cost of the rebuild is shown. Nothing is written.

    Ends with 1 when something differs, or when this code cannot read an event.
    """
    with ExitStack() as opened:
        folder = None if deployed is None else opened.enter_context(code_of(deployed))
        select(environment, outputs)
        if folder is None:
            survey = opened.enter_context(surveying())
            comparison = Comparison((head(contents), head(contents)))
            found = of_rows(survey, comparison)
        else:
            sides = [opened.enter_context(folding(side)) for side in (folder, ROOT)]
            comparison = Comparison((sides[0].head, sides[1].head))
            survey = opened.enter_context(surveying(()))
            found = of_codes(survey, sides, comparison)
        differs = listed(found, as_json)
    summary(comparison, as_json)
    raise typer.Exit(int(differs))


def of_codes(survey: Survey, sides: list[Folding], comparison: Comparison) -> Iterator[Difference]:
    """Fold stream by stream with both codes at once, and yield the differences."""
    for stream, scanned in streams(survey.scanned()):
        try:
            line = line_of(stream, survey.whole(stream, scanned))
        except UNREADABLE as error:
            yield broken(stream, reason(error), comparison)
            continue
        for side in sides:
            side.ask(line)
        before, after = (side.answer() for side in sides)
        yield from comparison.differences(stream, before, after)


def of_rows(survey: Survey, comparison: Comparison) -> Iterator[Difference]:
    """Compare all rows with those that are stored, as a rebuild does, and yield the differences."""
    work = Rebuild(survey)
    comparison.tally.rebuild = work.compare()
    for model, rows in survey.spool.rows_compared().items():
        comparison.tally.compared[ROW, projection_of(survey, model)] += rows
    for stream, why in work.done.failed:
        yield broken(stream, why, comparison)
    for one in survey.spool.differing():
        yield from stored_differences(one, projection_of(survey, one.key.model), comparison)
    for projection, stream in survey.wrong_sums():
        yield wrong_sum(projection, stream, comparison)


def projection_of(survey: Survey, model: str) -> str:
    return next(p.name for p in survey.projections if is_of(p, model))


def listed(found: Iterable[Difference], as_json: bool) -> bool:
    """Print each difference as it is found; tell whether there was one."""
    differs = False
    for one in found:
        differs = True
        if as_json:
            json_lines([one.to_dict()])
        else:
            say(told(one))
    return differs


def told(one: Difference) -> str:
    place = " ".join(filter(None, (one.what, one.stream, one.name, one.key, one.field)))
    return f"{place}: {short(one.before)} → {short(one.after)}"


def short(value: Any) -> str:  # noqa: ANN401 - any JSON
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def summary(comparison: Comparison, as_json: bool) -> None:
    counts = list(counted(comparison))
    if as_json:
        json_lines([{"what": "summary", "counts": counts, "rebuild": costs(comparison)}])
        return
    table(
        ("What", "Of", "Version", "Compared", "Differing", "Written again"),
        [[f"{value}" for value in one.values()] for one in counts],
        numbers=[3, 4, 5],
    )
    say(*unraised(comparison), *cost_told(costs(comparison)))


def counted(comparison: Comparison) -> Iterator[Json]:
    """Yield the counts of each aggregate's states, each projection's rows, and unreadable events.

    Rows that would only be written again, with another version of the projection, do not differ.
    """
    tally = comparison.tally
    events = [place for place in sorted(tally.differing) if place[0] not in VERSIONS]
    for what, name in (*places(comparison), *events):
        yield {
            "what": what,
            "of": name,
            "version": " → ".join(dict.fromkeys(versions(comparison, what, name))),
            "compared": tally.compared[what, name],
            "differing": tally.differing[what, name],
            "writtenAgain": tally.again[name] if what == ROW else 0,
        }


def places(comparison: Comparison) -> list[tuple[str, str]]:
    kinds = {STATE: "states", ROW: "rows"}
    named = [(w, n) for side in comparison.heads for w, k in kinds.items() for n in side[k]]
    return list(dict.fromkeys(sorted(named, key=lambda place: place[0] == ROW)))


def versions(comparison: Comparison, what: str, name: str) -> list[str]:
    """Return both versions of a fold; events have none."""
    if what not in VERSIONS:
        return []
    return [f"{side[f'{what}s'].get(name, 'none')}" for side in comparison.heads]


def unraised(comparison: Comparison) -> Iterator[str]:
    """Yield the folds that differ under one version: what is stored of them would stay as it is.

    Of one code alone there is none: its rows were compared with those that are stored.
    """
    if not any(side["states"] for side in comparison.heads):
        return
    for what, name in places(comparison):
        old, new = versions(comparison, what, name)
        if comparison.tally.differing[what, name] and old == new:
            yield f"{name}: the {VERSIONS[what]} is still {new}: raise it with the change."


def costs(comparison: Comparison) -> dict[str, int | float]:
    found = comparison.tally.rebuild
    scan = DynamoDbCommitScan(wiring.aws_client("dynamodb"), wiring.settings().events_table)
    return {
        "rows": found.rows,
        "streams": found.streams,
        "writeUnits": writing_units(found),
        "readingDollars": round(reading_cost(scan.size()[1]), 6),
        "writingDollars": round(writing_cost(found), 6),
    }


def cost_told(cost: dict[str, int | float]) -> Iterator[str]:
    yield (
        f"a rebuild would write {cost['rows']} rows of {cost['streams']} streams: "
        f"{cost['writeUnits']} write units, ${cost['writingDollars']:.4f}; "
        f"reading costs about ${cost['readingDollars']:.4f}"
    )
