"""Rendering: values reach the files as what they are, and nothing gets out of its process."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from typing import Any

import pytest
import yaml

from adapters.jinja.child import environment, pascal, quoted, slug, snake
from adapters.jinja.limits import Limits
from adapters.jinja.renderer import JinjaRenderer
from application.scaffolding import NotRendered, Values
from kernel.scaffolds import FILTERS, TESTS
from tests.support.escapes import ESCAPES
from tests.support.paths import SRC

VALUES: dict[str, Any] = {"name": "Tea", "services": [{"name": "api", "type": "API"}]}
# Every character of the basic plane that a file can have, and one beyond it.
EVERY = "".join(map(chr, [*range(0x01, 0xD800), *range(0xE000, 0x10000), 0x1F375]))
LONG = "x" * 30_000
LOOPS = "<% for a in l %><% for b in l %><% endfor %><% endfor %>"


def rendered(text: str, **values: Any) -> str:  # noqa: ANN401 - values of any kind
    return environment().from_string(text).render(values)


def test_a_scaffold_is_rendered_with_its_values() -> None:
    files = {
        "b/README.md": "# <%= name %>\n<%# not said %>\n<% for one in services %>\n"
        "- <%= one.name %><% if not loop.last %>,<% endif %>\n\n<% endfor %>\n",
        "a.json": '{"name": <%= name | quoted %>, "{{ jsx }}": "${{ secrets.X }}"}\n',
    }
    values: Values = {"name": "T\"e'a", "services": [{"name": "api"}, {"name": "web"}]}

    assert JinjaRenderer().render(files, values) == {
        "b/README.md": "# T\"e'a\n- api,\n- web\n",
        "a.json": '{"name": "T\\"e\\u0027a", "{{ jsx }}": "${{ secrets.X }}"}\n',
    }


def test_what_is_on_the_list_is_there_and_nothing_else() -> None:
    made = environment()

    assert (made.filters.keys(), made.tests.keys()) == (FILTERS.keys(), TESTS.keys())
    assert made.globals == {}


@pytest.mark.parametrize("value", [EVERY, "", True, 0.5, ["a", "b'"]], ids=repr)
def test_a_quoted_value_is_read_back_by_json_yaml_and_toml(value: object) -> None:
    text = quoted(value)

    assert json.loads(text) == value
    assert yaml.safe_load(text) == value
    assert tomllib.loads(f"a = {text}")["a"] == value


def test_a_quoted_text_is_read_back_by_python() -> None:
    assert ast.literal_eval(quoted(EVERY)) == EVERY


def test_no_quoted_text_turns_the_direction_of_the_line_that_it_stands_in() -> None:
    """What follows it would be shown as something other than it is (CVE-2021-42574)."""
    turns = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

    assert not set(quoted(turns)) & set(turns)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("My Shop", ("my-shop", "my_shop", "MyShop")),
        ("myHTTPServer2", ("my-http-server2", "my_http_server2", "MyHttpServer2")),
        ("Café & Öl", ("cafe-ol", "cafe_ol", "CafeOl")),
        ("2 fast", ("app-2-fast", "app_2_fast", "App2Fast")),
        ("日本", ("app", "app", "App")),
        ("'); drop", ("drop", "drop", "Drop")),
    ],
)
def test_names_are_made_of_words(text: str, names: tuple[str, str, str]) -> None:
    assert (slug(text), snake(text), pascal(text)) == names


@pytest.mark.parametrize("text", ["aB" * 50, "\N{FACSIMILE SIGN}" * 100, "a" * 99 + " b"])
def test_a_slug_of_the_longest_name_can_name_a_stack(text: str) -> None:
    """Words are separated by hyphens, and some characters stand for several letters."""
    assert re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", slug(text))
    assert len(slug(text)) <= 100


@pytest.mark.parametrize("text", ESCAPES, ids=lambda text: text[:60])
def test_the_sandbox_alone_gives_nothing_away_and_changes_nothing(text: str) -> None:
    """The list stands before it; this is what there is if the list had a hole."""
    values = json.loads(json.dumps(VALUES))
    try:
        found = rendered(text, **values)
    except Exception as error:
        found = type(error).__name__

    assert "<class" not in found
    assert "root:" not in found
    assert "uid=" not in found
    assert values == VALUES


PATIENT = Limits(seconds=60)
"""On a machine that is busy, another limit than that of the time is reached first."""
WIDER = LOOPS.replace("b in l %>", "b in l %>xx")


@pytest.mark.parametrize(
    ("text", "limits", "reason"),
    [
        (f"<%= l|join|replace('', '{LONG}')|replace('', '{LONG}') %>", PATIENT, "memory"),
        (LOOPS * 20, replace(PATIENT, cpu_seconds=1), "more time or memory"),
        (LOOPS * 20, Limits(seconds=0.5), "more than 0.5 seconds"),
        (
            LOOPS.replace("b in l %>", "b in l %>xx"),
            replace(PATIENT, rendered_bytes=999),
            "than 999 bytes",
        ),
        ("<%= l.x.y %>", Limits(), "a does not fit these values"),
        ("<% for a in n %><% endfor %>", Limits(), "a does not fit these values"),
        ("\n<%= l.append('x') %>", Limits(), "a, line 2: Calls cannot be used"),
        ("<%= __import__('os') %>", Limits(), "a, line 1:"),
        ("<%= missing %>", Limits(), "'missing' is undefined"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_takes_too_much_or_does_not_fit_is_refused(
    text: str, limits: Limits, reason: str
) -> None:
    with pytest.raises(NotRendered, match=reason):
        JinjaRenderer(limits).render({"a": text}, {"l": ["x"] * 4000, "n": 1})


def test_bytes_are_counted_over_all_files() -> None:
    renderer = JinjaRenderer(Limits(rendered_bytes=10))

    assert renderer.render({"a": "12345", "b": "é789"}, {}) == {"a": "12345", "b": "é789"}
    with pytest.raises(NotRendered, match="more than 10 bytes"):
        renderer.render({"a": "12345", "b": "é7890"}, {})


def test_the_process_writes_no_file(tmp_path: Any) -> None:  # noqa: ANN401 - pytest's path
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from adapters.jinja.child import limit; from adapters.jinja.limits import Limits\n"
        "limit(Limits())\n"
        "with open(sys.argv[2], 'w') as file: file.write('x')"
    )
    command = [sys.executable, "-c", script, str(SRC), str(tmp_path / "file")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ended.returncode
    assert "File too large" in ended.stderr
    assert not (tmp_path / "file").read_text()


def test_the_process_sees_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    seen: list[dict[str, str]] = []
    run = subprocess.run

    def spied(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - those of `run`
        seen.append(named["env"])
        return run(*args, **named)

    monkeypatch.setattr("adapters.jinja.renderer.subprocess.run", spied)
    JinjaRenderer().render({"a": ""}, {})

    assert os.environ["AWS_SECRET_ACCESS_KEY"] == "canary"
    assert [env.keys() <= {"LD_LIBRARY_PATH"} for env in seen] == [True]
