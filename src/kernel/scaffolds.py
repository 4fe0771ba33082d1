"""Files with values: the syntax that they may use, a small part of Jinja2's.

Jinja2's parser reads a text and does nothing else, so its tree can be checked wherever rules are.
Nothing is compiled here: Jinja2 evaluates constants when it compiles, and `'x' | replace('', 'y')`
with long texts takes gigabytes. Jinja2 is imported by the first check: that takes a twentieth of a
second, which the start of a function should not pay.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import inf
from typing import Any

Names = frozenset[str]
SYNTAX: Mapping[str, Any] = {
    "variable_start_string": "<%=",
    "variable_end_string": "%>",
    "block_start_string": "<%",
    "block_end_string": "%>",
    "comment_start_string": "<%#",
    "comment_end_string": "%>",
    # A tag alone on its line leaves no blank line, and the last line keeps its end.
    "trim_blocks": True,
    "lstrip_blocks": True,
    "keep_trailing_newline": True,
    # These are no pages: `quoted` quotes where it is asked to.
    "autoescape": False,
}
"""Delimiters that leave `{{ }}`, `${{ }}` and `{# #}` to JSX, workflows and others."""
FILTERS: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(("quoted", "lower", "upper", "capitalize", "trim"), (0,)),
    **dict.fromkeys(("slug", "snake", "pascal"), (0,)),
    **dict.fromkeys(("length", "first", "last", "sort"), (0,)),
    "replace": (2,),
    "default": (1,),
    "join": (0, 1),
}
"""Filters, with how many arguments each takes."""
TESTS: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(("defined", "none", "odd", "even"), (0,)),
    "in": (1,),
}
TAGS = ("if", "for", "raw")
LOOP = ("index", "index0", "first", "last", "length", "revindex", "revindex0")
MAX_NODES = 2000
MAX_DEPTH = 50
"""Parts within each other; Python compiles no more than 100 levels of blocks."""
MAX_LOOPS = 2
"""Loops within each other."""
METHODS = frozenset(name for kind in (str, list, tuple, dict, int, float) for name in dir(kind))
"""Jinja2 finds these, too, where a field is asked for."""


NESTED = f"Tags and expressions are at most {MAX_DEPTH} parts deep."


class Unusable(ValueError):
    """The text uses what it must not. The message is a sentence for users."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the tree, with the names that the loops around it give, and their number."""

    node: Any
    depth: int = 0
    bound: Names = frozenset()
    loops: int = 0


def names_used(text: str) -> dict[str, int]:
    """Return the names that the text needs, each with its first line. Raises `Unusable`."""
    found: dict[str, int] = {}
    for count, place in enumerate(places(parsed(text)), 1):
        if count > MAX_NODES:
            raise Unusable(place.node.lineno, f"The file has more than {MAX_NODES} parts.")
        check(place)
        name = needed(place)
        if name is not None:
            found[name] = min(place.node.lineno, found.get(name, place.node.lineno))
    return found


def parsed(text: str) -> Any:  # noqa: ANN401 - a node of Jinja2
    from jinja2.exceptions import TemplateSyntaxError

    try:
        # A tag that is open at the very end is missed unless something follows it.
        return environment().parse(f"{text}\n")
    except TemplateSyntaxError as error:
        raise Unusable(error.lineno, sentence(error.message or "")) from None
    except RecursionError:
        raise Unusable(1, NESTED) from None
    except ValueError:  # Python reads no numbers of thousands of digits
        raise Unusable(1, "A number has too many digits.") from None


@cache
def environment() -> Any:  # noqa: ANN401 - of Jinja2
    from jinja2 import Environment

    return Environment(**SYNTAX)


def sentence(message: str) -> str:
    """Return the parser's message, or one that says what there is."""
    if message.startswith("Encountered unknown tag"):
        return f"There is no such tag here. There are {', '.join(TAGS)}."
    return f"{message[:200].rstrip('.')}."


def places(root: Any) -> Iterator[Place]:  # noqa: ANN401 - of Jinja2
    """Yield every node within, after those around it; no depth is too much for a loop.

    Nobody looks at the rest of a text once a part of it was refused.
    """
    waiting = [within(Place(root))]
    while waiting:
        place = next(waiting[-1], None)
        if place is None:
            waiting.pop()
        else:
            yield place
            waiting.append(within(place))


def within(place: Place) -> Iterator[Place]:
    from jinja2 import nodes

    node, inner = place.node, replace(place, depth=place.depth + 1)
    if not isinstance(node, nodes.For):
        yield from (replace(inner, node=child) for child in node.iter_child_nodes())
        return
    each = replace(inner, bound=inner.bound | {getattr(node.target, "name", "")})
    body = replace(each, bound=each.bound | {"loop"}, loops=each.loops + 1)
    tests = [] if node.test is None else [node.test]
    yield replace(each, node=node.target)
    yield replace(inner, node=node.iter)
    yield from (replace(each, node=child) for child in tests)
    yield from (replace(body, node=child) for child in node.body)
    yield from (replace(inner, node=child) for child in node.else_)


