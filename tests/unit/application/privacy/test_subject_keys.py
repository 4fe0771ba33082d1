"""Keys of subjects: made once, kept shortly, gone for good."""

import pytest

from application.privacy.subject_keys import KeyRecord, NewKey, SubjectIsForgotten
from tests.support.sealers import LIFETIME, KeyOffice

pytestmark = pytest.mark.feature("L10", "W11")

ANN, BOB = "ann", "bob"


@pytest.fixture
def office() -> KeyOffice:
    return KeyOffice()


class TestMaking:
    def test_the_first_sealing_makes_the_key_and_later_ones_find_it(
        self, office: KeyOffice
    ) -> None:
        made = office.process().to_seal(ANN)

        assert office.process().to_seal(ANN) == made
        assert office.table.adds == 1

    def test_a_new_key_is_used_as_it_was_made(
        self, office: KeyOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """To unwrap it would be another call of KMS."""
        monkeypatch.delattr(type(office.wrapper), "unwrap")

        assert office.process().to_seal(ANN).subject == ANN

    def test_each_subject_has_a_key_of_its_own(self, office: KeyOffice) -> None:
        keys = office.process()

        assert keys.to_seal(ANN).secret != keys.to_seal(BOB).secret

    def test_opening_makes_no_key(self, office: KeyOffice) -> None:
        assert office.process().to_open(ANN) is None
        assert office.table.adds == 0

    def test_of_two_processes_at_once_both_use_the_key_that_was_stored(
        self, office: KeyOffice
    ) -> None:
        slow = office.process()
        record = office.table.inner.get

        def meanwhile(subject: str) -> KeyRecord | None:
            found = record(subject)
            fast.append(office.wrapper.new_key(subject))
            office.table.inner.add(subject, fast[-1].wrapped, "")
            return found

        fast: list[NewKey] = []
        office.table.inner.get = meanwhile  # type: ignore[method-assign] # a rival between get and add
        assert slow.to_seal(ANN).secret == fast[0].secret


class TestKeeping:
    def test_a_warm_process_reads_nothing(self, office: KeyOffice) -> None:
        keys = office.process()
        keys.to_seal(ANN)
        office.table.gets = 0
        office.seconds = LIFETIME - 0.1
        keys.to_seal(ANN)
        keys.to_open(ANN)

        assert office.table.gets == 0

    def test_a_cold_one_reads_once(self, office: KeyOffice) -> None:
        office.process().to_seal(ANN)
        office.table.gets = 0
        office.process().to_seal(ANN)

        assert office.table.gets == 1

    def test_a_key_is_kept_no_longer_than_its_lifetime(self, office: KeyOffice) -> None:
        keys = office.process()
        keys.to_seal(ANN)
        keys.to_seal(BOB)
        office.seconds = LIFETIME
        keys.to_open(BOB)

        assert list(keys.cached) == [BOB]

    @pytest.mark.parametrize("use", ["to_seal", "to_open"])
    def test_the_lifetime_begins_before_the_read(self, office: KeyOffice, use: str) -> None:
        """The key may be destroyed while the answer that still holds it is on its way."""
        office.process().to_seal(ANN)
        office.seconds, office.read_takes = 0.0, 20.0
        slow = office.process()
        getattr(slow, use)(ANN)
        office.process().forget(ANN)
        office.seconds, office.read_takes = LIFETIME, 0.0

        assert slow.to_open(ANN) is None

    def test_the_lifetime_of_a_new_key_begins_before_it_is_made(self, office: KeyOffice) -> None:
        office.read_takes = 20.0
        slow = office.process()
        slow.to_seal(ANN)
        office.process().forget(ANN)
        office.seconds, office.read_takes = LIFETIME, 0.0

        assert slow.to_open(ANN) is None

    def test_the_key_itself_is_in_no_text_of_it(self, office: KeyOffice) -> None:
        key = office.process().to_seal(ANN)

        assert str(key.secret) not in repr(key)


class TestForgetting:
    def test_a_forgotten_subject_has_no_key_and_gets_none(self, office: KeyOffice) -> None:
        keys = office.process()
        keys.to_seal(ANN)
        keys.forget(ANN)

        assert keys.to_open(ANN) is None
        with pytest.raises(SubjectIsForgotten):
            keys.to_seal(ANN)

    def test_others_keep_theirs(self, office: KeyOffice) -> None:
        keys = office.process()
        of_bob = keys.to_seal(BOB)
        keys.forget(ANN)

        assert office.process().to_open(BOB) == of_bob

    def test_a_warm_process_lets_go_of_the_key_when_its_lifetime_ends(
        self, office: KeyOffice
    ) -> None:
        warm = office.process()
        warm.to_seal(ANN)
        office.process().forget(ANN)
        office.seconds = LIFETIME

        assert warm.to_open(ANN) is None
        with pytest.raises(SubjectIsForgotten):
            warm.to_seal(ANN)

    def test_a_subject_forgotten_before_any_key_gets_none(self, office: KeyOffice) -> None:
        office.process().forget(ANN)

        with pytest.raises(SubjectIsForgotten):
            office.process().to_seal(ANN)

    def test_a_key_is_not_made_again_by_who_looked_before_it_was_forgotten(
        self, office: KeyOffice
    ) -> None:
        """The process found no key; the subject is forgotten before it stores one."""
        slow = office.process()
        record = office.table.inner.get

        def meanwhile(subject: str) -> KeyRecord | None:
            found = record(subject)
            office.table.inner.destroy(subject, "2026-01-02T12:00:00.000Z")
            return found

        office.table.inner.get = meanwhile  # type: ignore[method-assign] # a rival between get and add
        with pytest.raises(SubjectIsForgotten):
            slow.to_seal(ANN)
        assert record(ANN) == KeyRecord(forgotten_at="2026-01-02T12:00:00.000Z")

    def test_a_check_refuses_the_forgotten_alone_and_opens_no_key(
        self, office: KeyOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office.process().to_seal(ANN)
        office.process().forget(BOB)
        monkeypatch.delattr(type(office.wrapper), "unwrap")

        for known in (ANN, "never seen"):
            office.process().check(known)
        with pytest.raises(SubjectIsForgotten):
            office.process().check(BOB)

    def test_forgetting_again_keeps_the_first_time(self, office: KeyOffice) -> None:
        first = office.process().forget(ANN)

        assert office.process().forget(ANN) == first
