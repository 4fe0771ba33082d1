"""The contract of every key table and key wrapper, told once and shown by each of them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from application.privacy.subject_keys import KeyRecord
from tests.support import key_stores
from tests.support.key_stores import Keys

pytestmark = pytest.mark.feature("L10", "W11")

ANN, BOB = "1c0ffee0-0000-4000-8000-00000000000a", "1c0ffee0-0000-4000-8000-00000000000b"
NOON, ONE = "2026-01-02T12:00:00.000Z", "2026-01-02T13:00:00.000Z"


@pytest.fixture(params=["memory", "moto", "ministack"])
def keys(request: pytest.FixtureRequest) -> Iterator[Keys]:
    with opening(request)() as opened:
        yield opened


def opening(request: pytest.FixtureRequest) -> key_stores.Opening:
    match request.param:
        case "memory":
            return key_stores.memory
        case "moto":
            return key_stores.moto
        case _:
            return key_stores.emulated(request.getfixturevalue("emulator"))


class TestTable:
    def test_nothing_is_there_before_a_key_is_added(self, keys: Keys) -> None:
        assert keys.table.get(ANN) is None

    def test_a_key_that_was_added_is_read(self, keys: Keys) -> None:
        assert keys.table.add(ANN, b"wrapped", NOON) == KeyRecord(wrapped=b"wrapped")
        assert keys.table.get(ANN) == KeyRecord(wrapped=b"wrapped")
        assert keys.table.get(BOB) is None

    def test_a_second_key_does_not_replace_the_first(self, keys: Keys) -> None:
        keys.table.add(ANN, b"first", NOON)

        assert keys.table.add(ANN, b"second", ONE) == KeyRecord(wrapped=b"first")
        assert keys.table.get(ANN) == KeyRecord(wrapped=b"first")

    def test_of_many_at_once_one_is_kept_and_all_others_are_given_it(self, keys: Keys) -> None:
        wrapped = [bytes([n]) for n in range(16)]
        with ThreadPoolExecutor(8) as threads:
            answers = set(threads.map(lambda w: keys.table.add(ANN, w, NOON).wrapped, wrapped))

        assert len(answers) == 1
        assert keys.table.get(ANN) == KeyRecord(wrapped=answers.pop())

    def test_a_destroyed_key_is_gone_for_good(self, keys: Keys) -> None:
        keys.table.add(ANN, b"wrapped", NOON)
        gone = keys.table.destroy(ANN, NOON)

        assert gone == KeyRecord(forgotten_at=NOON)
        assert keys.table.add(ANN, b"again", ONE) == gone
        assert keys.table.get(ANN) == gone

    def test_a_subject_without_a_key_gets_none_afterwards_either(self, keys: Keys) -> None:
        gone = keys.table.destroy(ANN, NOON)

        assert keys.table.add(ANN, b"late", ONE) == gone

    def test_destroyed_twice_keeps_the_first_time(self, keys: Keys) -> None:
        keys.table.destroy(ANN, NOON)

        assert keys.table.destroy(ANN, ONE) == KeyRecord(forgotten_at=NOON)

    def test_a_tombstone_keeps_how_far_it_is_known(self, keys: Keys) -> None:
        keys.table.destroy(ANN, NOON)
        keys.table.record_progress(ANN, "here", None)
        assert keys.table.get(ANN) == KeyRecord(forgotten_at=NOON, position="here")

        keys.table.record_progress(ANN, None, ONE)
        assert keys.table.get(ANN) == KeyRecord(forgotten_at=NOON, notified_at=ONE)
        assert keys.table.destroy(ANN, ONE) == KeyRecord(forgotten_at=NOON, notified_at=ONE)

    @pytest.mark.parametrize("position", ["here", None])
    @pytest.mark.parametrize("notified_at", [ONE, None])
    def test_what_a_tombstone_keeps_is_replaced_as_a_whole(
        self, keys: Keys, position: str | None, notified_at: str | None
    ) -> None:
        keys.table.destroy(ANN, NOON)
        keys.table.record_progress(ANN, "before", NOON)
        keys.table.record_progress(ANN, position, notified_at)

        assert keys.table.get(ANN) == KeyRecord(
            forgotten_at=NOON, position=position, notified_at=notified_at
        )

    def test_nothing_is_kept_of_a_subject_without_a_tombstone(self, keys: Keys) -> None:
        with pytest.raises(Exception, match=rf"ConditionalCheckFailed|{ANN}"):
            keys.table.record_progress(ANN, "here", ONE)

        assert keys.table.get(ANN) is None


class TestWrapper:
    def test_a_wrapped_key_opens_to_itself(self, keys: Keys) -> None:
        key = keys.wrapper.new_key(ANN)

        assert len(key.secret) == 32
        assert keys.wrapper.unwrap(ANN, key.wrapped) == key.secret

    def test_the_wrapped_key_does_not_show_the_key(self, keys: Keys) -> None:
        key = keys.wrapper.new_key(ANN)

        assert key.secret not in key.wrapped

    def test_no_two_keys_are_equal(self, keys: Keys) -> None:
        made = [keys.wrapper.new_key(ANN) for _ in range(8)]

        assert len({key.secret for key in made}) == len({key.wrapped for key in made}) == 8

    def test_a_key_opens_for_its_own_subject_only(self, keys: Keys) -> None:
        key = keys.wrapper.new_key(ANN)

        with pytest.raises(Exception, match=r"InvalidTag|InvalidCiphertext|^$"):
            keys.wrapper.unwrap(BOB, key.wrapped)
