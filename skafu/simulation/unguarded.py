"""Parts of a schedule, each of which lacks one guard."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from botocore.exceptions import ClientError

from adapters.appsync.read_models import AppSyncReadModels, to_graphql
from adapters.appsync.session import run
from adapters.dynamodb.event_store import DynamoDbEventStore
from adapters.dynamodb.feed import NOTED, PAGES
from adapters.dynamodb.items import Item
from adapters.eventbridge.event_bus import Entry as BusEntry
from adapters.eventbridge.event_bus import EventBridgeEventBus
from application.commit import Commit
from application.folding import holds_state
from application.ports import CommitConflict, RowConflict, StoredRow, Unavailable
from application.privacy.forgetting import Forgetting, NotifiedPage, StreamsPage
from application.privacy.subject_keys import SubjectKey, SubjectKeys
from application.publishing.feed import FeedWriter
from application.reading.catch_up import CatchUp
from application.reading.gathering import Gathering, Step, Way, share
from application.reading.words import Entry, Words
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
from kernel.projection import Row, RowKey
from skafu.simulation.deferring import TicketTable
from skafu.simulation.feeding import FeedTable
from skafu.simulation.keys import KeyTable
from skafu.simulation.rows import Fields, Rows
from skafu.simulation.table import Table, sequence_of
from skafu.simulation.wording import WordItems

LATE = (0, 10, 50)  # steps


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


class StrictClaims(DynamoDbEventStore):
    """Takes a claim that another transaction is at for an error."""

    def _put_with_claim(self, put: Any, claim: str) -> None:  # noqa: ANN401 - boto3's own arguments
        try:
            super()._put_with_claim(put, claim)
        except Unavailable as contended:
            if isinstance(contended.__cause__, ClientError):
                raise contended.__cause__ from None
            raise


class HastyClaims(DynamoDbEventStore):
    """Believes an eventually consistent read that a unique value has no holder."""

    def holder(self, claim: str) -> AggregateId | None:
        return self._holder(claim, consistent=False)


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


class CutStore(DynamoDbEventStore):
    """Takes the state that a commit holds for the state after each of its events."""

    def back_from(self, aggregate: AggregateId, sequence: int) -> Iterator[Commit]:
        kind = contents.aggregate[aggregate.partition("#")[0]]
        for commit in super().back_from(aggregate, sequence):
            inside = holds_state(kind, commit) and commit.last_sequence > sequence
            until = sequence if inside else commit.last_sequence
            yield replace(commit, count=until - commit.first_sequence + 1)


class CarelessBus(EventBridgeEventBus):
    """Takes HTTP 200 as success."""

    def _rejected(self, batch: list[tuple[int, BusEntry]]) -> list[tuple[int, BusEntry]]:
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


class OverwritingRows(AppSyncReadModels):
    """Updates rows without a condition, for the reconciler alone."""

    def update(self, key: RowKey, row: Row, replaces: StoredRow) -> None:
        given = {**to_graphql(self._schema, key.model, row), "id": key.id}
        run(self._session, self._document("update", key.model), {"input": given})


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
        changed = rows.changed(self._opened)
        for key, row in reversed(changed):
            replaces = rows.before[key]
            if replaces is None:
                self.rows.create(key, row)
            else:
                self.rows.update(key, row, replaces)
        return len(changed) + self._gather(rows.after)


class WordsLast(CatchUp):
    """Writes the words of a row once its head says that they are there."""

    def _finish(self, aggregate: AggregateId, rows: Any, start: int) -> int:  # noqa: ANN401 - private to application.catch_up
        without = replace(self, words=NoWords.of(self.words))
        written = CatchUp._finish(without, aggregate, rows, start)
        if self.words and rows.worded:
            self.words.bring(aggregate)
        return written


class NoWords(Words):
    """Knows of an event that words change, and writes nothing."""

    @classmethod
    def of(cls, words: Words | None) -> "NoWords | None":
        if words is None:
            return None
        return cls(words.index, words.store, words.projection, words.listing)

    def bring(self, aggregate: AggregateId) -> int:
        return 0


class OverwritingWords(WordItems):
    """Puts words without a condition, and mostly late."""

    def put(self, key: RowKey, entry: Entry, replaces: Entry | None) -> None:
        for _ in range(self._world.rng.choice(LATE)):
            self._world.pause()
        WordItems.put(self, key, entry, replaces)

    def store(self, key: RowKey, entry: Entry, replaces: Entry | None) -> None:
        WordItems.store(self, key, entry, self.found.get(key))


class UnorderedSums(CatchUp):
    """Takes what was contributed last for the newest."""

    def _gather(self, rows: Any) -> int:  # noqa: ANN401 - private to application.catch_up
        known = self.gathering
        gathering = known and AnyOrder(known.rows, known.projection, known.summary, known.lock)
        return CatchUp._gather(replace(self, gathering=gathering), rows)


class AnyOrder(Gathering):
    def way(self, *given: Any) -> Way:  # noqa: ANN401 - passed on
        return AnyOrderWay(self, *given)


class AnyOrderWay(Way):
    def wanted(self, step: Step) -> dict[str, Any]:
        return share(self.shares, self.whose)


class HastyRepair(CatchUp):
    """Rebuilds once: when another projector was first, its rows are taken for mended."""

    def rebuild(self, aggregate: AggregateId) -> int:
        head = self.rows.get(self.projection.head(aggregate))
        with suppress(RowConflict):
            return self._write_fold(aggregate, head, start=1)
        return 0


class LateKeys(SubjectKeys):
    """Counts the lifetime of a key from the moment at which it was opened."""

    def _cache(self, subject: str, key: SubjectKey | None, asked: float) -> Any:  # noqa: ANN401 - private to it
        return super()._cache(subject, key, self.monotonic())


class RenewingKeys(KeyTable):
    """Stores a new key without a condition, where a tombstone is as well."""

    def is_free(self, subject: str) -> bool:
        return True


class HastyForgetting(Forgetting):
    """Notes how far it came, past a stream that it could not notify."""

    def _notify(self, subject: str, page: StreamsPage, known: set[AggregateId]) -> NotifiedPage:
        notified = super()._notify(subject, page, known)
        if notified.failed:
            self.table.record_progress(subject, page.position, None)
        return notified
