"""The guards of the system, each with a part that lacks it: the checks must notice."""

import multiprocessing
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from adapters.dynamodb.event_store import DynamoDbEventStore
from adapters.dynamodb.feed import NOTED, PAGES
from adapters.dynamodb.items import Item
from adapters.eventbridge.event_bus import Entry, EventBridgeEventBus
from application.commit import Commit
from application.ports import CommitConflict, Unavailable
from application.publishing.feed import FeedWriter
from application.reading.catch_up import CatchUp
from application.upcasting import UnreadableEvent, major
from application.writing.deferral import Ticket
from application.writing.heads import Head, WarmHeads
from application.writing.identity import Identity
from application.writing.key_times import KeyTimes
from application.writing.receipts import Receipts
from domain.contents import contents
from edge.deliveries.integration import Consumer
from kernel.errors import AggregateNotFound
from kernel.messages import AggregateId
from skafu.simulation.campaign import Hunt, Kind, hunt, warm_up
from skafu.simulation.deferring import TicketTable
from skafu.simulation.feeding import FeedTable
from skafu.simulation.rows import Fields, Rows
from skafu.simulation.system import Parts
from skafu.simulation.table import Table, sequence_of


class Guard(StrEnum):
    """A guard that `skafu simulate --without` leaves out."""

    CONDITIONAL_PUT = "conditional-put"
    IDENTITY = "identity"
    STRONG_READ = "strong-read"
    FAILED_ENTRIES = "failed-entries"
    WHOLE_COMMITS = "whole-commits"
    COMPARE_AND_SET = "compare-and-set"
    EQUALITY = "equality"
    PROJECTION_VERSION = "projection-version"
    HEAD_LAST = "head-last"
    CLAIMS = "claims"
    ONE_OUTCOME = "one-outcome"
    KEY_TIMES = "key-times"
    RECEIPTS = "receipts"
    STATE_VERSION = "state-version"
    EVENT_AGAIN = "event-again"
    EVENT_EARLY = "event-early"
    FEED_PAGE = "feed-page"
    FEED_GAP = "feed-gap"
    FEED_ENDS = "feed-ends"
    KEY_OWNER = "key-owner"
    KEY_AGGREGATE = "key-aggregate"
    MINOR_VERSIONS = "minor-versions"
    MAJOR_VERSIONS = "major-versions"


OF_THE_READ_SIDE = frozenset(
    {
        Guard.FAILED_ENTRIES,
        Guard.WHOLE_COMMITS,
        Guard.COMPARE_AND_SET,
        Guard.EQUALITY,
        Guard.PROJECTION_VERSION,
        Guard.HEAD_LAST,
        Guard.FEED_PAGE,
        Guard.FEED_GAP,
        Guard.FEED_ENDS,
    }
)
"""The guards whose absence narrow schedules notice; the others need clients."""


class OverwritingTable(Table):
    """Puts without a condition: the last writer of a sequence wins."""

    def insert(self, item: Item) -> None:
        stored, place = self._place(item)
        if place < len(stored.items) and stored.sequences[place] == sequence_of(item):
            stored.items[place] = item
        else:
            self._store(stored, place, item)


class SharingTable(Table):
    """Lets several aggregates hold one unique value."""

    def claimed(self, name: str) -> bool:
        return False


class ManyOutcomes(TicketTable):
    """Puts without a condition: the last outcome of a deferred command wins."""

    def holds(self, found: Ticket | None, given: dict[str, Any]) -> bool:
        return True


class ForgetfulStore(DynamoDbEventStore):
    """Does not say whose command a commit was."""

    def append(self, commit: Commit, *, state_due: bool, claim: str | None = None) -> Commit:
        try:
            return anonymous(super().append(commit, state_due=state_due, claim=claim))
        except CommitConflict as conflict:
            raise CommitConflict(anonymous(conflict.winner)) from conflict

    def newest_first(self, aggregate: AggregateId, *, consistent: bool) -> Iterator[Commit]:
        yield from map(anonymous, super().newest_first(aggregate, consistent=consistent))


def anonymous(commit: Commit) -> Commit:
    return Anonymous(**{f.name: getattr(commit, f.name) for f in fields(commit)})


class Anonymous(Commit):
    """A commit with the same hash and without an identity."""

    @property
    def identity(self) -> Identity:
        return "", ""


class UnownedStore(DynamoDbEventStore):
    """Takes a key for a command's own, whoever has used it."""

    def append(self, commit: Commit, *, state_due: bool, claim: str | None = None) -> Commit:
        try:
            return super().append(commit, state_due=state_due, claim=claim)
        except CommitConflict as conflict:
            raise CommitConflict(unowned(conflict.winner)) from conflict

    def newest_first(self, aggregate: AggregateId, *, consistent: bool) -> Iterator[Commit]:
        yield from map(unowned, super().newest_first(aggregate, consistent=consistent))


