"""JSON that two readers could read differently is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.http.strict_json import (
    MAX_BODY_BYTES,
    MAX_DEPTH,
    MAX_NUMBER,
    BodyTooLarge,
    MalformedJson,
    dumps,
    loads,
)

pytestmark = pytest.mark.feature("C10")
INTEGERS = st.integers(-MAX_NUMBER, MAX_NUMBER)
FRACTIONS = st.floats(1e-130, MAX_NUMBER) | st.floats(-MAX_NUMBER, -1e-130) | st.just(0.0)
TEXTS = st.text(st.characters(codec="utf-8"))
NAMES = st.text(st.characters(codec="utf-8"), min_size=1)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | FRACTIONS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=10,
)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_what_json_can_say_is_read(value: dict[str, object]) -> None:
    assert loads(json.dumps(value)) == value
    assert loads(json.dumps(value, ensure_ascii=False)) == value


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "The body is not valid JSON: the first error is at character 0."),
        ('{"a"', "The body is not valid JSON: the first error is at character 4."),
        ('{"a": 1} x', "The body is not valid JSON: the first error is at character 9."),
        ("{'a': 1}", "The body is not valid JSON: the first error is at character 1."),
        ('{"a": 1, "a": 2}', 'The field "a" is given twice.'),
        ('{"\\u202ea": 1, "\\u202ea": 2}', 'The field "\ufffda" is given twice.'),
        ('{"deep": {"b": 1, "a": 2, "a": 1}}', 'The field "a" is given twice.'),
        ('{"a": NaN}', "NaN is not a JSON number."),
        ('{"a": -Infinity}', "-Infinity is not a JSON number."),
        ('{"a": 1e400}', "The number 1e400 is out of range."),
        ('{"a": 1e-131}', "The number 1e-131 is out of range."),
        ('{"a": 9007199254740992}', "The number 9007199254740992 is out of range."),
        ('{"a": 9007199254740992.0}', "The number 9007199254740992.0 is out of range."),
        ('{"a": -9007199254740992}', "The number -9007199254740992 is out of range."),
        ('{"a": {"": 1}}', "The name of a field must not be empty."),
        ('{"a": "\\ud800"}', "A text contains half of a surrogate pair."),
        ('{"\\udfff": 1}', "A text contains half of a surrogate pair."),
        ("[]", "The body must be a JSON object."),
        ("null", "The body must be a JSON object."),
        ('"a"', "The body must be a JSON object."),
    ],
)
def test_what_is_ambiguous_is_refused_with_its_fault(text: str, fault: str) -> None:
    with pytest.raises(MalformedJson) as refusal:
        loads(text)

    assert str(refusal.value) == fault


def test_a_number_of_a_million_digits_is_refused_at_once() -> None:
    with pytest.raises(MalformedJson, match="is out of range"):
        loads('{"a": ' + "9" * 200_000 + "}")


@pytest.mark.parametrize(
    "number", [MAX_NUMBER, -MAX_NUMBER, float(MAX_NUMBER), 0, 0.0, 1.5, 1e-130, -1e-130]
)
def test_numbers_at_the_limit_are_read(number: float) -> None:
    assert loads(f'{{"a": {number!r}}}') == {"a": number}


@pytest.mark.parametrize("digits", ["10", "10.0", "1e1", "100e-1"])
def test_a_number_without_a_fraction_is_an_integer_however_it_is_written(digits: str) -> None:
    assert type(loads(f'{{"a": {digits}}}')["a"]) is int


def test_what_is_answered_takes_few_bytes() -> None:
    assert dumps({"a": [1, "é"], "b": None}) == '{"a":[1,"é"],"b":null}'


class TestDepth:
    def test_at_the_limit_is_read(self) -> None:
        loads(nested(MAX_DEPTH - 1))

    def test_beyond_the_limit_is_refused(self) -> None:
        with pytest.raises(
            MalformedJson, match=f"The body is nested deeper than {MAX_DEPTH} levels"
        ):
            loads(nested(MAX_DEPTH))

    def test_far_beyond_the_limit_is_refused_without_harm(self) -> None:
        with pytest.raises(
            MalformedJson, match=f"The body is nested deeper than {MAX_DEPTH} levels"
        ):
            loads(nested(100_000))


def nested(depth: int) -> str:
    """An object that holds arrays in each other: in all `depth` + 1 levels."""
    return '{"a": ' + "[" * depth + "]" * depth + "}"


class TestSize:
    def test_at_the_limit_is_read(self) -> None:
        assert loads(sized(MAX_BODY_BYTES))

    def test_beyond_the_limit_is_refused(self) -> None:
        with pytest.raises(BodyTooLarge):
            loads(sized(MAX_BODY_BYTES + 1))

    def test_is_counted_in_bytes(self) -> None:
        with pytest.raises(BodyTooLarge):
            loads('{"a": "' + "🫖" * (MAX_BODY_BYTES // 4) + '"}')


def sized(size: int) -> str:
    return '{"a": "' + "x" * (size - 9) + '"}'
