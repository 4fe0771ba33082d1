"""A mapping reads its stream, without an emulator: time passes as the test says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest

from local.emulator.stream_reader import (
    FOREVER,
    Discarded,
    Policy,
    Record,
    Result,
    StreamReader,
    first_failed,
)

pytestmark = pytest.mark.tools

POLICY = Policy(
    batch_size=4, retries=FOREVER, max_age=FOREVER, bisect=False, reports_failures=False
)


@dataclass
class Stream:
    count: int
    trimmed: int = 0

    def horizon(self) -> int:
        return self.trimmed

    def end(self) -> int:
        return self.count

    def read(self, position: int, limit: int) -> Sequence[Record]:
        return records[max(position, self.trimmed) : min(position + limit, self.count)]


records: list[Record] = [
    {"dynamodb": {"SequenceNumber": str(number), "ApproximateCreationDateTime": 1000 + number}}
    for number in range(20)
]


@dataclass
class Run:
    """A reader, what its function was given, and what was given up."""

    stream: Stream
    poison: set[int] = field(default_factory=set)
    clock: float = 1000.0
    seen: list[list[int]] = field(default_factory=list)
    discarded: list[Discarded] = field(default_factory=list)
    reader: StreamReader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = StreamReader(
            self.stream, self.invoke, self.discarded.append, now=lambda: self.clock
        )

    def invoke(self, batch: Sequence[Record]) -> Result:
        self.seen.append(numbers(batch))
        return {"error": True} if self.poison & set(self.seen[-1]) else {"body": None}

    def steps(self, policy: Policy, count: int = 20, pace: float = 10) -> "Run":
        for _ in range(count):
            self.clock += pace
            if not self.reader.idle():
                self.reader.step(policy)
        return self


def numbers(batch: Sequence[Record]) -> list[int]:
    return [int(record["dynamodb"]["SequenceNumber"]) for record in batch]


def test_a_stream_is_read_in_batches_and_in_order() -> None:
    assert Run(Stream(6)).steps(POLICY).seen == [[0, 1, 2, 3], [4, 5]]


def test_without_a_limit_a_failing_batch_is_tried_for_ever_and_nothing_passes_it() -> None:
    run = Run(Stream(6), poison={1}).steps(POLICY)
    assert run.seen == [[0, 1, 2, 3]] * 20
    assert run.reader.position == 0


def test_after_the_last_retry_the_batch_is_given_up_and_the_next_is_read() -> None:
    run = Run(Stream(6), poison={1}).steps(replace(POLICY, retries=2))
    assert run.seen == [[0, 1, 2, 3]] * 3 + [[4, 5]]
    assert [numbers(given_up.records) for given_up in run.discarded] == [[0, 1, 2, 3]]


def test_halving_uses_up_no_attempt() -> None:
    run = Run(Stream(4), poison={1}).steps(replace(POLICY, retries=0, bisect=True))
    assert run.seen == [[0, 1, 2, 3], [0, 1], [0], [1], [2, 3]]
    assert [numbers(given_up.records) for given_up in run.discarded] == [[1]]


def test_records_too_old_are_given_up_unread() -> None:
    run = Run(Stream(4), clock=1062).steps(replace(POLICY, max_age=60), pace=0)
    assert [numbers(given_up.records) for given_up in run.discarded] == [[0, 1]]
    assert run.discarded[0].condition == "MaxRecordAgeExceeded"
    assert run.seen == [[2, 3]]


def test_a_position_past_the_end_begins_again_at_the_horizon() -> None:
    run = Run(Stream(3))
    run.reader.position = 17
    assert run.steps(POLICY).seen == [[0, 1, 2]]


def test_a_throttled_call_is_no_failure_of_the_records() -> None:
    run = Run(Stream(1))
    answers: Iterator[Result] = iter([{"throttle": True, "error": True}, {"body": None}])
    run.reader.invoke = lambda _: next(answers)
    run.steps(replace(POLICY, retries=0))
    assert run.discarded == []
    assert run.reader.position == 1


def test_the_pause_grows_with_each_failure_up_to_a_limit() -> None:
    run, pauses = Run(Stream(1), poison={0}), []
    for _ in range(7):
        run.reader.step(POLICY)
        pauses.append(run.reader.pause_until - run.clock)
    assert pauses == pytest.approx([0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0])


@pytest.mark.parametrize(
    ("body", "index"),
    [
        (None, None),
        ({}, None),
        ({"batchItemFailures": []}, None),
        ({"batchItemFailures": None}, None),
        ({"batchItemFailures": [{"itemIdentifier": "3"}, {"itemIdentifier": "2"}]}, 2),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, 0),
        ({"batchItemFailures": [{"itemIdentifier": None}]}, 0),
        ({"batchItemFailures": [{"wrongName": "2"}]}, 0),
        ({"batchItemFailures": [{"itemIdentifier": "99"}]}, 0),
    ],
)
def test_what_a_function_reports_is_read_as_aws_reads_it(body: object, index: int | None) -> None:
    # https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
    assert first_failed({"body": body}, records[:4], reports_failures=True) == index
