"""Stored events are read for ever, by code that is changed every week."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from adapters.dynamodb.items import to_item
from adapters.memory.event_store import MemoryEventStore
from application.commit import canonical_json, decode_event, encode_event
from application.reading.history import state_at_version
from application.reading.verify import history_faults
from application.upcasting import major
from domain.contents import contents
from kernel.aggregate import AnyAggregate
from skafu.generate import schemas
from tests.domain.support.lives import LIVES
from tests.support import corpus

ADD = "run `python -m tests.support.corpus` and commit what it adds"
EVENTS = corpus.events()
STREAMS = corpus.streams()
FOLDS = list(corpus.all_folds())
TODAY = [
    (aggregate_type, event_type, version)
    for aggregate_type, events in contents.events.items()
    for event_type, version in events.versions.items()
]


@pytest.mark.parametrize("name", EVENTS)
class TestEveryEventEverStored:
    @pytest.fixture
    def stored(self, name: str) -> dict[str, Any]:
        return EVENTS[name][1]

    @pytest.fixture
    def decider(self, name: str) -> AnyAggregate:
        return EVENTS[name][0]

    @pytest.mark.feature("V1", "V2", "V4", "W10")
    def test_is_read_by_todays_code(self, decider: AnyAggregate, stored: dict[str, Any]) -> None:
        assert type(decode_event(decider.events, stored)).__name__ == stored["eventType"]

    @pytest.mark.feature("E15")
    def test_says_the_same_when_it_is_stored_again(
        self, decider: AnyAggregate, stored: dict[str, Any]
    ) -> None:
        event = decode_event(decider.events, stored)

        assert decode_event(decider.events, encode_event(event)) == event

    @pytest.mark.feature("V6")
    def test_of_todays_major_version_has_kept_every_field(
        self, decider: AnyAggregate, stored: dict[str, Any]
    ) -> None:
        today = encode_event(decode_event(decider.events, stored))
        same_major = major(today["schemaVersion"]) == major(stored["schemaVersion"])
        kept = stored["data"].items() <= today["data"].items() if same_major else True

        assert kept

    @pytest.mark.feature("E8", "E14")
    def test_is_what_the_schema_of_its_version_says(
        self, name: str, stored: dict[str, Any]
    ) -> None:
        schema = schema_of(stored["eventType"], stored["schemaVersion"])

        assert list(Draft202012Validator(schema).iter_errors(stored["data"])) == []


def schema_of(event_type: str, version: str) -> Any:  # noqa: ANN401 - JSON
    file = schemas.ROOT / "schemas" / "events" / event_type / f"{version}.json"
    return json.loads(file.read_text())


@pytest.mark.parametrize("name", STREAMS)
class TestEveryStream:
    @pytest.fixture
    def stream(self, name: str) -> corpus.Stream:
        return STREAMS[name]

    @pytest.mark.feature("T10")
    def test_has_an_unbroken_chain_still(self, stream: corpus.Stream) -> None:
        assert list(history_faults(list(stream.commits), stream.decider)) == []

    def test_would_be_stored_as_it_was(self, stream: corpus.Stream) -> None:
        file = corpus.FOLDER / "streams" / f"{stream.name}.json"

        assert [corpus.written(to_item(commit)) for commit in stream.commits] == json.loads(
            file.read_text()
        )["items"]

    @pytest.mark.feature("V7", "W15", "E18")
    def test_has_states_that_are_right_or_are_not_used(self, stream: corpus.Stream) -> None:
        """Those of today's version are the fold; others give way to it."""
        store = MemoryEventStore()
        for commit in stream.commits:
            store.append(commit, state_due=True)
            past = state_at_version(store, stream.decider, commit.aggregate_id)

            assert past.state == folded(stream, commit.last_sequence)


def folded(stream: corpus.Stream, version: int) -> object:
    events = (r.event for r in stream.recorded() if r.sequence <= version)
    return stream.decider.fold(events)


