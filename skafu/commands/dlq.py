"""`skafu dlq`: dead letters, listed, shown, sent back, or discarded with a reason."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from application.failures import Discarded, Severity
from application.failures import reason as reason_of
from application.ports import Unavailable
from application.publishing.republish import CommitKey, CommitMissing, Publication, publish_recorded
from edge.errors import failure
from handlers import wiring
from skafu.commands import doctor
from skafu.commands.help import examples
from skafu.reach import letters
from skafu.reach.expected import Expected
from skafu.reach.letters import LIST, Letter, Place
from skafu.reach.target import LOCAL_OUTPUTS, EnvironmentOption, OutputsOption, Target, select
from skafu.reach.unpublished import BUCKET, keys_of, objects, record_of
from skafu.terminal import json_lines, say, table, tracked

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="List, show, redrive or discard dead letters.",
    epilog=examples("dlq list", "dlq show"),
)

PlaceArgument = Annotated[
    list[str] | None, typer.Argument(help="Places as `skafu dlq list` names them; all by default.")
]
MessageOption = Annotated[
    list[str] | None,
    typer.Option("--message", "-m", help="The id of one message or object; repeatable."),
]
AllOption = Annotated[bool, typer.Option("--all", help="All messages of the named places.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]


@dataclass(frozen=True, slots=True)
class Desk:
    """The places of one stack, and the clients that reach them."""

    target: Target
    places: Sequence[Place]
    bucket: str
    sqs: Any
    s3: Any

    @classmethod
    def at(cls, target: Target) -> "Desk":
        found = target.stack_outputs()
        sqs, s3 = target.client("sqs"), target.client("s3")
        return cls(target, letters.places(found), found[BUCKET], sqs, s3)

    def named(self, names: Sequence[str] | None) -> list[Place]:
        """Return all queues, or the named ones; the bucket is not a queue."""
        known = {place.name: place for place in self.places}
        if unknown := [name for name in names or () if name not in {*known, BUCKET}]:
            raise typer.BadParameter(
                f"there is no place {', '.join(unknown)}; there are {', '.join([*known, BUCKET])}"
            )
        return [place for name, place in known.items() if not names or name in names]


@app.command("list", epilog=examples("dlq list", "dlq list --json --environment prod"))
def list_places(
    as_json: JsonOption = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """List every place for dead letters, with their number and age."""
    desk = Desk.at(select(environment, outputs))
    rows = [counted(desk, place) for place in desk.places] + [bucket_counted(desk)]
    if as_json:
        json_lines(rows)
        return
    table(
        ("Place", "Messages", "Oldest", "Goes back to"),
        [(r["place"], str(r["count"]), r["oldest"] or "-", r["source"] or "-") for r in rows],
        title="Dead letters",
        numbers={1},
    )


def counted(desk: Desk, place: Place) -> dict[str, Any]:
    """Count a place's letters; their age is that of the first thousand."""
    count = letters.count(desk.sqs, place)
    sent = [letter.sent for letter in letters.look(desk.sqs, place)] if count else []
    source = place.source and place.source.rpartition("/")[2]
    return {"place": place.name, "count": count, "oldest": age(sent), "source": source}


def bucket_counted(desk: Desk) -> dict[str, Any]:
    found = list(objects(desk.s3, desk.bucket))
    made = [desk.s3.head_object(Bucket=desk.bucket, Key=k)["LastModified"] for k in found]
    return {"place": BUCKET, "count": len(found), "oldest": age(made), "source": "the event bus"}


def age(moments: Sequence[datetime]) -> str | None:
    """Return the age of the oldest: `1:02:03`."""
    if not moments:
        return None
    return str(datetime.now(UTC) - min(moments)).partition(".")[0]


