"""EventBridge: packing, and sending exactly the failed entries again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from adapters.eventbridge.event_bus import (
    ATTEMPTS,
    MAX_BYTES,
    MAX_ENTRIES,
    EventBridgeEventBus,
    EventBridgeFailureSink,
    entry_size,
    packed,
)
from application.failures import Failure

Answer = dict[str, Any]


@dataclass
class Events:
    """A client that answers as it is told, then takes everything."""

    answers: Sequence[Sequence[bool] | Exception] = ()
    sent: list[list[dict[str, Any]]] = field(default_factory=list)

    def put_events(self, *, Entries: list[dict[str, Any]]) -> Answer:  # noqa: N803 - boto3's name
        self.sent.append(Entries)
        told = self.answers[len(self.sent) - 1 : len(self.sent)]
        taken = told[0] if told else [True] * len(Entries)
        if isinstance(taken, Exception):
            raise taken
        results = [{"EventId": "1"} if ok else {"ErrorCode": "ThrottlingException"} for ok in taken]
        return {"FailedEntryCount": list(taken).count(False), "Entries": results}

    def sequences(self) -> list[list[int]]:
        """The event sequences of each call."""
        return [[json.loads(e["Detail"])["eventSequence"] for e in call] for call in self.sent]


def refusal(code: str) -> ClientError:
    metadata: Any = {"HTTPStatusCode": 400}
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": metadata}, "PutEvents")


def envelope(sequence: int, padding: int = 0) -> dict[str, Any]:
    return {
        "aggregateType": "Teapot",
        "eventType": "TeapotRenamed",
        "eventSequence": sequence,
        "data": "x" * padding,
    }


def bus(client: Events, naps: list[float] | None = None) -> EventBridgeEventBus:
    return EventBridgeEventBus(client, "events", sleep=(naps if naps is not None else []).append)  # type: ignore[arg-type] # stands for boto3's client


@pytest.mark.feature("P1")
def test_an_event_is_an_entry_of_its_context_and_type() -> None:
    client = Events()
    bus(client).put([envelope(1)])

    (entry,) = client.sent[0]
    assert (entry["EventBusName"], entry["Source"]) == ("events", "skafu.teapot")
    assert entry["DetailType"] == "TeapotRenamed"
    assert json.loads(entry["Detail"]) == envelope(1)


@pytest.mark.feature("P11")
def test_entries_go_ten_at_a_time_in_order() -> None:
    client = Events()
    bus(client).put([envelope(n) for n in range(23)])

    assert client.sequences() == [[*range(10)], [*range(10, 20)], [20, 21, 22]]


def test_large_entries_go_by_bytes() -> None:
    client = Events()
    bus(client).put([envelope(n, padding=100_000) for n in range(5)])

    assert client.sequences() == [[0, 1], [2, 3], [4]]


def test_an_entry_that_is_too_large_goes_alone_and_first() -> None:
    client = Events()
    bus(client).put([envelope(0, padding=300_000), envelope(1)])

    assert client.sequences() == [[0], [1]]


@pytest.mark.feature("P13")
class TestEntriesThatFail:
    def test_are_sent_again_and_no_others(self) -> None:
        client = Events([[True, False, True, False], [True, False]])
        failed = bus(client).put([envelope(n) for n in range(4)])

        assert client.sequences() == [[0, 1, 2, 3], [1, 3], [3]]
        assert failed == []

    def test_for_good_are_named_by_their_index(self) -> None:
        client = Events([[True, False, True]] + [[False]] * (ATTEMPTS - 1))
        failed = bus(client).put([envelope(n) for n in range(3)])

        assert failed == [1]

    def test_hold_up_no_later_batch(self) -> None:
        client = Events([[False] * MAX_ENTRIES] * ATTEMPTS)
        failed = bus(client).put([envelope(n) for n in range(12)])

        assert failed == list(range(10))
        assert client.sequences()[-1] == [10, 11]

    def test_all_at_once_are_sent_again(self) -> None:
        client = Events([refusal("ThrottlingException")])

        assert bus(client).put([envelope(1), envelope(2)]) == []
        assert client.sequences() == [[1, 2], [1, 2]]

    def test_wait_longer_each_time(self) -> None:
        naps: list[float] = []
        bus(Events([[False]] * ATTEMPTS), naps).put([envelope(1)])

        assert naps == pytest.approx([0.1, 0.2, 0.4])
        assert len(naps) == ATTEMPTS - 1


@given(st.lists(st.integers(0, 70_000), max_size=40))
def test_packing_keeps_order_and_both_caps(paddings: list[int]) -> None:
    entries = [
        (n, {"Source": "s", "DetailType": "t", "Detail": "x" * padding})
        for n, padding in enumerate(paddings)
    ]
    batches = list(packed(entries))

    assert list(chain(*batches)) == entries
    assert all(0 < len(batch) <= MAX_ENTRIES for batch in batches)
    assert all(sum(entry_size(entry) for _, entry in batch) <= MAX_BYTES for batch in batches)


def test_a_batch_is_full_to_the_last_byte() -> None:
    half = {"Source": "s", "DetailType": "t", "Detail": "x" * (MAX_BYTES // 2 - 2)}

    assert [len(batch) for batch in packed([(n, half) for n in range(4)])] == [2, 2]


def test_sizes_are_counted_in_bytes() -> None:
    assert entry_size({"Source": "s", "DetailType": "t", "Detail": "🫖"}) == 6


@pytest.mark.feature("P2", "O7")
class TestFailureSink:
    FAILURE = Failure("RecordNotPublished", "Publisher", "KeyError: 'actor'", key={"a": 1})

    def test_a_failure_is_one_entry_of_the_error_bus(self) -> None:
        client = Events()
        EventBridgeFailureSink(client, "errors").report(self.FAILURE)  # type: ignore[arg-type] # stands for boto3's client

        ((entry,),) = client.sent
        assert (entry["EventBusName"], entry["DetailType"]) == ("errors", "RecordNotPublished")
        assert json.loads(entry["Detail"]) == self.FAILURE.to_dict()

    def test_a_failure_that_is_not_taken_is_raised(self) -> None:
        with pytest.raises(RuntimeError, match="RecordNotPublished was not reported"):
            EventBridgeFailureSink(Events([[False]]), "errors").report(self.FAILURE)  # type: ignore[arg-type] # stands for boto3's client


@dataclass
class Picky(Events):
    """Refuses every request with this event in it, whole."""

    refuses: int = 3

    def put_events(self, *, Entries: list[dict[str, Any]]) -> Answer:  # noqa: N803 - boto3's name
        if any(json.loads(entry["Detail"])["eventSequence"] == self.refuses for entry in Entries):
            raise refusal("ValidationException")
        return super().put_events(Entries=Entries)


def test_an_entry_for_which_a_request_is_refused_fails_alone() -> None:
    client = Picky()

    assert bus(client).put([envelope(sequence) for sequence in range(1, 6)]) == [2]
    assert client.sequences() == [[1], [2], [4], [5]]