def unowned(commit: Commit) -> Commit:
    return Unowned(**{f.name: getattr(commit, f.name) for f in fields(commit)})


class Unowned(Commit):
    """A commit that is everybody's."""

    @property
    def identity(self) -> Identity:
        return Everybody(self.actor), self.command_id


class Everybody(str):
    """A principal that equals every other."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return True


class OneTicketPerKey(TicketTable):
    """Does not say for which aggregate a command was deferred."""

    def now(self, key: str) -> Ticket | None:
        found = super().now(key)
        return None if found is None else replace(found, aggregate=None)


class StrictStore(DynamoDbEventStore):
    """Cannot read events of another minor version."""

    def newest_first(self, aggregate: AggregateId, *, consistent: bool) -> Iterator[Commit]:
        versions = contents.aggregate[aggregate.partition("#")[0]].events.versions
        for commit in super().newest_first(aggregate, consistent=consistent):
            for event in commit.stored_events():
                if not self.reads(event["schemaVersion"], versions[event["eventType"]]):
                    raise UnreadableEvent(event["eventType"])
            yield commit

    def reads(self, version: str, today: str) -> bool:
        return major(version) != major(today) or version == today


class OneMajorStore(StrictStore):
    """Cannot read events of another major version."""

    def reads(self, version: str, today: str) -> bool:
        return major(version) == major(today)


class OverwritingFeed(FeedTable):
    """Puts a page without a condition: the last writer of a number wins."""

    def holds(self, found: Item | None, given: dict[str, Any]) -> bool:
        return given["Item"]["feed"]["S"] == PAGES or super().holds(found, given)


class EndlessFeed(FeedTable):
    """Keeps no end of a stream: what was fed is known to the process that fed it."""

    def _insert(self, given: dict[str, Any]) -> None:
        if given["Item"]["feed"]["S"] in (PAGES, NOTED):
            super()._insert(given)


@dataclass
class HastyFeedWriter(FeedWriter):
    """Feeds the commits that it is given, whatever is missing before and between them."""

    def _beyond(self, aggregate: AggregateId, commits: list[Commit]) -> list[Commit]:
        end = self._end(aggregate)
        return [commit for commit in commits if commit.first_sequence > end]


class CarelessConsumer(Consumer):
    """Takes an event for done with when the command could not be run."""

    def __call__(self, record: SQSRecord) -> None:
        with suppress(Unavailable):
            super().__call__(record)


class ImpatientConsumer(Consumer):
    """Refuses what is about something that is not recorded yet."""

    def __call__(self, record: SQSRecord) -> None:
        with suppress(AggregateNotFound):
            super().__call__(record)


class WeakStore(DynamoDbEventStore):
    """Every read is eventually consistent."""

    def newest_first(self, aggregate: AggregateId, *, consistent: bool) -> Iterator[Commit]:
        return super().newest_first(aggregate, consistent=False)


class ShortSightedStore(DynamoDbEventStore):
    """Bounds the time of a commit's own key, and forgets those of the keys before."""

    def append(self, commit: Commit, *, state_due: bool, claim: str | None = None) -> Commit:
        own = replace(
            commit, key_times=KeyTimes().after(commit.identity, commit.timestamp).encode()
        )
        return super().append(own, state_due=state_due, claim=claim)


class ForgetfulHeads(WarmHeads):
    """Forgets which commands were recorded, and still claims to know them all."""

    def __setitem__(self, stream: AggregateId, head: Head[Any]) -> None:
        super().__setitem__(stream, replace(head, receipts=Receipts()))


class AnyStateStore(DynamoDbEventStore):
    """Takes a stored state of any version for one of today's."""

    def newest_first(self, aggregate: AggregateId, *, consistent: bool) -> Iterator[Commit]:
        todays = contents.aggregate[aggregate.partition("#")[0]].state_version
        for commit in super().newest_first(aggregate, consistent=consistent):
            yield replace(commit, state_version=todays)


class CarelessBus(EventBridgeEventBus):
    """Takes HTTP 200 as success."""

    def _rejected(self, batch: list[tuple[int, Entry]]) -> list[tuple[int, Entry]]:
        super()._rejected(batch)
        return []


class KeyRangeStore(DynamoDbEventStore):
    """Reads on from the next sequence, not from the commit that contains it."""

    def read(self, aggregate: AggregateId, from_sequence: int = 1) -> Iterator[Commit]:
        yield from self._forward(aggregate, from_sequence)


class UnconditionalRows(Rows):
    """Updates rows without a condition."""

    def holds(self, condition: Any, before: Fields | None, given: Fields) -> bool:  # noqa: ANN401 - GraphQL
        return True