@app.command(epilog=examples("dlq show", f"dlq show {LIST} --json"))
def show(
    names: PlaceArgument = None,
    as_json: JsonOption = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Show dead letters: the aggregate and sequence of each, and why it is there."""
    desk = Desk.at(select(environment, outputs))
    wanted = [place for place in desk.named(names) if place.name != LIST or names]
    reasons = Reasons.read(desk)
    rows = [told(letter, reasons) for letter in doctor.lying(desk.sqs, wanted)]
    if not names or BUCKET in names:
        rows += list(objects_told(desk))
    if as_json:
        json_lines(rows)
    elif rows:
        show_table(rows)
    else:
        say("No dead letters lie here.", *elsewhere(desk, names))


def show_table(rows: Sequence[Mapping[str, Any]]) -> None:
    table(
        ("Place", "Message", "Concerns", "Event", "Sent", "Why"),
        [
            (r["place"], r["id"], r["concerns"] or "-", r["event"], r["sent"], r["why"])
            for r in rows
        ],
        title="Dead letters",
    )


def elsewhere(desk: Desk, names: Sequence[str] | None) -> list[str]:
    """Return where else failures are: `doctor` lists more than dead letters."""
    listed = next(place for place in desk.places if place.name == LIST)
    found = 0 if LIST in (names or ()) else letters.count(desk.sqs, listed)
    others = names and "Other places: `skafu dlq list`."
    failures = found and f"{found} failures are on record: `skafu dlq show {LIST}`, `skafu doctor`."
    return [str(line) for line in (failures, others) if line]


@dataclass(frozen=True, slots=True)
class Reasons:
    """The reasons why messages failed, from the list of failures.

    They are kept by projection and stream, or else by message.
    """

    environment: str
    known: Mapping[tuple[str, str], str]

    @classmethod
    def read(cls, desk: Desk) -> "Reasons":
        listed = next(place for place in desk.places if place.name == LIST)
        found = map(doctor.reported, letters.look(desk.sqs, listed))
        known = {
            (f.where, str(f.key.get("aggregateId", f.key.get("messageId")))): f.why for f in found
        }
        return cls(desk.target.environment, known)

    def of(self, letter: Letter) -> str:
        where = letter.place.group(self.environment) or ""
        known = self.known.get((where, letter.aggregate_id or letter.id))
        return letter.why or known or "delivered in vain; no failure is on record"


def told(letter: Letter, reasons: Reasons) -> dict[str, Any]:
    concerns = [] if letter.aggregate_id is None else [f"{letter.aggregate_id} {letter.sequence}"]
    return {
        "place": letter.place.name,
        "id": letter.id,
        "concerns": concerns,
        "event": letter.event_type or "-",
        "sent": letter.sent.isoformat(timespec="seconds"),
        "receives": letter.receives,
        "why": doctor.reported(letter).why if letter.place.name == LIST else reasons.of(letter),
    }


def objects_told(desk: Desk) -> Iterator[dict[str, Any]]:
    for name in objects(desk.s3, desk.bucket):
        kept = record_of(desk.s3, desk.bucket, name)
        keys = [f"{aggregate} {sequence}" for aggregate, sequence in keys_of(kept)]
        yield {
            "place": BUCKET,
            "id": name,
            "concerns": keys,
            "event": "-",
            "sent": kept["timestamp"],
            "receives": kept["requestContext"]["approximateInvokeCount"],
            "why": kept["requestContext"]["condition"],
        }


@app.command(epilog=examples("dlq redrive --all --dry-run", "dlq redrive --all --rate 10"))
def redrive(
    names: PlaceArgument = None,
    message: MessageOption = None,
    everything: AllOption = False,
    rate: Annotated[float, typer.Option(min=0.1, help="Messages or events a second.")] = 100,
    wait: Annotated[
        float, typer.Option(help="How long to wait for the rows to catch up, in seconds.")
    ] = 60,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count what would be sent; send nothing.")
    ] = False,
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Send dead letters back to their queues, and wait until the rows have caught up.

    Objects of the bucket are published again from the store. Remove the cause first; redriving
    twice does no harm. Ends with 1 when a row did not catch up in time, or a commit was not
    published.
    """
    desk = Desk.at(select(environment, outputs))
    wanted = chosen(message, everything)
    rows = Expected(desk.target.environment)
    sent = 0
    for place in desk.named(names):
        if place.source is not None:
            sent += letters_sent(desk, place, wanted, rows, rate, dry_run)
    missing: list[CommitKey] = []
    if not names or BUCKET in names:
        sent += objects_published(desk, wanted, rows, rate, dry_run, missing)
    say(f"{sent} {'would be ' if dry_run else ''}redriven")
    say(*(f"not published, kept: {aggregate} {sequence}" for aggregate, sequence in missing))
    late = [] if dry_run else rows.awaited(wait)
    say(*(f"not caught up after {wait:g} s: {where} {aggregate}" for where, aggregate in late))
    unknown = wanted.not_found()
    raise typer.Exit(int(bool(late or missing or unknown)))


@dataclass(slots=True)
class Wanted:
    """The messages chosen by id, of which some may not be there; or all, without ids."""

    ids: frozenset[str]
    met: set[str] = field(default_factory=set)

    def __call__(self, found: str) -> bool:
        if found in self.ids:
            self.met.add(found)
        return not self.ids or found in self.ids

    def not_found(self) -> list[str]:
        """Report the ids that no place has, and return them."""
        unknown = sorted(self.ids - self.met)
        say(*(f"not found in these places: {one}" for one in unknown), error=True)
        return unknown


def chosen(ids: Sequence[str] | None, everything: bool) -> Wanted:
    """Choose by id, or everything in the named places: `--all` must be given for that."""
    if bool(ids) == everything:
        raise typer.BadParameter("give --message, once or more, or --all")
    return Wanted(frozenset(ids or ()))


def at_most(desk: Desk, place: Place) -> int:
    """Return an upper bound: SQS counts approximately, and a few more may be found."""
    return letters.count(desk.sqs, place) + letters.MOST


def letters_sent(
    desk: Desk, place: Place, wanted: Wanted, rows: Expected, rate: float, dry_run: bool
) -> int:
    began, sent = datetime.now(UTC), 0
    lying = letters.count(desk.sqs, place)
    with letters.held(desk.sqs, place, most=at_most(desk, place)) as found:
        for letter in tracked(found, place.name, total=lying):
            # Younger ones have been sent back by now, and failed again.
            if wanted(letter.id) and letter.sent <= began:
                sent += 1
                if not dry_run:
                    letters.send_back(desk.sqs, letter)
                    rows.expect(place, letter)
                    time.sleep(1 / rate)
    return sent


def objects_published(
    desk: Desk,
    wanted: Wanted,
    rows: Expected,
    rate: float,
    dry_run: bool,
    missing: list[CommitKey],
) -> int:
    """Publish the commits of objects; an object goes when all its commits are published."""
    found = [name for name in objects(desk.s3, desk.bucket) if wanted(name)]
    publication = Publication(wiring.event_bus(), rate)
    for name in tracked(() if dry_run else found, BUCKET):
        keys = keys_of(record_of(desk.s3, desk.bucket, name))
        gone = [key for key in keys if not published(publication, key)]
        missing += gone
        rows.expect_all(key for key in keys if key not in gone)
        if not gone:
            desk.s3.delete_object(Bucket=desk.bucket, Key=name)
    return len(found)


def published(publication: Publication, key: CommitKey) -> bool:
    try:
        publish_recorded(wiring.event_store(), publication, key)
    except (CommitMissing, Unavailable, KeyError, TypeError, ValueError) as error:
        say(f"{key[0]} {key[1]}: {reason_of(error)}", error=True)
        return False
    return True


@app.command(epilog=examples(f'dlq discard {LIST} --all --reason "repaired by hand"'))
def discard(
    names: PlaceArgument = None,
    message: MessageOption = None,
    everything: AllOption = False,
    reason: Annotated[
        str, typer.Option(help="The reason; it is recorded with your name.", show_default=False)
    ] = "",
    environment: EnvironmentOption = "local",
    outputs: OutputsOption = LOCAL_OUTPUTS,
) -> None:
    """Discard dead letters that need no further try. It is first recorded who did it and why.

    On FailureQueue, it takes a failure that was dealt with off the list.
    """
    if not reason.strip():
        raise typer.BadParameter("say why", param_hint="--reason")
    desk = Desk.at(select(environment, outputs))
    if not names:
        raise typer.BadParameter("name the place", param_hint="PLACE")
    wanted, who = chosen(message, everything), str(identity(desk.target))
    done = sum(letters_discarded(desk, place, wanted, reason, who) for place in desk.named(names))
    if BUCKET in names:
        done += objects_discarded(desk, wanted, reason, who)
    say(f"{done} discarded")
    if wanted.not_found():
        raise typer.Exit(1)


def identity(target: Target) -> str:
    """Return the identity of this process in AWS."""
    return str(target.client("sts").get_caller_identity()["Arn"])


def letters_discarded(desk: Desk, place: Place, wanted: Wanted, reason: str, who: str) -> int:
    done = 0
    with letters.held(desk.sqs, place, most=at_most(desk, place)) as found:
        for letter in found:
            if wanted(letter.id) and not is_decision(letter):
                on_record(place.name, what_of(letter), reason, who)
                letters.throw_away(desk.sqs, letter)
                done += 1
    return done


def is_decision(letter: Letter) -> bool:
    """Tell whether the letter records a decision: it stays until the queue's retention ends."""
    return letter.place.name == LIST and doctor.reported(letter).severity is Severity.INFO


def what_of(letter: Letter) -> dict[str, str | int]:
    """Return the key of what is discarded; for a failure on the list its own key and name."""
    if letter.place.name != LIST:
        return letter.key()
    known = doctor.reported(letter)
    return {**known.key, "failure": known.what, "messageId": letter.id}


def objects_discarded(desk: Desk, wanted: Wanted, reason: str, who: str) -> int:
    found = [name for name in objects(desk.s3, desk.bucket) if wanted(name)]
    for name in found:
        for aggregate, sequence in keys_of(record_of(desk.s3, desk.bucket, name)):
            key: dict[str, str | int] = {"aggregateId": aggregate, "eventSequence": sequence}
            on_record(BUCKET, {**key, "object": name}, reason, who)
        desk.s3.delete_object(Bucket=desk.bucket, Key=name)
    return len(found)


def on_record(where: str, key: Mapping[str, str | int], reason: str, who: str) -> None:
    """Record the decision before it is carried out: killed in between, it is recorded twice."""
    decision = failure(Discarded(reason), where=where, key={**key, "by": who})
    wiring.failures().report(decision)
