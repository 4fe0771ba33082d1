"""`skafu verify`: every row against the fold of its stream, every stream against itself."""

from functools import partial
from typing import Annotated

import typer

from application.failures import reason
from application.publishing.feed import FeedWriter
from application.reading.mending import BEYOND, Mending, Place, places, remaining
from application.reading.survey import Survey
from application.reading.verify import Discrepancy
from domain.contents import contents
from handlers import wiring
from kernel.messages import AggregateId
from skafu.reach.surveys import surveying
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, select_with_words
from skafu.terminal import say, table, tracked


def verify(
    history: Annotated[
        bool, typer.Option("--history", help="Check the history only, not the rows.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Rebuild rows that differ, and complete the feed.")
    ] = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Compare every row with the fold of its stream, and check the history of each stream.

    The history is whole when each commit carries the hash of the one before, each stored state is
    the fold of the events, and no row and no feed entry shows an event that the store lacks.
    Ends with 1 when something is wrong and was not repaired.
    """
    select_with_words(environment, outputs)
    with surveying(compare=not history) as survey:
        found = survey.findings()
        show(found, survey.spool.streams())
        if found and not (repair and mended(found, survey)):
            raise typer.Exit(1)


def mended(found: list[Discrepancy], survey: Survey) -> bool:
    """Rebuild what differs; a broken history, stray rows and shared rows stay errors."""
    wrong = places(found)
    work = mending()
    for place in tracked(wrong, "Mending"):
        work.mend(place)
    left = remaining(wrong, survey)
    say(f"repaired {len(wrong) - len(left)}")
    say(*(f"not repaired: {stream} {where}" for stream, where in sorted(left)), error=True)
    return not (left or any(finding.where in BEYOND for finding in found))


def mending() -> Mending:
    return Mending(
        contents.projections,
        partial(wiring.catch_up, anew=True),
        lambda: FeedWriter(wiring.feed(), wiring.event_store(), wiring.now, unfeedable),
        unmended,
    )


def unmended(place: Place, error: Exception) -> None:
    """Tell why; the check afterwards tells what is still wrong."""
    say(f"{' '.join(place)}: {reason(error)}", error=True)


def unfeedable(aggregate: AggregateId, error: Exception) -> None:
    say(f"{aggregate} cannot be fed: {error}", error=True)


def show(found: list[Discrepancy], streams: int) -> None:
    if not found:
        say(f"{streams} streams: history is whole, every row that was compared equals its fold")
        return
    table(
        ("Stream", "Where", "What"),
        [(finding.aggregate, finding.where, finding.what) for finding in found],
        title=f"{len(found)} findings in {streams} streams",
    )
