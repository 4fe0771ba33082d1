"""Files of a template: their syntax, and the parameters that they use."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import JsonValue

from adapters.jinja.renderer import JinjaRenderer
from domain.fitting import fitting
from domain.template.aggregate import template
from domain.template.commands import ParameterType
from domain.template.files import ParameterInUse, UnusableFile, parameters_used
from domain.template.parameters import GIVEN, check
from kernel.scaffolds import FILTERS, TESTS
from tests.domain.support.template_builders import (
    asked,
    draft,
    drafted,
    parameter,
    parametrised,
    replaced,
    revise,
    stored,
)
from tests.support.api import ADMIN, Api
from tests.support.escapes import ESCAPES, EXHAUSTING
from tests.support.paths import DOCS
from tests.support.spec import given
from tests.support.world import APP

pytestmark = pytest.mark.feature("C8")
FILES: Mapping[str, str] = {"a.py": "<%= port %>", "b.py": "<% if tea %><%= name %><% endif %>"}
ASKED = (asked("port", "NUMBER"), asked("tea"))
DECLARED = (parameter("port", "NUMBER"), parameter("tea"))
BEFORE = drafted(files=FILES, parameters=DECLARED, uses=("port", "tea"))


def test_a_draft_says_which_parameters_its_files_use() -> None:
    given(template).when(draft(files=FILES, parameters=ASKED)).then(BEFORE)


def test_facts_of_the_project_are_no_parameters() -> None:
    text = "".join(f"<%= {name} %>" for name in GIVEN)

    assert parameters_used(stored({"a": text}), []) == ()


def test_a_parameter_that_is_not_declared_is_refused_with_its_place() -> None:
    with pytest.raises(UnusableFile) as refused:
        parameters_used(stored({"README.md": "fine", "src/a.py": "\n\n<%= prot %>"}), DECLARED)

    assert str(refused.value).startswith("src/a.py, line 3: There is no parameter prot. There are")
    assert "port" in str(refused.value)


def test_files_and_parameters_can_be_revised_together() -> None:
    given(template, BEFORE).when(
        revise(files={"a": "<%= cup %>"}, parameters=(asked("cup"),))
    ).then(replaced({"a": "<%= cup %>"}, "cup"), parametrised(parameter("cup")))


def test_files_alone_use_the_parameters_of_the_draft() -> None:
    given(template, BEFORE).when(revise(files={"a": "<%= tea %>"})).then(
        replaced({"a": "<%= tea %>"}, "tea")
    )
    given(template, BEFORE).when(revise(files={"a": "<%= cup %>"})).then_refused(UnusableFile)


def test_a_parameter_in_use_stays() -> None:
    given(template, BEFORE).when(revise(parameters=(asked("tea"),))).then_refused(ParameterInUse)


def test_a_parameter_that_files_used_before_can_go() -> None:
    given(template, BEFORE, replaced({"a": "<%= tea %>"}, "tea")).when(
        revise(parameters=(asked("tea"),))
    ).then(parametrised(parameter("tea")))


@pytest.mark.parametrize("name", ["ifs", "type", "match", "range", "dict", "lipsum", "format"])
def test_other_words_can_be_names_of_parameters(name: str) -> None:
    """Jinja2 has globals of some of these names, but files do not have them."""
    check([parameter(name)])

    assert parameters_used(stored({"a": f"<%= {name} %>"}), [parameter(name)]) == (name,)


@pytest.mark.parametrize("text", [*ESCAPES, *EXHAUSTING], ids=lambda text: text[:60])
def test_what_wants_out_is_refused_when_it_is_drafted(text: str) -> None:
    given(template).when(draft(files={"a": text})).then_refused(UnusableFile)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x\n<%#", "Missing end of comment tag"),
        ("x\n<% raw %>", "Missing end of raw directive"),
        ("x\n<% if name < 1e999 %><% endif %>", "A number is too large"),
    ],
)
def test_what_is_no_file_by_itself_is_refused_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(UnusableFile, match=f"a, line 2: {reason}"):
        parameters_used(stored({"a": text}), [])


@pytest.mark.parametrize("word", [*FILTERS, *TESTS, *GIVEN, *ParameterType])
def test_the_page_for_authors_names_everything_there_is(word: str) -> None:
    assert f"`{word}" in (DOCS / "templates.md").read_text()


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        ("<%= name|quoted_html %>", "a.py, line 1: quoted_html is no filter. There are quoted, "),
        ("x\n<%= cup %>", "a.py, line 2: There is no parameter cup. There are features, name, "),
        ("<%= name.__class__ %>", "a.py, line 1: __class__ is no field."),
        ("<%= '{braces}'() %>", "a.py, line 1: Calls cannot be used in files."),
    ],
)
def test_every_way_to_draft_names_file_and_line(content: str, detail: str) -> None:
    data: dict[str, Any] = {
        "slug": "files", "name": "Files", "files": [{"path": "a.py", "content": content}]
    }  # fmt: skip
    api = Api(APP, ADMIN)
    batch = api.post("/commands", {"commands": [{"type": "draft-template", "data": data}]})
    answers = [
        api.post("/templates", data).body,
        api.post("/commands/draft-template", {"data": data}).body,
        batch.body["results"][0]["problem"],
    ]

    for answer in answers:
        assert (answer["status"], answer["type"].rpartition("/")[2]) == (409, "unusable-file")
        assert answer["detail"].startswith(detail)


def test_values_that_fit_are_rendered_as_what_they_are() -> None:
    declared = [
        parameter("tea", default="'Earl\" Grey'"),
        parameter("minutes", "NUMBER"),
        parameter("sweet", "BOOLEAN"),
        parameter("pot", "CHOICE", choices=("iron",)),
        parameter("extras", "LIST"),
    ]
    text = "[" + ", ".join(f"<%= {one.name} | quoted %>" for one in declared) + "]"
    values: dict[str, JsonValue] = {
        "minutes": 4.5,
        "sweet": True,
        "pot": "iron",
        "extras": ["milk", "<mint>"],
    }

    assert parameters_used(stored({"a": text}), declared)
    found = JinjaRenderer().render({"a": text}, fitting(declared, values))["a"]
    assert json.loads(found) == ["'Earl\" Grey'", 4.5, True, "iron", ["milk", "<mint>"]]