def needed(place: Place) -> str | None:
    name = getattr(place.node, "name", None) if type(place.node).__name__ == "Name" else None
    return None if name in place.bound else name


def check(place: Place) -> None:
    """Raise `Unusable` for what is not allowed; `CHECKS` is the list of what is."""
    if place.depth > MAX_DEPTH:
        raise Unusable(place.node.lineno, NESTED)
    kind = type(place.node).__name__
    checked = CHECKS.get(kind)
    if checked is None:
        what = WORDS.get(kind, f"`{kind}`")
        raise Unusable(place.node.lineno, f"{what} cannot be used in files. {ALLOWED}")
    for reason in checked(place):
        raise Unusable(place.node.lineno, reason)


def fine(_: Place) -> Iterator[str]:
    yield from ()


def check_constant(place: Place) -> Iterator[str]:
    """Check a constant: `"\\ud800"` is a text that no file can have, `1e999` is no number."""
    try:
        str(place.node.value).encode()
    except ValueError:
        yield "A text in quotes has an escape that is no character."
    if place.node.value in (inf, -inf):
        yield "A number is too large."


def check_name(place: Place) -> Iterator[str]:
    name = place.node.name
    if "_" in name:
        yield f"{name[:40]} cannot be a name: names have no underscores."


def check_field(place: Place) -> Iterator[str]:
    yield from faults_of_field(place.node.node, place.node.attr)


def check_item(place: Place) -> Iterator[str]:
    """Check brackets: they hold a name or a number as it is."""
    value = getattr(place.node.arg, "value", None)
    if isinstance(value, str):
        yield from faults_of_field(place.node.node, value)
    elif not isinstance(value, int):
        yield "Brackets hold a name in quotes or a whole number."


def faults_of_field(owner: Any, name: str) -> Iterator[str]:  # noqa: ANN401 - of Jinja2
    if type(owner).__name__ not in ("Name", "Getattr", "Getitem"):
        yield "Only what has a name has fields."
    elif getattr(owner, "name", "") == "loop":
        if name not in LOOP:
            yield f"loop has no {name[:40]}. It has {', '.join(LOOP)}."
    elif "_" in name or name in METHODS:
        yield f"{name[:40]} is no field."


def check_loop(place: Place) -> Iterator[str]:
    if place.loops >= MAX_LOOPS:
        yield f"Loops are at most {MAX_LOOPS} deep."
    if place.node.recursive:
        yield "Loops cannot be recursive."
    if getattr(place.node.target, "name", "loop") == "loop":
        yield "A loop has one name for its entries, other than `loop`."


def check_filter(place: Place) -> Iterator[str]:
    yield from faults_of_use(place.node, "filter", FILTERS)


def check_test(place: Place) -> Iterator[str]:
    yield from faults_of_use(place.node, "test", TESTS)


def faults_of_use(
    node: Any,  # noqa: ANN401 - of Jinja2
    kind: str,
    known: Mapping[str, tuple[int, ...]],
) -> Iterator[str]:
    if node.name not in known:
        yield f"{node.name[:40]} is no {kind}. There are {', '.join(known)}."
    elif node.kwargs or node.dyn_args or node.dyn_kwargs:
        yield f"{node.name} takes no arguments with names or stars."
    elif len(node.args) not in known[node.name]:
        yield f"{node.name} takes {' or '.join(map(str, known[node.name]))} arguments."


ALLOWED = (
    "There are `<%= name | filter %>`, `<% if %>` with `and`, `or`, `not`, `in` and comparisons, "
    "`<% for %>` and `<%# comment %>`."
)
WORDS: Mapping[str, str] = {
    "Call": "Calls",
    "Concat": "`~`",
    "Slice": "Slices",
    "Dict": "Objects in braces",
    "Assign": "`set`",
    "AssignBlock": "`set`",
    "FilterBlock": "`filter` as a tag",
    "CallBlock": "`call`",
    "FromImport": "`import`",
    "ScopedEvalContextModifier": "`autoescape`",
    **dict.fromkeys(
        ("Neg", "Pos", "Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow"), "Arithmetic"
    ),
    **{name: f"`{name.lower()}`" for name in ("Macro", "Import", "Include", "Extends", "Block")},
}
CHECKS: Mapping[str, Callable[[Place], Iterator[str]]] = {
    "Name": check_name,
    "Getattr": check_field,
    "Getitem": check_item,
    "For": check_loop,
    "Const": check_constant,
    "Filter": check_filter,
    "Test": check_test,
    **dict.fromkeys(("Output", "TemplateData", "List", "Tuple"), fine),
    **dict.fromkeys(("If", "CondExpr", "And", "Or", "Not", "Compare", "Operand"), fine),
}
