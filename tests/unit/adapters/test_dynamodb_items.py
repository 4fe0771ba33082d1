"""Commits as items: the stored form, and what DynamoDB bills for it."""

from base64 import b64encode
from dataclasses import replace

import pytest

from adapters.dynamodb.items import Item, from_item, item_size, keeps_state, to_item, write_units
from adapters.dynamodb.stream_images import from_stream_image
from application.commit import GENESIS, Commit
from application.upcasting import UnreadableEvent
from tests.support.spec import STREAM

COMMIT = Commit(
    aggregate_id=STREAM,
    first_sequence=12,
    command_id="0198f2a0-0000-7000-8000-000000000001",
    fingerprint=bytes(32),
    actor="ada-sub::ada",
    correlation_id="0198f2a0-0000-7000-8000-000000000001",
    timestamp="2026-01-01T00:00:00.000Z",
    previous_hash=GENESIS,
    events='[{"data":{"name":"Urn"},"eventType":"TeapotRenamed","schemaVersion":"1.0"}]',
    count=1,
    state='{"name":"Urn"}',
    state_version=1,
)


@pytest.mark.feature("E3", "E7")
def test_the_stored_form_is_this_for_ever() -> None:
    assert to_item(COMMIT) == {
        "aggregateId": {"S": "TEAPOT#01980000-0000-7000-8000-000000000001"},
        "eventSequence": {"N": "12"},
        "eventCount": {"N": "1"},
        "events": {"S": COMMIT.events},
        "commandId": {"S": "0198f2a0-0000-7000-8000-000000000001"},
        "fingerprint": {"B": bytes(32)},
        "actor": {"S": "ada-sub::ada"},
        "timestamp": {"S": "2026-01-01T00:00:00.000Z"},
        "previousHash": {"B": bytes(32)},
        "state": {"S": '{"name":"Urn"}'},
        "stateVersion": {"N": "1"},
    }


@pytest.mark.parametrize(
    "commit",
    [
        COMMIT,
        replace(COMMIT, state=None, state_version=None),
        replace(COMMIT, correlation_id="order-7"),
        replace(COMMIT, traceparent="00-1-2-01"),
        replace(COMMIT, on_behalf_of="ada-sub::ada"),
        replace(COMMIT, key_times=bytes(14)),
        replace(COMMIT, client=b"sealed"),
    ],
)
def test_an_item_is_read_as_the_commit_that_it_was(commit: Commit) -> None:
    assert from_item(to_item(commit)) == commit


def test_an_item_that_is_no_commit_is_not_read() -> None:
    item = to_item(COMMIT)
    del item["events"]
    with pytest.raises(UnreadableEvent, match="KeyError"):
        from_item(item)


def test_attributes_of_a_newer_writer_are_read_over() -> None:
    assert from_item(to_item(COMMIT) | {"colour": {"S": "copper"}}) == COMMIT


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({"a": {"S": ""}}, 1),
        ({"a": {"S": "tea"}}, 4),
        ({"a": {"S": "é"}}, 3),
        ({"a": {"S": "🫖"}}, 5),
        ({"é": {"S": "tea"}}, 5),
        ({"a": {"B": bytes(32)}}, 33),
        ({"a": {"N": "1"}}, 3),
        ({"a": {"N": "12"}}, 3),
        ({"a": {"N": "123"}}, 4),
        ({"a": {"N": "-12"}}, 3),
        ({"a": {"S": "tea"}, "b": {"N": "12"}}, 7),
    ],
)
def test_sizes_are_those_of_the_developer_guide(item: Item, size: int) -> None:
    assert item_size(item) == size


def test_attributes_that_no_commit_holds_have_no_size() -> None:
    with pytest.raises(ValueError, match="no attribute like"):
        item_size({"a": {"BOOL": True}})


@pytest.mark.parametrize(("padding", "units"), [(0, 1), (1023, 1), (1024, 2), (2047, 2), (2048, 3)])
def test_a_write_unit_is_a_kilobyte_begun(padding: int, units: int) -> None:
    assert write_units({"a": {"B": bytes(padding)}}) == units


@pytest.mark.feature("E18")
class TestKeepingTheState:
    def test_is_free_to_the_last_byte_of_a_unit(self) -> None:
        assert keeps_state(filled(1024), state_due=False)

    def test_is_not_free_one_byte_later(self) -> None:
        assert not keeps_state(filled(1025), state_due=False)

    def test_is_done_at_any_price_when_it_is_due(self) -> None:
        assert keeps_state(filled(5000), state_due=True)

    def test_is_not_done_without_a_state(self) -> None:
        assert not keeps_state(replace(COMMIT, state=None), state_due=True)

    def test_may_be_free_within_a_later_unit(self) -> None:
        wide = replace(COMMIT, events="x" * 1500)

        assert keeps_state(wide, state_due=False)


def filled(size: int) -> Commit:
    """The commit with a state that makes its item so large."""
    return replace(COMMIT, state="x" * (size - item_size(to_item(replace(COMMIT, state="")))))


class TestStreamImages:
    @pytest.mark.feature("P4")
    def test_carry_the_same_commit(self) -> None:
        image = {
            name: {k: b64encode(v).decode() if k == "B" else v for k, v in value.items()}
            for name, value in to_item(COMMIT).items()
        }

        assert from_item(from_stream_image(image)) == COMMIT

    def test_that_are_not_base64_are_refused(self) -> None:
        with pytest.raises(ValueError, match="base64"):
            from_stream_image({"fingerprint": {"B": "%%%"}})

    @pytest.mark.parametrize("kind", ["S", "N", "B"])
    @pytest.mark.parametrize("held", [None, 1, ["x"], {"S": "x"}], ids=str)
    def test_that_hold_no_text_are_refused(self, kind: str, held: object) -> None:
        with pytest.raises(ValueError, match="no text"):
            from_stream_image({"aggregateId": {kind: held}})

    def test_may_hold_anything_of_other_types(self) -> None:
        later = {"later": {"M": {"x": {"BOOL": True}}}}

        assert from_stream_image(later) == later