class NewerRows(Rows):
    """Updates what is older, as `condition: {version: {lt: …}}` would."""

    def holds(self, condition: Any, before: Fields | None, given: Fields) -> bool:  # noqa: ANN401 - GraphQL
        if before is None or before["projectionVersion"] != given["projectionVersion"]:
            return True
        return bool(before["version"] < given["version"])


class OneReleaseRows(Rows):
    """Ignores the projection version of rows."""

    def holds(self, condition: Any, before: Fields | None, given: Fields) -> bool:  # noqa: ANN401 - GraphQL
        return super().holds(
            {"version": condition["version"]} if condition else None, before, given
        )

    def _get(self, key: Any) -> Fields | None:  # noqa: ANN401 - as in Rows
        row = super()._get(key)
        return None if row is None else {**row, "projectionVersion": 1}


@dataclass(frozen=True, slots=True)
class HeadFirst(CatchUp):
    """Writes the head before the rows that it vouches for."""

    def _write(self, rows: Any) -> int:  # noqa: ANN401 - private to application.catch_up
        for key, row in reversed(rows.changed()):
            replaces = rows.before[key]
            if replaces is None:
                self.rows.create(key, row)
            else:
                self.rows.update(key, row, replaces)
        return len(rows.changed())


WITHOUT: dict[Guard, Parts] = {
    Guard.CONDITIONAL_PUT: Parts(table=OverwritingTable),
    Guard.IDENTITY: Parts(command_store=ForgetfulStore),
    Guard.STRONG_READ: Parts(command_store=WeakStore),
    Guard.FAILED_ENTRIES: Parts(bus=CarelessBus),
    Guard.WHOLE_COMMITS: Parts(projector_store=KeyRangeStore),
    Guard.COMPARE_AND_SET: Parts(rows=UnconditionalRows),
    Guard.EQUALITY: Parts(rows=NewerRows),
    Guard.PROJECTION_VERSION: Parts(rows=OneReleaseRows),
    Guard.HEAD_LAST: Parts(catch_up=HeadFirst),
    Guard.CLAIMS: Parts(table=SharingTable),
    Guard.ONE_OUTCOME: Parts(tickets=ManyOutcomes),
    Guard.KEY_TIMES: Parts(command_store=ShortSightedStore),
    Guard.RECEIPTS: Parts(warm=ForgetfulHeads),
    Guard.STATE_VERSION: Parts(command_store=AnyStateStore),
    Guard.EVENT_AGAIN: Parts(consumer=CarelessConsumer),
    Guard.EVENT_EARLY: Parts(consumer=ImpatientConsumer),
    Guard.FEED_PAGE: Parts(feed_table=OverwritingFeed),
    Guard.FEED_GAP: Parts(feed_writer=HastyFeedWriter),
    Guard.FEED_ENDS: Parts(feed_table=EndlessFeed),
    Guard.KEY_OWNER: Parts(command_store=UnownedStore),
    Guard.KEY_AGGREGATE: Parts(tickets=OneTicketPerKey),
    Guard.MINOR_VERSIONS: Parts(command_store=StrictStore),
    Guard.MAJOR_VERSIONS: Parts(command_store=OneMajorStore),
}


def needed(guard: Guard) -> bool:
    """Tell whether this domain needs the guard: not every one has claims, or several rows."""
    match guard:
        case Guard.CLAIMS:
            return any(kind.unique for kind in contents.aggregates)
        case Guard.HEAD_LAST:
            return any(len(projection.models) > 1 for projection in contents.projections)
        case Guard.MAJOR_VERSIONS:
            return any(kind.events.upcasters for kind in contents.aggregates)
        case _:
            return True


def kind_for(guard: Guard) -> Kind:
    """Return the schedules that notice soonest when the guard is left out."""
    return Kind.NARROW if guard in OF_THE_READ_SIDE else Kind.WHOLE


def noticed(guard: Guard, seed: int, schedules: int, kind: Kind | None) -> tuple[Guard, Hunt]:
    """Hunt without the guard, in schedules of its own kind unless another is given."""
    return guard, hunt(WITHOUT[guard], seed, schedules, kind or kind_for(guard))


def all_noticed(
    seed: int, schedules: int, jobs: int, kind: Kind | None
) -> Iterator[tuple[Guard, Hunt]]:
    """Leave out one guard after the other; yield how each was noticed, as it is."""
    guards = [guard for guard in Guard if needed(guard)]
    run = partial(noticed, seed=seed, schedules=schedules, kind=kind)
    with multiprocessing.get_context("spawn").Pool(jobs, warm_up) as pool:
        yield from pool.imap(run, guards)
