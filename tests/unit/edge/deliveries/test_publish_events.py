"""The publisher: what of the table's stream reaches the bus, and what is reported."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from adapters.dynamodb.items import Item, to_item
from adapters.dynamodb.stream_images import commit_of
from application.commit import canonical_json
from application.failures import Failure, Severity
from edge.deliveries.publication import publish
from tests.support.desk import Desk
from tests.support.fakes import BrokenFailures, Bus, Failures
from tests.support.kitchen.builders import make, part, rename
from tests.support.spec import STREAM

Record = dict[str, Any]


@pytest.fixture
def desk() -> Desk:
    """Two commits: one of three events, one of one."""
    desk = Desk()
    desk.send(make(parts=[part("spout"), part("lid")]))
    desk.send(rename("Samovar"))
    return desk


def records(desk: Desk) -> list[Record]:
    """The stream of the table, as Lambda delivers it: binary attributes are base64 text."""
    return [record(to_item(commit), f"position-{n}") for n, commit in enumerate(desk.commits())]


def record(item: Item, position: str, name: str = "INSERT") -> Record:
    image = {attribute: encoded(value) for attribute, value in item.items()}
    keys = {key: image[key] for key in ("aggregateId", "eventSequence")}
    change = {"Keys": keys, "NewImage": image, "SequenceNumber": position}
    return {"eventName": name, "dynamodb": change}


def encoded(value: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: b64encode(v).decode() if kind == "B" else v for kind, v in value.items()}


@dataclass
class Outcome:
    retried: list[str]
    bus: Bus
    failures: Failures

    @property
    def published(self) -> list[tuple[str, int]]:
        return [(e["eventType"], e["eventSequence"]) for e in self.bus.put_entries]


def published(batch: list[Record], bus: Bus | None = None) -> Outcome:
    bus, failures = bus or Bus(), Failures()
    answer = publish({"Records": batch}, commit_of, bus, failures)
    retried = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
    return Outcome(retried, bus, failures)


@pytest.mark.feature("P4", "P6", "P8", "P11")
def test_every_event_of_every_commit_is_published_in_order(desk: Desk) -> None:
    outcome = published(records(desk))

    assert outcome.published == [
        ("TeapotMade", 1),
        ("PartAdded", 2),
        ("PartAdded", 3),
        ("TeapotRenamed", 4),
    ]
    assert (outcome.retried, outcome.failures.reported) == ([], [])


@pytest.mark.feature("P13")
def test_a_commit_of_which_an_event_was_not_taken_is_retried(desk: Desk) -> None:
    outcome = published(records(desk), Bus(refuses=lambda e: e["eventSequence"] == 2))

    assert outcome.retried == ["position-0"]
    assert ("TeapotRenamed", 4) in outcome.published


def test_each_commit_is_retried_once_however_many_of_its_events_failed(desk: Desk) -> None:
    outcome = published(records(desk), Bus(refuses=lambda _: True))

    assert outcome.retried == ["position-0", "position-1"]


@pytest.mark.feature("P9", "O5")
class TestARecordThatCannotBeRead:
    @pytest.fixture
    def batch(self, desk: Desk) -> list[Record]:
        return records(desk)

    @pytest.mark.parametrize(
        ("attribute", "value"),
        [
            ("events", {"S": "not json"}),
            ("events", {"S": "[{}]"}),
            ("events", {"S": "{}"}),
            ("events", {"S": "[1]"}),
            ("events", {"S": "[]"}),
            ("eventCount", {"N": "2"}),
            ("eventSequence", {"N": "one"}),
            ("aggregateId", {"S": "TEAPOT#no-uuid"}),
            ("fingerprint", {"B": "%%%"}),
            ("actor", {"N": "1"}),
        ],
    )
    def test_is_reported_and_holds_up_no_other(
        self, batch: list[Record], attribute: str, value: dict[str, str]
    ) -> None:
        batch[0]["dynamodb"]["NewImage"][attribute] = value
        outcome = published(batch)

        assert outcome.published == [("TeapotRenamed", 4)]
        assert outcome.retried == []
        assert [f.what for f in outcome.failures.reported] == ["RecordNotPublished"]

    @pytest.mark.parametrize(
        "record",
        [
            {},
            [],
            "text",
            None,
            {"eventName": "INSERT"},
            {"eventName": "INSERT", "dynamodb": {}},
            {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "p"}},
            {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "p", "NewImage": []}},
            {"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "p"}},
            {"eventName": "INSERT", "dynamodb": {"Keys": {"aggregateId": "x"}}},
        ],
    )
    def test_may_have_any_shape(self, batch: list[Record], record: Any) -> None:  # noqa: ANN401 - JSON
        outcome = published([record, batch[1]])

        assert outcome.published == [("TeapotRenamed", 4)]
        assert outcome.retried == []
        assert len(outcome.failures.reported) == 1

    @pytest.mark.parametrize("held", [["x"], {"S": "x"}, 1, None], ids=str)
    def test_may_name_no_stream(self, batch: list[Record], held: object) -> None:
        batch[0]["dynamodb"]["NewImage"]["aggregateId"] = {"S": held}
        outcome = published(batch)

        assert outcome.published == [("TeapotRenamed", 4)]
        assert [f.what for f in outcome.failures.reported] == ["RecordNotPublished"]

    def test_may_hold_text_that_is_no_utf8(self, batch: list[Record]) -> None:
        half = canonical_json([{**json.loads(batch[1]["dynamodb"]["NewImage"]["events"]["S"])[0]}])
        events = half.replace("Samovar", "\\ud800")
        batch[0]["dynamodb"]["NewImage"] |= {"events": {"S": events}, "eventCount": {"N": "1"}}
        outcome = published(batch)

        assert "\\ud800" in events
        assert outcome.published == [("TeapotRenamed", 4)]
        assert [f.what for f in outcome.failures.reported] == ["RecordNotPublished"]

    def test_holds_up_no_other_when_the_error_bus_is_down_and_is_retried(
        self, batch: list[Record]
    ) -> None:
        del batch[0]["dynamodb"]["NewImage"]["commandId"]
        bus = Bus()
        answer = publish({"Records": batch}, commit_of, bus, BrokenFailures())

        assert [entry["eventSequence"] for entry in bus.put_entries] == [4]
        assert answer == {"batchItemFailures": [{"itemIdentifier": "position-0"}]}

    def test_without_a_position_is_not_retried(self, batch: list[Record]) -> None:
        """An answer with no position in it would have the whole batch delivered again."""
        answer = publish({"Records": [{}, batch[1]]}, commit_of, Bus(), BrokenFailures())

        assert answer == {"batchItemFailures": []}

    def test_is_named_by_the_key_to_read_it_again(self, batch: list[Record]) -> None:
        del batch[0]["dynamodb"]["NewImage"]["commandId"]
        (failure,) = published(batch).failures.reported

        assert failure == Failure(
            what="RecordNotPublished",
            where="Publisher",
            why="UnreadableEvent: an item is not a commit: KeyError",
            key={"aggregateId": STREAM, "eventSequence": "1"},
        )


@pytest.mark.feature("E16")
@pytest.mark.parametrize("name", ["MODIFY", "REMOVE"])
def test_a_commit_that_was_changed_or_removed_is_reported_as_tampering(
    desk: Desk, name: str
) -> None:
    first, second = records(desk)
    outcome = published([{**first, "eventName": name}, second])

    (failure,) = outcome.failures.reported
    assert (failure.what, failure.severity) == ("CommitTampered", Severity.CRITICAL)
    assert failure.key == {"aggregateId": STREAM, "eventSequence": "1"}
    assert outcome.published == [("TeapotRenamed", 4)]


def test_an_empty_batch_is_no_failure() -> None:
    assert published([]).retried == []
