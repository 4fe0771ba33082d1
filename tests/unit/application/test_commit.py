"""The cover of a commit's hash and of a command's fingerprint."""

from dataclasses import fields, replace
from typing import Any, cast

import pytest

from application.commit import GENESIS, Commit, fingerprint
from application.publishing.envelopes import envelopes, source
from application.upcasting import UnreadableEvent
from kernel.messages import AggregateId, Command, event_id
from kernel.personal import Sealed, SealedValue
from tests.support.desk import Desk
from tests.support.kitchen.builders import add, change, change_part, make, part, rename
from tests.support.kitchen.commands import BrewTea, Material, TeapotCommand
from tests.support.kitchen.teapot import teapot
from tests.support.sealers import KeyOffice
from tests.support.spec import ACTOR, STREAM

COMMIT = Commit(
    aggregate_id=STREAM,
    first_sequence=4,
    command_id="k",
    fingerprint=bytes(32),
    actor=ACTOR,
    correlation_id="c",
    timestamp="2026-01-01T00:00:00.000Z",
    previous_hash=GENESIS,
    events="[]",
    count=2,
)
OTHERS: dict[str, Any] = {
    "aggregate_id": "TEAPOT#other",
    "first_sequence": 5,
    "command_id": "j",
    "fingerprint": bytes(31) + b"1",
    "actor": "eve::eve",
    "correlation_id": "d",
    "timestamp": "2026-01-01T00:00:00.001Z",
    "previous_hash": bytes(31) + b"1",
    "events": "[1]",
    "count": 3,
    "traceparent": "00-1-2-01",
    "client": b"sealed",
    "on_behalf_of": "ada-sub::ada",
    "key_times": bytes(6),
}


@pytest.mark.feature("T10")
class TestHash:
    @pytest.mark.parametrize("name", OTHERS)
    def test_covers(self, name: str) -> None:
        assert replace(COMMIT, **{name: OTHERS[name]}).hash() != COMMIT.hash()

    def test_covers_everything_but_the_derived_state(self) -> None:
        derived = {"state", "state_version"}

        assert {field.name for field in fields(Commit)} - derived == set(OTHERS)
        assert replace(COMMIT, state="{}", state_version=1).hash() == COMMIT.hash()

    def test_is_this_for_ever(self) -> None:
        assert COMMIT.hash().hex() == (
            "b9e60136bcf497b86da610c7a795889a0e8cb42edf1567d18fce54338ae7c7bd"
        )


class Inscribe(Command):
    """A command that carries what is sealed itself, instead of having it looked up."""

    type: str = "Inscribe"
    text: Sealed


def inscribe(text: SealedValue) -> TeapotCommand:
    return cast(TeapotCommand, Inscribe(text=text))


class TestStoredEvents:
    @pytest.mark.parametrize(
        "stored",
        [
            "no JSON",
            "3",
            "[]",
            '[{"eventType": "X", "schemaVersion": "1.0", "data": {}}]',
            '[{"eventType": "X", "schemaVersion": "1.0", "data": {}}, {"eventType": "X"}]',
            '[{"eventType": "X", "schemaVersion": "1.0", "data": {}}, {}, 1]',
        ],
    )
    @pytest.mark.parametrize("count", [-1, 2])
    def test_that_are_not_as_many_as_recorded_are_refused(self, stored: str, count: int) -> None:
        with pytest.raises(UnreadableEvent, match="the commit 4 of"):
            replace(COMMIT, events=stored, count=count).stored_events()

    def test_that_hold_more_than_events_are_refused(self) -> None:
        event = '{"eventType": "X", "schemaVersion": "1.0", "data": {}}'
        with pytest.raises(UnreadableEvent):
            replace(COMMIT, events=f"[{event}, {event}, 7]").stored_events()

    def test_hold_no_field_that_the_envelope_holds(self) -> None:
        desk = Desk()
        desk.send(make("Teapot"))
        (commit,) = desk.commits()

        assert [set(stored["data"]) & {"type"} for stored in commit.stored_events()] == [set()]

    def test_come_with_what_their_commit_says_about_them(self) -> None:
        desk = Desk()
        desk.send(make("Teapot"), key="k")
        (commit,) = desk.commits()
        (recorded,) = commit.recorded(teapot.events)

        assert (recorded.actor, recorded.correlation_id) == (ACTOR, commit.correlation_id)
        assert (recorded.causation_id, recorded.timestamp) == ("k", commit.timestamp)


def mark(
    command: TeapotCommand,
    stream: AggregateId = STREAM,
    principal: str = ACTOR,
    expected: int | None = None,
) -> bytes:
    return fingerprint(command, stream, principal, expected)


