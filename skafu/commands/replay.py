"""`skafu replay`: events published once more, marked, for those who ask for them."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from application.jobs import CONCURRENCY, RATE, REPLAY, SEGMENTS
from application.ports import Unavailable
from application.publishing.envelopes import NOBODY, replayed
from application.publishing.feed import Cursor, FeedReader
from application.publishing.replay import Envelope, Selection, in_batches, of_feed, of_stream
from application.publishing.republish import AT_ONCE, Publication
from domain.contents import contents
from handlers import wiring
from kernel.messages import AggregateId, iso_milliseconds
from skafu.commands.publish import FORMATS, utc
from skafu.commands.workflow import (
    ConcurrencyOption,
    SegmentsOption,
    WorkflowOption,
    followed,
)
from skafu.reach.jobs import Jobs, name_of
from skafu.reach.streams import named
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, select
from skafu.terminal import Bar, progress, say

BATCHES_A_SECOND = 10
FASTEST = 1e6  # events a second of a workflow: its input has no word for no limit
SEQUENCE = re.compile(r"[1-9][0-9]{0,8}")
MARK = re.compile(r"[A-Za-z0-9._:-]{1,100}")
EXECUTION = re.compile(r"[A-Za-z0-9._-]{1,80}")
FEED_PLACE = re.compile(r"(?P<page>[1-9][0-9]{0,8})(?:\.(?P<events>[0-9]{1,9}))?")
PLACE = "a place of the feed is `<page>.<events>`, as a replay that was broken off names it"


@dataclass(slots=True)
class Replaying:
    """A replay at work: its mark, the projection that it is for, and the place it has reached."""

    id: str
    to: str
    publication: Publication | None
    place: str = ""
    events: int = 0

    def publish(self, envelopes: list[Envelope]) -> None:
        rate = self.publication.rate if self.publication else AT_ONCE
        for batch in in_batches(envelopes, int(max(1, min(AT_ONCE, rate / BATCHES_A_SECOND)))):
            if self.publication is not None:
                self.publication.put([replayed(one, self.id, self.to) for one in batch])
            self.events += len(batch)


def replay(
    to: Annotated[
        str,
        typer.Option(help="The projection that folds its rows anew; none of ours by default."),
    ] = NOBODY,
    aggregate: Annotated[
        str | None, typer.Option(help="One stream: `PROJECT#<id>`, `projects/<id>` or an id.")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--type", help="A type of events or of aggregates; may be repeated."),
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=FORMATS, help="Events recorded from then on, in UTC.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=FORMATS, help="Events recorded until then.")
    ] = None,
    first: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="The first sequence of the stream, or the place in the feed to begin behind.",
        ),
    ] = None,
    rate: Annotated[float, typer.Option(min=0.1, help="Most events a second.")] = RATE,
    replay_id: Annotated[
        str | None, typer.Option(help="The mark of the events; a new one by default.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count; publish nothing.")] = False,
    workflow: WorkflowOption = False,
    segments: SegmentsOption = SEGMENTS,
    concurrency: ConcurrencyOption = CONCURRENCY,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Publish events once more, in order, under the source `skafu.replay.<context>`.

    Neither sagas nor other domains hear of them unless their rules ask for that source; with
    `--to`, the rows of that projection are folded from the start, and those of no other. Events of
    all streams come in the order of the feed.

    With `--workflow`, a state machine does it in parts: the events of each stream come in order,
    those of different streams in any. Ctrl-C leaves it running (`skafu workflow`).
    """
    selection = selected(to, kind or [], since, until)
    if workflow:
        require_whole(aggregate, first)
        parts = {"segments": segments, "concurrency": concurrency}
        asked = {"to": to, "rate": min(rate, FASTEST), "dryRun": dry_run, **parted(selection)}
        in_parts({**asked, **parts}, workflow_name(replay_id), environment, outputs)
        return
    stream = None if aggregate is None else named(aggregate)[1]
    begin = began(stream, first)
    mark = marked(replay_id)
    select(environment, outputs)
    publication = None if dry_run else Publication(wiring.event_bus(), rate)
    work = Replaying(mark, to, publication)
    run(work, stream, begin, selection)
    finish(work, dry_run)


def in_parts(asked: Mapping[str, object], name: str, environment: str, outputs: Path) -> None:
    """Start the workflow of this name, and show how far it is."""
    jobs = Jobs.of(select(environment, outputs))
    jobs.start(name, {"work": REPLAY, **asked})
    followed(jobs, name)


def require_whole(aggregate: str | None, first: str | None) -> None:
    """Raises `BadParameter` for what is about one stream or one place of the feed."""
    for given, hint in ((aggregate, "--aggregate"), (first, "--from")):
        if given is not None:
            raise typer.BadParameter("not with --workflow, which reads all", param_hint=hint)


