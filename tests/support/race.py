"""Many writers at once, each command delivered several times, over a store that lags and doubts.

Everything random comes from one seed, except how the machine interleaves the threads.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Lock
from uuid import UUID

from application.commit import GENESIS, Commit
from application.ports import CommitConflict, EventStore, Unavailable
from application.writing.execute import Executor
from application.writing.requests import Accepted, Request
from kernel.messages import AggregateId
from tests.support.fakes import LaggingStore
from tests.support.kitchen.builders import change, make, rename
from tests.support.kitchen.commands import TeapotCommand
from tests.support.kitchen.events import TeapotEvent
from tests.support.kitchen.teapot import Teapot, teapot
from tests.support.requests import request, uuid7

TeapotExecutor = Executor[Teapot, TeapotCommand, TeapotEvent]
SPEED = 60  # simulated seconds a second, so that look-backs end within the race
RETRY_AFTER = 1  # seconds, as the API asks for
SKEW = 60  # seconds, by which the writers' clocks may differ
STALE, AMBIGUOUS, COLD = 0.5, 0.2, 0.5  # of loads, of writes, of deliveries


@dataclass(frozen=True)
class Shape:
    """The size of a race."""

    writers: int
    commands: int  # of each writer
    aggregates: int
    deliveries: int = 3
    seed: int = 1
    patience: float = 1 / 8  # of each wait: how far the store is, in DynamoDBs


@dataclass
class Command:
    """One command and its key, which is made when it is sent for the first time."""

    stream: AggregateId
    body: TeapotCommand
    number: int
    _key: str = ""
    _lock: Lock = field(default_factory=Lock)

    def request(self, now: datetime) -> Request[TeapotCommand]:
        with self._lock:
            self._key = self._key or uuid7(now, self.number)
        return request(self.body, self._key, stream=self.stream)


@dataclass(frozen=True)
class Delivered:
    """One delivery and its answer; the times are those of one real clock."""

    asked: Request[TeapotCommand]
    answer: Accepted
    began: float
    ended: float


@dataclass
class DoubtfulStore:
    """A fifth of the appends time out: not stored, stored all the same, or stored later on."""

    inner: EventStore
    dice: random.Random
    struck: Counter[str]
    late: list[Commit] = field(default_factory=list)

    def append(self, commit: Commit, *, state_due: bool, claim: str | None = None) -> Commit:
        self.land_late()
        if self.dice.random() >= AMBIGUOUS:
            return self._append(commit, state_due)
        fate = self.dice.choice(["lost", "stored", "late"])
        self.struck[fate] += 1
        if fate == "stored":
            self._append(commit, state_due)
        if fate == "late":
            self.late.append(commit)
        raise Unavailable(fate)

    def _append(self, commit: Commit, state_due: bool) -> Commit:
        try:
            return self.inner.append(commit, state_due=state_due)
        except CommitConflict:
            self.struck["conflicts"] += 1
            raise

    def land_late(self) -> None:
        """A write that its sender has given up may still arrive."""
        while self.late:
            try:
                self.inner.append(self.late.pop(), state_due=False)
                self.struck["landed late"] += 1
            except CommitConflict:
                self.struck["came too late"] += 1

    def newest_first(self, aggregate: AggregateId, *, consistent: bool) -> Iterator[Commit]:
        self.struck["strong loads" if consistent else "weak loads"] += 1
        return self.inner.newest_first(aggregate, consistent=consistent)

    def back_from(self, aggregate: AggregateId, sequence: int) -> Iterator[Commit]:
        return self.inner.back_from(aggregate, sequence)

    def read(self, aggregate: AggregateId, from_sequence: int = 1) -> Iterator[Commit]:
        return self.inner.read(aggregate, from_sequence)

    def heads(self) -> Iterator[tuple[AggregateId, int]]:
        return self.inner.heads()


@dataclass
class Writer:
    """A process: its own clock, its own warm heads, its own luck."""

    store: EventStore
    dice: random.Random
    patience: float
    struck: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        skew = timedelta(seconds=self.dice.uniform(-SKEW, SKEW))
        self.doubtful = DoubtfulStore(LaggingStore(self.store, self._lag), self.dice, self.struck)
        self.executor: TeapotExecutor = Executor(
            self.doubtful, teapot, lambda: simulated_now() + skew, {}, sleep=self._nap
        )

    def deliver_all(self, commands: Sequence[Command]) -> list[Delivered]:
        return [self.deliver(command) for command in commands]

    def deliver(self, command: Command) -> Delivered:
        """Sent until it is answered, now and then by a process that has just started."""
        if self.dice.random() < COLD:
            self.executor.warm.clear()
        began = time.monotonic()
        asked = command.request(simulated_now())
        while True:
            try:
                answer = self.executor.execute(asked)
            except Unavailable:
                self.struck["sent again"] += 1
                self._nap(self.dice.uniform(0, RETRY_AFTER))
            else:
                return Delivered(asked, answer, began, time.monotonic())

    def _nap(self, seconds: float) -> None:
        time.sleep(seconds * self.patience)

    def _lag(self) -> int:
        if self.dice.random() >= STALE:
            return 0
        self.struck["stale pages"] += 1
        return self.dice.randint(1, 6)


START = time.monotonic()
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def simulated_now() -> datetime:
    return EPOCH + timedelta(seconds=(time.monotonic() - START) * SPEED)


@dataclass(frozen=True)
class Race:
    """A race that was run: what was asked, what was answered, what struck."""

    shape: Shape
    delivered: list[Delivered]
    struck: Counter[str]
    seconds: float

    def figures(self, name: str) -> str:
        struck = ", ".join(f"{number} {what}" for what, number in sorted(self.struck.items()))
        size = f"{self.shape.writers} writers x {self.shape.commands} commands"
        return (
            f"{name}: {size} on {self.shape.aggregates}, {len(self.delivered)} deliveries "
            f"in {self.seconds:.1f} s, seed {self.shape.seed}; {struck}\n"
        )


def run(store: EventStore, shape: Shape) -> Race:
    dice = random.Random(shape.seed)
    streams = [create_teapot(store, number) for number in range(shape.aggregates)]
    writers = [
        Writer(store, random.Random(dice.random()), shape.patience) for _ in range(shape.writers)
    ]
    began = time.monotonic()
    with ThreadPoolExecutor(shape.writers) as threads:
        delivered = list(threads.map(Writer.deliver_all, writers, plan(shape, streams, dice)))
    for writer in writers:
        writer.doubtful.land_late()
    struck = sum((writer.struck for writer in writers), Counter[str]())
    return Race(shape, [d for each in delivered for d in each], struck, time.monotonic() - began)


def create_teapot(store: EventStore, number: int) -> AggregateId:
    stream = AggregateId(f"TEAPOT#{UUID(int=number)}")
    executor: TeapotExecutor = Executor(store, teapot, simulated_now, {})
    executor.execute(request(make(), uuid7(simulated_now(), number), stream=stream))
    return stream


def plan(shape: Shape, streams: Sequence[AggregateId], dice: random.Random) -> list[list[Command]]:
    """For each writer what it delivers: its own commands, and those of its neighbours again."""
    numbers = count(1000)
    own = [
        [command(next(numbers), dice.choice(streams), dice) for _ in range(shape.commands)]
        for _ in range(shape.writers)
    ]
    return [
        [
            each
            for turn in zip(
                *(own[(n + d) % shape.writers] for d in range(shape.deliveries)), strict=True
            )
            for each in dice.sample(turn, len(turn))
        ]
        for n in range(shape.writers)
    ]


def command(number: int, stream: AggregateId, dice: random.Random) -> Command:
    """Always something new, so that each records one event or two."""
    name = f"Teapot {number}"
    body = rename(name) if dice.random() < 0.5 else change(name=name, description=name)
    return Command(stream, body, number)


def anomalies(race: Race, streams: dict[AggregateId, list[Commit]]) -> list[str]:
    """Everything that should not be; nothing when history is as promised."""
    return [
        *(fault for commits in streams.values() for fault in broken_chain(commits)),
        *wrong_counts(race, streams),
        *wrong_answers(race, streams),
        *(fault for stream in streams for fault in against_time(race, stream)),
    ]


def broken_chain(commits: Sequence[Commit]) -> Iterator[str]:
    version, previous, timestamp = 0, GENESIS, ""
    for commit in commits:
        if commit.first_sequence != version + 1:
            yield f"gap: {commit.first_sequence} after {version}"
        if commit.previous_hash != previous:
            yield f"hash: {commit.first_sequence} does not follow its predecessor"
        if commit.timestamp < timestamp:
            yield f"time: {commit.first_sequence} is earlier than its predecessor"
        version, previous, timestamp = commit.last_sequence, commit.hash(), commit.timestamp


def wrong_counts(race: Race, streams: dict[AggregateId, list[Commit]]) -> Iterator[str]:
    """Every command once, and nothing else but the creations."""
    asked = {(d.asked.aggregate_id, d.asked.metadata.command_id) for d in race.delivered}
    recorded = Counter(
        (stream, commit.command_id) for stream, commits in streams.items() for commit in commits[1:]
    )
    yield from (f"doubled: {key} {times} times" for key, times in recorded.items() if times > 1)
    yield from (f"lost: {key}" for key in asked - set(recorded))
    yield from (f"unasked: {key}" for key in set(recorded) - asked)


def wrong_answers(race: Race, streams: dict[AggregateId, list[Commit]]) -> Iterator[str]:
    """Each delivery was answered with what its command recorded."""
    right = {
        (stream, c.command_id): (c.last_sequence, c.timestamp)
        for stream, commits in streams.items()
        for c in commits
    }
    for delivered in race.delivered:
        key = delivered.asked.aggregate_id, delivered.asked.metadata.command_id
        if (delivered.answer.version, delivered.answer.timestamp) != right.get(key):
            yield f"answer: {key} was told {delivered.answer.version}"


def against_time(race: Race, stream: AggregateId) -> Iterator[str]:
    """A command sent after another was answered comes after it in the stream (linearizability)."""
    first_sent: dict[str, float] = {}
    first_answered: dict[str, float] = {}
    version: dict[str, int] = {}
    for d in (d for d in race.delivered if d.asked.aggregate_id == stream):
        key = d.asked.metadata.command_id
        first_sent[key] = min(d.began, first_sent.get(key, d.began))
        first_answered[key] = min(d.ended, first_answered.get(key, d.ended))
        version[key] = d.answer.version
    answered = sorted(first_answered, key=first_answered.__getitem__)
    newest, waiting = 0, iter(answered)
    upcoming = next(waiting, None)
    for key in sorted(first_sent, key=first_sent.__getitem__):
        while upcoming is not None and first_answered[upcoming] < first_sent[key]:
            newest = max(newest, version[upcoming])
            upcoming = next(waiting, None)
        if version[key] < newest:
            yield f"order: {key} at {version[key]} was sent after {newest} had been answered"


def history(store: EventStore) -> dict[AggregateId, list[Commit]]:
    return {stream: list(store.read(stream)) for stream, _ in store.heads()}