@pytest.mark.feature("C15")
class TestFingerprint:
    def test_is_the_same_for_the_same_command(self) -> None:
        assert mark(add("spout", cups=1, lids=2)) == mark(add("spout", lids=2, cups=1))

    @pytest.mark.parametrize(
        "other",
        [
            mark(rename("Samovar")),
            mark(rename("Urn"), stream=AggregateId("TEAPOT#other")),
            mark(rename("Urn"), principal="eve::eve"),
            mark(rename("Urn"), expected=1),
            mark(rename("Urn"), expected=0),
            mark(make("Urn")),
            mark(change(name="Urn", description=None)),
            mark(add("Urn")),
        ],
    )
    def test_differs_by_whatever_differs(self, other: bytes) -> None:
        assert other != mark(rename("Urn"))

    @pytest.mark.parametrize(
        ("command", "digest"),
        [
            (
                change(description=None),
                "182399419e7d5da5f2e6d482c011a2045e6f63b83ae0986000f8fb67ceb9b3cc",
            ),
            (
                change_part("spout", material=Material.IRON),
                "ea6df98be8de7ca3bea0a97d2d7523f0e298301536d6289d1f684980c225f8dc",
            ),
            (
                add("spout", cups=1),
                "fdf1f2097d3a59d4b8b6a033516e5862866cf6073d41f19477a0a718976ba635",
            ),
        ],
    )
    def test_is_this_for_ever(self, command: TeapotCommand, digest: str) -> None:
        assert mark(command).hex() == digest

    def test_is_the_same_whatever_was_looked_up(self) -> None:
        assert mark(BrewTea(tea="assam", name="Assam")) == mark(BrewTea(tea="assam", name="Tea"))

    def test_compares_a_sealed_value_by_what_was_sealed(self) -> None:
        sealer = KeyOffice().sealer()
        marks = [mark(inscribe(sealer.seal("ann", text))) for text in ("Tea", "Tea", "Urn")]

        assert marks[0] == marks[1] != marks[2]

    def test_differs_between_null_and_absent(self) -> None:
        assert mark(change(name="Urn", description=None)) != mark(change(name="Urn"))

    def test_differs_by_configuration(self) -> None:
        assert mark(add("spout", cups=1)) != mark(add("spout", cups=2))
        assert mark(add("spout", cups=1)) != mark(add("spout", cups=True))


class TestEnvelopes:
    @pytest.fixture
    def commit(self) -> Commit:
        desk = Desk()
        desk.send(make("Teapot", parts=[part("spout", Material.IRON)]), key="k")
        (commit,) = desk.commits()
        return replace(commit, traceparent="00-1-2-01")

    @pytest.mark.feature("E4", "E5", "E6", "E8", "E9", "E10", "E11", "E12")
    def test_are_what_consumers_see(self, commit: Commit) -> None:
        created, _ = envelopes(commit)

        assert created == {
            "eventId": event_id(STREAM, 1),
            "eventType": "TeapotMade",
            "schemaVersion": "1.1",
            "aggregateId": STREAM,
            "aggregateType": "Teapot",
            "eventSequence": 1,
            "timestamp": "2026-01-02T12:00:00.000Z",
            "correlationId": "k",
            "causationId": "k",
            "data": {"owner": ACTOR, "name": "Teapot"},
            "metadata": {"userId": "ada-sub", "traceparent": "00-1-2-01"},
        }

    @pytest.mark.feature("E12", "I1")
    def test_name_the_machine_and_the_person(self, commit: Commit) -> None:
        machine = replace(commit, actor="machine:1:role/ci::ci", on_behalf_of=ACTOR)
        created, _ = envelopes(machine)

        assert created["metadata"]["userId"] == "machine:1:role/ci"
        assert created["metadata"]["onBehalfOf"] == "ada-sub"

    @pytest.mark.feature("E13")
    def test_are_numbered_through_the_commit(self, commit: Commit) -> None:
        assert [e["eventSequence"] for e in envelopes(replace(commit, first_sequence=7))] == [7, 8]

    def test_hold_no_state(self, commit: Commit) -> None:
        assert all("state" not in envelope for envelope in envelopes(commit))

    def test_come_from_the_context_of_their_aggregate(self, commit: Commit) -> None:
        assert {source(envelope) for envelope in envelopes(commit)} == {"skafu.teapot"}

    def test_of_a_commit_whose_events_are_missing_are_refused(self, commit: Commit) -> None:
        with pytest.raises(ValueError, match="does not hold 3 events"):
            list(envelopes(replace(commit, count=3)))

    def test_are_the_events_that_projections_read(self, commit: Commit) -> None:
        recorded = list(commit.recorded(teapot.events))

        assert [r.sequence for r in recorded] == [e["eventSequence"] for e in envelopes(commit)]
        assert {r.timestamp for r in recorded} == {"2026-01-02T12:00:00.000Z"}
