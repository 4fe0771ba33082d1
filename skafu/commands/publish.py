"""`skafu publish`: the commits of an outage, published again."""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from adapters.dynamodb.commit_scan import SCAN_PAGE, DynamoDbCommitScan
from adapters.dynamodb.items import READ_UNIT
from application.commit import Commit
from application.ports import Unavailable
from application.publishing.republish import (
    CommitKey,
    Position,
    Publication,
    ScannedPage,
    republish,
)
from handlers import wiring
from skafu.metering.prices import PRICES
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, select
from skafu.terminal import ask, named_column, progress, say

FORMATS = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"]

BACKWARDS = "must lie before --until, and in the past"


@dataclass(slots=True)
class Run:
    """A publication that was begun; it is kept in a file after each page, so that it can go on."""

    environment: str
    since: str
    until: str
    after: Position | None = None
    examined: int = 0
    commits: int = 0
    events: int = 0

    def count(self, page: ScannedPage) -> None:
        self.after = page.after
        self.examined += page.examined
        self.commits += len(page.commits)
        self.events += sum(commit.count for commit in page.commits)

    def span(self) -> tuple[datetime, datetime]:
        return datetime.fromisoformat(self.since), datetime.fromisoformat(self.until)


def publish(
    since: Annotated[datetime, typer.Option(formats=FORMATS, help="Begin of the outage, in UTC.")],
    until: Annotated[
        datetime | None, typer.Option(formats=FORMATS, help="End of the outage; now by default.")
    ] = None,
    rate: Annotated[float, typer.Option(min=0.1, help="Most events a second.")] = 200,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Scan and count; publish nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask about the cost.")] = False,
    anew: Annotated[
        bool,
        typer.Option("--anew", help="Start from the beginning, even if a run was interrupted."),
    ] = False,
    page_size: Annotated[int, typer.Option(min=1, help="Items in a page of the scan.")] = SCAN_PAGE,
    progress_file: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="The file that remembers an interrupted run."),
    ] = None,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Publish the events of a time span again, after an outage longer than the stream keeps them.

    Every event is published as it was the first time: consumers treat it as a hint or know its id.
    The commits are found by a scan of the whole table; its cost is shown first. An interrupted run
    goes on where it was when it is started again with the same `--since`.
    """
    end = utc(until or datetime.now(UTC))
    if end <= utc(since):
        raise typer.BadParameter(BACKWARDS, param_hint="--since")
    target = select(environment, outputs)
    table = wiring.settings().events_table
    scan = DynamoDbCommitScan(target.client("dynamodb"), table, page_size)
    file = progress_file or Path(typer.get_app_dir("skafu")) / f"publish-{environment}.json"
    run = (None if anew or dry_run else broken_off(file, environment, since)) or Run(
        environment, utc(since).isoformat(), end.isoformat()
    )
    announce(run, *scan.size())
    if not (yes or dry_run):
        ask("Scan the table?")
    keep = (lambda _: None) if dry_run else writer(file)
    unreadable = work(scan, publisher(rate, dry_run), run, keep)
    if not dry_run:
        file.unlink(missing_ok=True)  # the run has ended, whatever it ends with
    finish(run, unreadable, dry_run)


def utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def broken_off(file: Path, environment: str, since: datetime) -> Run | None:
    """Return the run in the file if it is this one. Another one is never overwritten."""
    if not file.exists():
        return None
    run = kept(file)
    if (run.environment, run.since) != (environment, utc(since).isoformat()):
        raise typer.BadParameter(
            f"a run for {run.environment} since {run.since} was broken off ({file}); "
            "finish it, or begin with --anew"
        )
    say(f"Going on: {run.commits} commits have been published, until {run.until}.", error=True)
    return run


def kept(file: Path) -> Run:
    """Return the run in the file. Raises `BadParameter` if the file holds none."""
    try:
        return Run(**json.loads(file.read_text()))
    except (ValueError, TypeError) as error:
        raise typer.BadParameter(
            f"{file} does not hold the progress of a run; move it away, or begin with --anew"
        ) from error


def writer(file: Path) -> Callable[[Run], None]:
    """Write the file whole or not at all: a killed run must find the page before."""

    def write(run: Run) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(run)))
        fresh.replace(file)

    return write


def announce(run: Run, items: int, size: int) -> None:
    units = math.ceil(size / READ_UNIT)
    cost = units * PRICES.dynamodb_read_units / 1e6
    say(
        f"From {run.since} to {run.until}, by a scan of {wiring.settings().events_table}: about "
        f"{items} items, {size / 1e6:.1f} MB, {units} read units, ${cost:.4f} "
        "(DynamoDB counts items and bytes every six hours).",
        error=True,
    )


def publisher(rate: float, dry_run: bool) -> Callable[[Sequence[Commit]], None]:
    return (lambda _: None) if dry_run else Publication(wiring.event_bus(), rate).publish


def work(
    scan: DynamoDbCommitScan,
    publish_commits: Callable[[Sequence[Commit]], None],
    run: Run,
    keep: Callable[[Run], None],
) -> list[CommitKey]:
    """Publish page after page, and remember each. Return the keys of items that are not commits."""
    unreadable: list[CommitKey] = []
    with reported(scan.size()[0], run) as report:
        try:
            for page in republish(scan, publish_commits, *run.span(), run.after):
                run.count(page)
                unreadable += page.unreadable
                keep(run)
                report()
        except Unavailable as error:
            say(f"Broken off: {error}. Start it again to go on.", error=True)
            raise typer.Exit(1) from error
    return unreadable


@contextmanager
def reported(items: int, run: Run) -> Iterator[Callable[[], None]]:
    events = named_column("{task.fields[events]} events")
    with progress("Items examined", items or None, events, events=run.events) as bar:
        (task,) = bar.task_ids
        yield lambda: bar.update(task, completed=run.examined, events=run.events)


def finish(run: Run, unreadable: list[CommitKey], dry_run: bool) -> None:
    done = "would be published" if dry_run else "were published"
    cost = run.events * PRICES.eventbridge_events / 1e6
    say(f"{run.events} events of {run.commits} commits {done} (EventBridge: ${cost:.4f})")
    say(*(f"no commit, not published: {stream} {sequence}" for stream, sequence in unreadable))
    nothing = not (run.commits or dry_run)
    if nothing:
        say("No commit lies in this time; nothing was published. Times are UTC.", error=True)
    if unreadable or nothing:
        raise typer.Exit(1)