@pytest.mark.parametrize(("stream", "fold"), FOLDS)
@pytest.mark.feature("V7", "W10", "W15")
def test_a_fold_whose_result_changed_has_a_new_version(stream: str, fold: str) -> None:
    """Raise `state_version` of the aggregate, or `version` of the projection, when this fails."""
    file = corpus.file_of(stream, fold)
    today = corpus.folds(STREAMS[stream])[fold]

    assert file.exists(), ADD
    assert today == json.loads(file.read_text()), "raise its version: stored ones are of another"


class TestTheCorpus:
    @pytest.mark.parametrize(("aggregate_type", "event_type", "version"), TODAY)
    @pytest.mark.feature("W10")
    def test_has_a_stream_with_every_event_in_todays_version(
        self, aggregate_type: str, event_type: str, version: str
    ) -> None:
        """Add a life that comes upon the event when this fails."""
        assert (event_type, version) in recorded_versions(aggregate_type), ADD

    @pytest.mark.parametrize(("aggregate_type", "event_type", "version"), TODAY)
    def test_has_every_version_that_can_be_cast(
        self, aggregate_type: str, event_type: str, version: str
    ) -> None:
        events = contents.events[aggregate_type]
        casts = {
            m
            for casts in (events.upcasters, events.downcasters)
            for t, m in casts
            if t == event_type
        }
        stored = {major(v) for t, v in stored_versions(aggregate_type) if t == event_type}

        assert casts <= stored, f"add a sample of {event_type} to tests/corpus/samples"

    @pytest.mark.feature("W10")
    def test_was_never_changed(self) -> None:
        assert corpus.tampered() == []

    def test_is_signed(self) -> None:
        assert corpus.present().keys() - corpus.signed().keys() == set(), ADD

    def test_holds_every_life_that_was_lived(self) -> None:
        assert LIVES.keys() - STREAMS.keys() == set(), ADD

    def test_holds_every_event_in_the_form_in_which_it_is_stored(self) -> None:
        for stream in STREAMS.values():
            for commit in stream.commits:
                assert canonical_json(commit.stored_events()) == commit.events


def recorded_versions(aggregate_type: str) -> set[tuple[str, str]]:
    """Event types and versions that are in some stream, so that folds have come upon them."""
    return {
        (stored["eventType"], stored["schemaVersion"])
        for stream in STREAMS.values()
        if stream.decider.aggregate_type == aggregate_type
        for stored in stream.stored()
    }


def stored_versions(aggregate_type: str) -> set[tuple[str, str]]:
    return {
        (stored["eventType"], stored["schemaVersion"])
        for decider, stored in EVENTS.values()
        if decider.aggregate_type == aggregate_type
    }


@pytest.mark.parametrize(("aggregate_type", "event_type", "version"), TODAY)
@pytest.mark.feature("V7", "W15")
def test_an_evolve_that_forgets_an_event_is_noticed(
    aggregate_type: str, event_type: str, version: str
) -> None:
    """Every event that changes a state changes the fold of some stream, or a state stored in it."""
    streams = [s for s in STREAMS.values() if s.decider.aggregate_type == aggregate_type]
    changing = any(changes(stream, event_type) for stream in streams)

    assert any(noticed(stream, event_type) for stream in streams) == changing


def changes(stream: corpus.Stream, event_type: str) -> bool:
    state = stream.decider.initial
    for recorded in stream.recorded():
        before, state = state, stream.decider.evolve(state, recorded.event)
        if type(recorded.event).__name__ == event_type and state != before:
            return True
    return False


def noticed(stream: corpus.Stream, event_type: str) -> bool:
    """Tell if the committed folds differ from those without these events."""
    kept = [r for r in stream.recorded() if type(r.event).__name__ != event_type]
    return any(
        stream.decider.states.validate_json(commit.state)
        != stream.decider.fold(r.event for r in kept if r.sequence <= commit.last_sequence)
        for commit in stream.commits
        if commit.state is not None and commit.state_version == stream.decider.state_version
    ) or folded(stream, stream.commits[-1].last_sequence) != stream.decider.fold(
        r.event for r in kept
    )
