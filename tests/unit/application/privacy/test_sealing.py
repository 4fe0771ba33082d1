"""Sealed values: readable with the subject's key, and with nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from application.privacy.sealing import SealBroken, Sealer
from kernel.personal import FINGERPRINTS, Sealed, SealedValue
from tests.support.sealers import KeyOffice

pytestmark = pytest.mark.feature("L10", "W11")

ANN, BOB = "ann", "bob"


@pytest.fixture(scope="module")
def sealer() -> Sealer:
    return fresh()


def fresh() -> Sealer:
    return KeyOffice().sealer()


class Holder(BaseModel):
    name: Sealed


class TestSealing:
    @given(value=st.text(max_size=200))
    def test_whatever_is_sealed_is_opened_as_it_was(self, value: str) -> None:
        sealer = fresh()

        assert sealer.open(ANN, sealer.seal(ANN, value)) == value

    @pytest.mark.parametrize("value", ["", "a", "ab", "abc", "é", "🫖"])
    def test_a_text_of_any_length_is_opened_as_it_was(self, sealer: Sealer, value: str) -> None:
        assert sealer.open(ANN, sealer.seal(ANN, value)) == value

    @given(value=st.binary(max_size=200))
    def test_so_are_octets(self, value: bytes) -> None:
        sealer = fresh()

        assert sealer.open_octets(ANN, sealer.seal_octets(ANN, value)) == value

    def test_the_same_value_is_sealed_differently_each_time(self, sealer: Sealer) -> None:
        sealed = {sealer.seal(ANN, "Ann Example").text for _ in range(10)}

        assert len(sealed) == 10
        assert not any("Ann" in text for text in sealed)

    def test_forty_octets_are_added_at_most(self, sealer: Sealer) -> None:
        """A nonce of 12 and a tag of 16 bytes: four thirds of that, and the form."""
        assert len(sealer.seal_octets(ANN, b"x" * 100)) == 128
        assert len(sealer.seal(ANN, "").text) <= 41

    def test_another_subjects_key_does_not_open_it(self, sealer: Sealer) -> None:
        sealed = sealer.seal(ANN, "Ann Example")
        sealer.seal(BOB, "")

        with pytest.raises(SealBroken):
            sealer.open(BOB, sealed)

    @pytest.mark.parametrize("place", [0, 12, -1], ids=["nonce", "text", "tag"])
    def test_what_was_changed_is_not_opened(self, sealer: Sealer, place: int) -> None:
        octets = bytearray(sealer.seal_octets(ANN, b"Ann Example"))
        octets[place] ^= 1

        with pytest.raises(SealBroken):
            sealer.open_octets(ANN, bytes(octets))

    def test_too_few_octets_are_not_opened_either(self, sealer: Sealer) -> None:
        sealer.seal_octets(ANN, b"Ann Example")  # so that she has a key, whichever test is first

        with pytest.raises(SealBroken):
            sealer.open_octets(ANN, b"short")

    def test_nothing_opens_once_the_subject_is_forgotten(self) -> None:
        sealer = fresh()
        of_ann, of_bob = sealer.seal(ANN, "Ann Example"), sealer.seal(BOB, "Bob Example")
        sealer.keys.forget(ANN)

        assert sealer.open(ANN, of_ann) is None
        assert sealer.open(BOB, of_bob) == "Bob Example"


class TestFingerprint:
    def test_is_the_same_whenever_the_value_is_the_same(self, sealer: Sealer) -> None:
        first, second = sealer.seal(ANN, "Ann Example"), sealer.seal(ANN, "Ann Example")

        assert first.fingerprint == second.fingerprint
        assert sealer.seal(ANN, "Ann Other").fingerprint != first.fingerprint

    def test_tells_nothing_without_the_key(self, sealer: Sealer) -> None:
        assert (
            sealer.seal(ANN, "Ann Example").fingerprint
            != sealer.seal(BOB, "Ann Example").fingerprint
        )

    def test_is_what_a_command_is_compared_by(self, sealer: Sealer) -> None:
        holder = Holder(name=sealer.seal(ANN, "Ann Example"))

        compared = holder.model_dump(mode="json", context={FINGERPRINTS: True})
        assert compared == {"name": holder.name.fingerprint}

    def test_is_never_stored(self, sealer: Sealer) -> None:
        holder = Holder(name=sealer.seal(ANN, "Ann Example"))

        assert holder.name.fingerprint not in holder.model_dump_json()
        assert holder.name.fingerprint not in repr(holder)

    def test_is_not_made_up_for_a_value_that_was_read(self, sealer: Sealer) -> None:
        read = Holder(name=SealedValue(sealer.seal(ANN, "Ann Example").text))

        with pytest.raises(ValueError, match="was sealed in this process"):
            read.model_dump(mode="json", context={FINGERPRINTS: True})


class TestSealedField:
    def test_is_stored_as_text_and_read_back(self, sealer: Sealer) -> None:
        holder = Holder(name=sealer.seal(ANN, "Ann Example"))

        assert Holder.model_validate_json(holder.model_dump_json()) == holder

    @pytest.mark.parametrize(
        "plain", ["Ann Example", "", "s1:", "s1:Ann Example", "s2:" + "A" * 40, 7, None]
    )
    def test_takes_nothing_that_is_not_sealed(self, plain: object) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(Sealed).validate_python(plain)
