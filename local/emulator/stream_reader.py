"""Lambda's reader of one shard of a DynamoDB stream for one event source mapping.

https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html and
…/with-ddb.html: a batch that fails is retried, from the lowest failed record when the function says
which; it is halved when the mapping bisects (which uses up no attempt); when attempts or age are
used up its records go to the on-failure destination. A position moves only when the records before
it are done with, so that every record is delivered at least once.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Record = Mapping[str, Any]
FOREVER = -1
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0


class Stream(Protocol):
    """The records of one table's stream, numbered from its beginning."""

    def horizon(self) -> int: ...
    def end(self) -> int: ...
    def read(self, position: int, limit: int) -> Sequence[Record]: ...


@dataclass(frozen=True)
class Policy:
    """The settings of an event source mapping that concern failures."""

    batch_size: int
    retries: int
    max_age: int
    bisect: bool
    reports_failures: bool

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> "Policy":
        return cls(
            batch_size=int(mapping.get("BatchSize") or 100),
            retries=limit_of(mapping.get("MaximumRetryAttempts")),
            max_age=limit_of(mapping.get("MaximumRecordAgeInSeconds")),
            bisect=str(mapping.get("BisectBatchOnFunctionError", False)).lower() == "true",
            reports_failures="ReportBatchItemFailures"
            in (mapping.get("FunctionResponseTypes") or ()),
        )


def limit_of(setting: object) -> int:
    return FOREVER if setting in (None, "") else int(str(setting))


@dataclass(frozen=True)
class Range:
    """Some records of the stream, and how often the function has failed on the first of them."""

    start: int
    end: int
    failures: int = 0


@dataclass(frozen=True)
class Discarded:
    """Records given up, for the on-failure destination."""

    records: Sequence[Record]
    condition: str
    invocations: int
    result: Mapping[str, Any]


Result = Mapping[str, Any]


@dataclass
class StreamReader:
    """Reads one stream for one mapping; `step` is called by one thread at a time."""

    stream: Stream
    invoke: Callable[[Sequence[Record]], Result]
    discard: Callable[[Discarded], None]
    matches: Callable[[Record], bool] = lambda _: True
    # Of a batch that went well, how many records (the last ones) come a second time: a fault, see
    # faults.py.
    repeated: Callable[[int], int] = lambda _: 0
    now: Callable[[], float] = time.time
    position: int = 0
    pause_until: float = 0.0
    outcome: str = "No records processed"
    _waiting: list[Range] = field(default_factory=list)

    def idle(self) -> bool:
        return self.now() < self.pause_until or (
            not self._waiting and self._start() >= self.stream.end()
        )

    def step(self, policy: Policy) -> None:
        """Handle one batch, or what is left of one."""
        part = self._next(policy)
        if expired := expired_prefix(self._records(part), policy.max_age, self.now()):
            return self._expire(part, expired)
        records = [record for record in self._records(part) if self.matches(record)]
        if not records:
            return self._done(part)
        result = self.invoke(records)
        if result.get("throttle"):
            return self._pause(part.failures)
        failed = first_failed(result, records, policy.reports_failures)
        if failed is None:
            return self._succeeded(part, records)
        self._failed(part, records[failed], result, policy)

    def _start(self) -> int:
        """Expired records are gone; a position past the end was saved for records that were not."""
        if not self.stream.horizon() <= self.position <= self.stream.end():
            self.position, self._waiting = self.stream.horizon(), []
        return self.position

    def _next(self, policy: Policy) -> Range:
        start = self._start()
        if not self._waiting:
            self._waiting = [Range(start, start + len(self.stream.read(start, policy.batch_size)))]
        return self._waiting[-1]

    def _records(self, part: Range) -> Sequence[Record]:
        return self.stream.read(part.start, part.end - part.start)

    def _become(self, part: Range, *parts: Range) -> None:
        """Put `parts`, in the order of the stream, in the place of the range that was being
        handled.
        """
        self._waiting[-1:] = reversed([rest for rest in parts if rest.start < rest.end])
        self.position = self._waiting[-1].start if self._waiting else part.end

    def _done(self, part: Range) -> None:
        self._become(part)
        self.pause_until = 0.0

    def _pause(self, failures: int) -> None:
        self.pause_until = self.now() + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures, 10))

    def _succeeded(self, part: Range, records: Sequence[Record]) -> None:
        self.outcome = f"OK - {len(records)} records"
        self.pause_until = 0.0
        self._become(part, Range(part.end - self.repeated(part.end - part.start), part.end))

    def _expire(self, part: Range, expired: Sequence[Record]) -> None:
        self.discard(Discarded(expired, "MaxRecordAgeExceeded", part.failures, {}))
        self._become(part, Range(part.start + len(expired), part.end))

    def _failed(self, part: Range, record: Record, result: Result, policy: Policy) -> None:
        self.outcome = "PROBLEM: Function call failed"
        start = part.start + position_of(record, self._records(part))
        progress = start > part.start
        rest = Range(start, part.end, 1 if progress else part.failures + 1)
        if policy.bisect and not progress and rest.end - start > 1:
            self._become(part, *halves(part))
        elif policy.retries != FOREVER and rest.failures > policy.retries:
            self._give_up(rest, result)
        else:
            self._become(part, rest)
        self._pause(rest.failures)

    def _give_up(self, rest: Range, result: Result) -> None:
        records = [record for record in self._records(rest) if self.matches(record)]
        self.discard(Discarded(records, "RetryAttemptsExhausted", rest.failures, result))
        self._done(rest)


def halves(part: Range) -> tuple[Range, Range]:
    """Splitting uses up no attempt."""
    middle = (part.start + part.end) // 2
    return Range(part.start, middle, part.failures), Range(middle, part.end, part.failures)


def position_of(record: Record, records: Sequence[Record]) -> int:
    return next(index for index, candidate in enumerate(records) if candidate is record)


def sequence_number(record: Record) -> str:
    return str(record["dynamodb"]["SequenceNumber"])


def created(record: Record) -> float:
    return float(record["dynamodb"]["ApproximateCreationDateTime"])


def expired_prefix(records: Sequence[Record], max_age: int, now: float) -> Sequence[Record]:
    count = 0
    while max_age != FOREVER and count < len(records) and now - created(records[count]) > max_age:
        count += 1
    return records[:count]


def first_failed(result: Result, records: Sequence[Record], reports_failures: bool) -> int | None:
    """Index of the record from which the batch is to be retried; None when all went well."""
    if result.get("error"):
        return 0
    reported = reported_failures(result.get("body")) if reports_failures else ()
    if not reported:
        return None
    numbers = [sequence_number(record) for record in records]
    known = [numbers.index(number) for number in reported if number in numbers]
    # An identifier that names no record of the batch makes the whole batch a failure.
    return min(known) if len(known) == len(reported) else 0


def reported_failures(body: object) -> Sequence[object]:
    """The identifiers in `{"batchItemFailures": [{"itemIdentifier": …}]}`; what is malformed counts
    as None.
    """
    failures = body.get("batchItemFailures") if isinstance(body, Mapping) else None
    if not isinstance(failures, Sequence):
        return ()
    return [item.get("itemIdentifier") if isinstance(item, Mapping) else None for item in failures]
