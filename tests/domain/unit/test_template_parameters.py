"""Parameters of a template: which can be declared, and which values they take."""

from typing import Any

import pytest
from pydantic import JsonValue, TypeAdapter, ValidationError

from domain.fitting import ParametersDoNotFit, fitting
from domain.look_ups import LookUps
from domain.project.values import MAX_PARAMETER_BYTES, GivenParameters
from domain.template.aggregate import template
from domain.template.commands import TemplateParameter, Value
from domain.template.events import Parameter, TemplateEvent, TemplateParametersReplaced
from domain.template.parameters import (
    GIVEN,
    ParametersTooLong,
    UnusableParameter,
    check,
)
from edge.http.problems import problem_of
from kernel.look_ups import States
from kernel.values import JsonObject
from tests.domain.support.template_builders import (
    asked,
    draft,
    drafted,
    parameter,
    parametrised,
    publish,
    published,
    revise,
)
from tests.support.api import ADMIN, Api
from tests.support.spec import given
from tests.support.world import APP

pytestmark = pytest.mark.feature("C8")
PORT = parameter("port", "NUMBER", minimum=1, maximum=65535)


class TestDeclaring:
    def test_is_recorded_with_the_draft(self) -> None:
        given(template).when(draft(parameters=(asked("port", "NUMBER", maximum=9),))).then(
            drafted(parameters=(parameter("port", "NUMBER", maximum=9),))
        )

    def test_again_replaces_all(self) -> None:
        given(template, drafted(parameters=(PORT,))).when(revise(parameters=(asked("tea"),))).then(
            parametrised(parameter("tea"))
        )

    def test_none_takes_all_away(self) -> None:
        given(template, drafted(parameters=(PORT,))).when(revise(parameters=())).then(
            parametrised()
        )

    def test_the_same_again_records_nothing(self) -> None:
        same = asked("port", "NUMBER", minimum=1, maximum=65535)
        given(template, drafted(parameters=(PORT,))).when(revise(parameters=(same,))).then_nothing()

    def test_not_given_leaves_them(self) -> None:
        before = drafted(parameters=(PORT,))
        given(template, before).when(revise(name="Tea service")).then_nothing()

    def test_is_a_revision_that_can_be_published(self) -> None:
        given(template, drafted(), published(), parametrised(PORT)).when(publish()).then(
            published(2)
        )

    def test_shows_after_it_was_published(self) -> None:
        history: list[TemplateEvent] = [
            drafted(parameters=(PORT,)),
            published(),
            parametrised(parameter("tea")),
        ]

        assert template.fold(history).published_parameters == (PORT,)
        assert template.fold([*history, published(2)]).published_parameters == (parameter("tea"),)


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ([parameter("tea"), parameter("tea", "NUMBER")], "another parameter has its name"),
        *(([parameter(word)], "is a word") for word in ("class", "lambda", "if", "endif"[3:])),
        *(([parameter(word)], "is a word") for word in ("set", "macro", "loop", "self", "true")),
        *(([parameter(name)], "every file knows") for name in GIVEN),
        ([parameter("a", "NUMBER", min_length=1)], "no least length, only TEXT and LIST"),
        ([parameter("a", "BOOLEAN", max_length=1)], "BOOLEAN has no greatest length"),
        ([parameter("a", minimum=0)], "TEXT has no minimum"),
        ([parameter("a", "LIST", maximum=1)], "LIST has no maximum"),
        ([parameter("a", choices=("b",))], "TEXT has no choices"),
        ([parameter("a", "CHOICE")], "it has no choices"),
        ([parameter("a", "CHOICE", choices=("b", "b"))], "look the same"),
        ([parameter("a", "CHOICE", choices=("\u00e9", "e\u0301"))], "look the same"),
        ([parameter("a", "LIST", choices=("b c", " b\u200b  c"))], "look the same"),
        ([parameter("a", min_length=2, max_length=1)], "least length is more"),
        ([parameter("a", "NUMBER", minimum=2, maximum=1)], "minimum is more"),
        ([parameter("a", default=1)], "default does not fit: Must be text"),
        ([parameter("a", default="abc", max_length=2)], "of 0 to 2 characters"),
        ([parameter("a", "NUMBER", default="1")], "default does not fit: Must be a number"),
        ([parameter("a", "NUMBER", default=True)], "default does not fit: Must be a number"),
        ([parameter("a", "NUMBER", default=0, minimum=1)], "a number of 1 or more"),
        ([parameter("a", "BOOLEAN", default=0)], "Must be true or false"),
        ([parameter("a", "CHOICE", choices=("b",), default="c")], "Must be one of b"),
        ([parameter("a", "LIST", choices=("b",), default=("c",))], "a list of texts: b"),
        ([parameter("a", "LIST", default="b")], "a list of 0 to"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_the_reason(declared: list[Parameter], reason: str) -> None:
    with pytest.raises(UnusableParameter) as refused:
        check(declared)
    assert reason in str(refused.value)
    assert repr(declared[-1].name) in str(refused.value)


def test_drafts_and_revisions_are_checked() -> None:
    much = tuple(asked(f"p{n}", default="x" * 4000) for n in range(5))
    given(template).when(draft(parameters=(asked("class"),))).then_refused(UnusableParameter)
    given(template, drafted()).when(revise(parameters=much)).then_refused(ParametersTooLong)


def test_too_much_in_all_is_refused() -> None:
    with pytest.raises(ParametersTooLong, match="at most 16384"):
        check([parameter(f"p{n}", default="é" * 500) for n in range(17)])


@pytest.mark.parametrize("name", ["", "A", "1a", "a-b", "a_b", "_a", "__class__", "a" * 41, "é"])
def test_a_name_that_is_no_identifier_is_invalid(name: str) -> None:
    with pytest.raises(ValidationError):
        asked(name)


@pytest.mark.parametrize(
    "field",
    [{"type": "DATE"}, {"pattern": "a*"}, {"default": {"a": 1}}, {"default": [1]}, {"label": " "},
     {"choices": ["a\nb"]}, {"choices": [" "]}, {"choices": ["\u200b"]}, {"minLength": -1}],
    ids=str,
)  # fmt: skip
def test_a_field_of_another_form_is_invalid(field: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TemplateParameter.model_validate({"name": "a", "type": "TEXT", "label": "A", **field})


@pytest.mark.parametrize("value", [True, 1, 1.5, "1", ("1", "2"), ()], ids=repr)
def test_a_default_is_stored_as_what_it_is(value: Value) -> None:
    stored = parametrised(parameter("a", default=value)).model_dump_json()
    read = TemplateParametersReplaced.model_validate_json(stored).parameters[0].default

    assert (read, type(read)) == (value, type(value))


def text_of(least: int, most: int) -> str:
    return f"Must be text of {least} to {most} characters, without NUL characters."


FITTING: list[tuple[Parameter, JsonValue, Value]] = [
    (parameter("a"), "é", "é"),
    (parameter("a", max_length=1), "", ""),
    (PORT, 1, 1),
    (PORT, 2.5, 2.5),
    (parameter("a", "BOOLEAN"), False, False),
    (parameter("a", "CHOICE", choices=("b", "c")), "c", "c"),
    (parameter("a", "LIST"), ["b", "b"], ("b", "b")),
    (parameter("a", "LIST", choices=("b", "c"), max_length=1), ["c"], ("c",)),
    (parameter("a", default="b"), None, "b"),
    (parameter("a", required=True, default="b"), None, "b"),
    (parameter("a"), None, ""),
    (parameter("a", "NUMBER"), None, 0),
    (parameter("a", "BOOLEAN", default=True), None, True),
    (parameter("a", "LIST"), None, ()),
]


@pytest.mark.parametrize(("declared", "value", "result"), FITTING)
def test_a_value_that_fits_is_taken(declared: Parameter, value: JsonValue, result: Value) -> None:
    found = fitting([declared], {declared.name: value})[declared.name]

    assert (found, type(found)) == (result, type(result))


@pytest.mark.parametrize(
    ("declared", "value", "sentence"),
    [
        (parameter("a"), 1, text_of(0, 4000)),
        (parameter("a"), "x" * 4001, text_of(0, 4000)),
        (parameter("a", max_length=3), "four", text_of(0, 3)),
        (parameter("a", min_length=1), "", text_of(1, 4000)),
        (parameter("a"), "\0", text_of(0, 4000)),
        (parameter("a"), ["b"], text_of(0, 4000)),
        (PORT, "80", "Must be a number of 1 or more, and of 65535 or less."),
        (PORT, 0, "Must be a number of 1 or more, and of 65535 or less."),
        (PORT, 65536, "Must be a number of 1 or more, and of 65535 or less."),
        (PORT, True, "Must be a number of 1 or more, and of 65535 or less."),
        (parameter("a", "NUMBER"), float("nan"), "Must be a number."),
        pytest.param(parameter("a", "NUMBER"), 10**400, "Must be a number.", id="huge"),
        (parameter("a", "BOOLEAN"), "true", "Must be true or false."),
        (parameter("a", "BOOLEAN"), 1, "Must be true or false."),
        (parameter("a", "CHOICE", choices=("b", "c")), "d", "Must be one of b, c."),
        (parameter("a", "CHOICE", choices=("b", "c")), ["b"], "Must be one of b, c."),
        (parameter("a", "LIST"), "b", "Must be a list of 0 to 4000 texts."),
        (parameter("a", "LIST"), {"b": 1}, "Must be a list of 0 to 4000 texts."),
        (parameter("a", "LIST"), [1], "Must be a list of texts."),
        (parameter("a", "LIST", max_length=1), ["b", "c"], "Must be a list of 0 to 1 texts."),
        (parameter("a", "LIST", choices=("b",)), ["c"], "Must be a list of texts: b."),
        (parameter("a", required=True), None, "This is required."),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_with_its_path(
    declared: Parameter, value: JsonValue, sentence: str
) -> None:
    with pytest.raises(ParametersDoNotFit) as refused:
        fitting([declared], {declared.name: value})
    assert refused.value.faults == {f"templateParameters.{declared.name}": sentence}


@pytest.mark.parametrize("name", ["a\0b", "a\x1bb", "a\u202eb", "a\nb", "a\u2028b"])
def test_a_name_that_is_not_known_is_quoted_and_cannot_mislead(name: str) -> None:
    with pytest.raises(ParametersDoNotFit) as refused:
        fitting([], {name: 1})

    assert str(refused.value).startswith("`templateParameters.a\ufffdb`: ")
    assert [*refused.value.faults] == [f"templateParameters.{name}"]


def test_every_fault_is_told() -> None:
    with pytest.raises(ParametersDoNotFit) as refused:
        fitting([PORT, parameter("tea", required=True)], {"port": "x", "coffee": 1})

    problem, _ = problem_of(refused.value)
    assert (problem.status, problem.type.rpartition("/")[2]) == (400, "parameters-do-not-fit")
    assert problem.detail.endswith("There are 2 more faults.")
    assert [(fault.path, fault.message) for fault in problem.errors or ()] == [
        ("templateParameters.coffee", "There is no such parameter. There are port, tea."),
        ("templateParameters.port", "Must be a number of 1 or more, and of 65535 or less."),
        ("templateParameters.tea", "This is required."),
    ]


def test_values_of_more_than_8_kb_are_refused() -> None:
    given: TypeAdapter[JsonObject] = TypeAdapter(GivenParameters)
    within = {"a": "x" * 4000, "b": "x" * 4000, "c": "x" * (MAX_PARAMETER_BYTES - 8000 - 22)}

    assert given.validate_python(within) == within
    with pytest.raises(ValidationError, match="at most 8192 bytes"):
        given.validate_python({**within, "c": within["c"] + "x"})


def test_a_template_without_parameters_takes_none() -> None:
    assert fitting([], {}) == {}
    with pytest.raises(ParametersDoNotFit, match="The template has no parameters"):
        fitting([], {"a": 1})


def test_whoever_chooses_a_template_reads_the_published_parameters() -> None:
    class Published(States):
        def newest(self, *_: object) -> object:
            return template.fold(
                [drafted(parameters=(PORT,)), published(), parametrised(parameter("tea"))]
            )

        def holder(self, claim: str) -> None: ...

    found = LookUps(Published()).published_template("0198f2a0-0000-7000-8000-00000000000a")

    assert found.parameters == (PORT,)


@pytest.mark.parametrize(
    ("parameters", "status", "problem"),
    [
        ([{"name": "class", "type": "TEXT", "label": "A"}], 409, "unusable-parameter"),
        ([{"name": "A", "type": "TEXT", "label": "A"}], 400, "invalid-request"),
        ([{"name": "a", "type": "TEXT", "label": "A", "default": {}}], 400, "invalid-request"),
        ([{"name": f"p{n}", "type": "TEXT", "label": "A", "default": "x" * 4000} for n in range(5)],
         409, "parameters-too-long"),
    ],
)  # fmt: skip
def test_the_api_refuses_with_a_problem_of_its_own(
    parameters: list[dict[str, Any]], status: int, problem: str
) -> None:
    data = {"slug": "parameters", "name": "Parameters", "parameters": parameters}
    answer = Api(APP, ADMIN).post("/templates", data)

    assert (answer.status, answer.problem) == (status, problem)
