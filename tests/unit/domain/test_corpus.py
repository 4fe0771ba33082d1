"""What was stored once is read for ever, by code that is changed every week."""

import json

import pytest

import corpus
from application.commit import encode_event


@pytest.mark.parametrize("sample", sorted(corpus.samples()))
@pytest.mark.feature("V1", "V2")
def test_every_event_ever_stored_is_read_by_todays_code(sample: str) -> None:
    stored = corpus.samples()[sample]

    assert type(corpus.read(sample)).__name__ == stored["eventType"]


@pytest.mark.parametrize("sample", sorted(corpus.samples()))
@pytest.mark.feature("V6")
def test_no_stored_field_was_renamed_removed_or_given_another_form(sample: str) -> None:
    stored = corpus.samples()[sample]
    today = encode_event(corpus.read(sample))["data"]

    assert {name: today.get(name) for name in stored["data"]} == stored["data"]


@pytest.mark.parametrize("fold", sorted(corpus.folds()))
@pytest.mark.feature("V7")
def test_a_fold_whose_result_changed_has_a_new_version(fold: str) -> None:
    """When this fails: raise the version, then run `python tests/corpus.py`."""
    assert corpus.file_of(fold).exists(), "run `python tests/corpus.py`"
    # Through JSON, so that tuples and enumerations compare by what they look like stored.
    today = json.loads(json.dumps(corpus.folds()[fold]))

    assert today == json.loads(corpus.file_of(fold).read_text())


def test_every_sample_has_its_place_in_a_fold_or_is_a_variant_of_one_that_has() -> None:
    placed = {sample.rpartition("-least")[0] or sample for sample in corpus.LIFE}

    assert {s.rpartition("-least")[0] or s for s in corpus.samples()} == placed