def parted(selection: Selection) -> dict[str, object]:
    """Return the selection as the input of a workflow has it."""
    chosen = {"kinds": selection.kinds, "types": selection.types}
    lists = {key: None if names is None else sorted(names) for key, names in chosen.items()}
    return {**lists, "first": selection.since, "last": selection.until}


def workflow_name(replay_id: str | None) -> str:
    """Return the name of the workflow, the mark of its events. Raises `BadParameter`."""
    if replay_id is None:
        return name_of(REPLAY, wiring.now())
    if EXECUTION.fullmatch(replay_id) is None:
        raise typer.BadParameter("1 to 80 letters, digits and . _ -", param_hint="--replay-id")
    return replay_id


def marked(replay_id: str | None) -> str:
    """Return the mark of the events. Raises `BadParameter` for one that no rule could ask for."""
    found = f"replay-{uuid4().hex[:12]}" if replay_id is None else replay_id
    if MARK.fullmatch(found) is None:
        raise typer.BadParameter("1 to 100 letters, digits and . _ : -", param_hint="--replay-id")
    return found


def selected(
    to: str, kinds: list[str], since: datetime | None, until: datetime | None
) -> Selection:
    """Return the selection. Raises `BadParameter` for what the domain does not have."""
    projection = contents.projection.get(to)
    if projection is None and to != NOBODY:
        known = ", ".join(contents.projection)
        raise typer.BadParameter(f"{to!r} must be one of {known}.", param_hint="--to")
    if since and until and utc(until) < utc(since):
        raise typer.BadParameter("must not lie before --since", param_hint="--until")
    found = Selection(
        since=moment(since) if since else "", until=moment(until) if until else Selection().until
    )
    if projection is not None:
        found = replace(found, kinds=frozenset({projection.aggregate_type}))
    return of_kinds(found, kinds)


def of_kinds(selection: Selection, names: list[str]) -> Selection:
    aggregates = {kind.lower(): kind for kind in contents.aggregate}
    events = {name for kind in contents.aggregates for name in kind.events.classes}
    if unknown := [name for name in names if name.lower() not in aggregates and name not in events]:
        raise typer.BadParameter(
            f"{', '.join(unknown)}: no event and no aggregate has this type", param_hint="--type"
        )
    kinds = frozenset(aggregates[name.lower()] for name in names if name.lower() in aggregates)
    types = frozenset(name for name in names if name in events)
    if kinds:
        kinds &= kinds if selection.kinds is None else selection.kinds
        selection = replace(selection, kinds=kinds)
    return replace(selection, types=types or None)


def moment(time: datetime) -> str:
    return iso_milliseconds(utc(time))


def began(stream: AggregateId | None, first: str | None) -> int | Cursor:
    """Return where to begin. Raises `BadParameter` for what is no such place."""
    found = (FEED_PLACE if stream is None else SEQUENCE).fullmatch(first or "1")
    if found is None:
        raise typer.BadParameter(f"a number from 1 on; {PLACE}", param_hint="--from")
    if stream is not None:
        return int(found[0])
    return Cursor(int(found["page"]), int(found["events"] or 0))


def run(
    work: Replaying, stream: AggregateId | None, begin: int | Cursor, selection: Selection
) -> None:
    """Publish what is selected. Ends the command when the bus takes no more, with the place."""
    try:
        if stream is not None and isinstance(begin, int):
            for envelope in of_stream(wiring.event_store(), stream, begin, selection):
                work.place = str(envelope["eventSequence"])
                work.publish([envelope])
        elif isinstance(begin, Cursor):
            run_through(work, begin, selection)
    except Unavailable as error:
        if not work.events:
            raise
        say(
            f"Broken off: {error}. Go on with --from {work.place or begin} --replay-id {work.id}.",
            error=True,
        )
        raise typer.Exit(1) from error


def run_through(work: Replaying, begin: Cursor, selection: Selection) -> None:
    """Publish from the feed; a page that was broken off is published again."""
    reader = FeedReader(wiring.feed(), wiring.event_store())
    with pages_shown(begin) as bar:
        for place, envelopes in of_feed(reader, begin, selection):
            work.publish(envelopes)
            work.place = str(place)
            bar.advance(bar.task_ids[0])


@contextmanager
def pages_shown(begin: Cursor) -> Iterator[Bar]:
    newest = wiring.feed().newest()
    pages = 0 if newest is None else newest.number - begin.page + 1
    with progress("Pages of the feed", max(pages, 0), remaining=True) as bar:
        yield bar


def finish(work: Replaying, dry_run: bool) -> None:
    done = "would be replayed" if dry_run else "were replayed"
    say(f"{work.events} events {done}" + ("" if dry_run else f" as {work.id}"))
    if not work.events:
        say("No event is selected; times are UTC.", error=True)
        raise typer.Exit(1)
