"""The syntax of files with values: what it allows, and how it names what it does not."""

import subprocess
import sys

import pytest

from kernel.scaffolds import FILTERS, MAX_NODES, Unusable, names_used
from tests.support.escapes import ESCAPES, EXHAUSTING
from tests.test_architecture import SRC

DECLARED = {"name", "services"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", {}),
        ("style={{ a: 1 }} ${{ secrets.X }} {# a #} [[ b ]] $<a>", {}),
        ("<%# any_thing() %>", {}),
        ("<% raw %><%= a() %><% endraw %>", {}),
        ("a\n<%= b | quoted %>\n<%= b %><%= c %>", {"b": 2, "c": 3}),
        ("<%= a.b.c %><%= a[0] %><%= a['b'] %>", {"a": 1}),
        ("<%= a if b else c %>", {"a": 1, "b": 1, "c": 1}),
        ("<% if a and not (b or c) %>\n<% elif d > 1 %>\n<% else %><%= e %><% endif %>",
         {"a": 1, "b": 1, "c": 1, "d": 2, "e": 3}),
        ("<% if a in ['b', 'c'] and d not in ('e',) %><% endif %>", {"a": 1, "d": 1}),
        ("<% if a is defined and b is not none %><% endif %>", {"a": 1, "b": 1}),
        ("<% for a in b if a.c %><%= a %><%= loop.last %><% else %><%= d %><% endfor %>",
         {"b": 1, "d": 1}),
        ("<% for a in b %><% for c in a.d %><%= a %><%= c %><% endfor %><% endfor %>", {"b": 1}),
        ("<% for a in b %><% endfor %><% for c in b %><% endfor %><%= a %>", {"a": 1, "b": 1}),
        ("<% for a in a %><% endfor %>", {"a": 1}),
        ("<%= a|replace('b', c)|default('d')|join(', ') %>", {"a": 1, "c": 1}),
        *((f"<%= a|{name}({', '.join('1' * counts[0])}) %>", {"a": 1})
          for name, counts in FILTERS.items()),
    ],
)  # fmt: skip
def test_the_names_that_a_file_needs_are_found(text: str, names: dict[str, int]) -> None:
    assert names_used(text) == names


def use(text: str) -> None:
    """Refuse as a domain does."""
    if undeclared := names_used(text).keys() - DECLARED:
        raise Unusable(1, f"There is no {undeclared}.")


@pytest.mark.parametrize("text", [*ESCAPES, *EXHAUSTING], ids=lambda text: text[:60])
def test_what_wants_out_is_refused_before_it_is_compiled(text: str) -> None:
    """Some texts are plain but for a name: whoever asks refuses those that nobody declared."""
    with pytest.raises(Unusable, match=r"\.$"):
        use(text)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("\n\n<%= a|quoted_html %>", 3, "quoted_html is no filter. There are quoted, lower, upper"),
        ("<% if a is callable %><% endif %>", 1, "callable is no test. There are defined, none"),
        ("<%= a|lower(1) %>", 1, "lower takes 0 arguments."),
        ("<%= a|join(1, 2) %>", 1, "join takes 0 or 1 arguments."),
        ("\n<%= a() %>", 2, "Calls cannot be used in files. There are `<%= name | filter %>`"),
        ("<%= a + 1 %>", 1, "Arithmetic cannot be used"),
        ("<%= -1 %>", 1, "Arithmetic cannot be used"),
        ("<% set a = 1 %>", 1, "`set` cannot be used"),
        ("<%= {} %>", 1, "Objects in braces cannot be used"),
        ("<% while a %>", 1, "There is no such tag here. There are if, for, raw."),
        ("<% endif %>", 1, "There is no such tag here."),
        ("<% if a %>", 1, "nexpected end of template"),
        ("<%= a", 1, "nexpected end of template"),
        ("<%= a_b %>", 1, "a_b cannot be a name: names have no underscores."),
        ("<%= a.b_c %>", 1, "b_c is no field."),
        ("<%= a.items %>", 1, "items is no field."),
        ("<%= a[b] %>", 1, "Brackets hold a name in quotes or a whole number."),
        ("<% for a in b %><%= loop.cycle %><% endfor %>", 1, "loop has no cycle. It has index"),
        ("<%= '\\ud800' %>", 1, "an escape that is no character."),
        ("<%= " + "8" * 5000 + " %>", 1, "A number has too many digits."),
        ("<% if a %>" * 60 + "<% endif %>" * 60, 1, "at most 50 parts deep."),
        ("<%= a %>" * MAX_NODES, 1, "The file has more than 2000 parts."),
    ],
)
def test_a_refusal_says_where_and_what_there_is(text: str, line: int, reason: str) -> None:
    with pytest.raises(Unusable) as refused:
        names_used(text)
    assert refused.value.line == line
    assert reason in str(refused.value)


def test_jinja_is_imported_by_the_first_check_only() -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import kernel.scaffolds as it\n"
        "before = 'jinja2' in sys.modules; it.names_used('')\n"
        "sys.exit(before or 'jinja2' not in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, str(SRC)], check=True)
