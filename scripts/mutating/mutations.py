"""Small changes to the functions of a module, each of which some test should notice.

Changed are conditions, comparisons, arithmetic, numbers, keyword arguments, filters, handlers of
exceptions, and statements that have an effect. Left alone is whatever runs when a module is
imported, and the text of strings: stored and published forms have tests of their own.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from types import CodeType

Comparisons = dict[type[ast.cmpop], type[ast.cmpop]]

LONGEST = 70  # characters of the code that names a change
CONTEXT = 30  # characters on both sides of a change within longer code
COMPARISONS: Comparisons = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}  # fmt: skip
OPPOSITES = {"min": "max", "max": "min", "any": "all", "all": "any"}
ARRANGING = {"sorted", "reversed"}
TIDYING = {"strip", "lstrip", "rstrip", "lower", "upper", "casefold"}
REMOVABLE = (ast.Raise, ast.AugAssign, ast.Delete, ast.Break, ast.Continue)
INNER = (ast.expr, ast.keyword, ast.comprehension)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Place:
    """A child of a node: `parent.name`, or an element of it."""

    parent: ast.AST
    name: str
    index: int | None

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.name, node)
        else:
            getattr(self.parent, self.name)[self.index] = node


@dataclass(frozen=True)
class Mutant:
    """A change to a function, named by its text so that the name outlives a shift of lines."""

    file: str
    function: str
    change: str
    lines: range = field(repr=False, compare=False)
    tree: ast.Module = field(repr=False, compare=False)
    place: Place = field(repr=False, compare=False)
    old: ast.AST = field(repr=False, compare=False)
    new: ast.AST = field(repr=False, compare=False)

    def code(self, filename: str) -> CodeType:
        """Compile the module with the change in it."""
        self.place.put(ast.fix_missing_locations(guarded(self.old, self.new)))
        try:
            return compile(self.tree, filename, "exec", dont_inherit=True)
        finally:
            self.place.put(self.old)


@dataclass(frozen=True)
class Site:
    """A node that is evaluated when a function runs, with what lies around it."""

    function: str
    place: Place
    node: ast.AST
    around: tuple[ast.AST, ...]


def mutants(file: str, source: str) -> list[Mutant]:
    """Return the mutants of a module; those with one name in one function are numbered."""
    tree = ast.parse(source)
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for site in sites(tree):
        if is_idle(site):
            continue
        for new in alternatives(site.node):
            change = named(site, new)
            seen[site.function, change] += 1
            number = seen[site.function, change]
            name = change if number == 1 else f"{change} ({number})"
            found.append(
                Mutant(file, site.function, name, lines(site), tree, site.place, site.node, new)
            )
    return found


def guarded(old: ast.AST, new: ast.AST) -> ast.AST:
    """Keep the old code where it is never reached: the function then has the same variables."""
    if isinstance(new, ast.expr) and isinstance(old, ast.expr):
        return ast.copy_location(ast.IfExp(ast.Constant(True), new, old), old)
    if isinstance(new, ast.stmt) and isinstance(old, ast.stmt):
        return ast.copy_location(ast.If(ast.Constant(True), [new], [old]), old)
    return new


def is_idle(site: Site) -> bool:
    """Tell whether it is a `continue` after which the loop would go on anyway."""
    if not isinstance(site.node, ast.Continue):
        return False
    for inner, outer in pairwise(reversed(site.around)):
        if goes_on(inner, outer):
            return False
        if isinstance(outer, LOOPS):
            return inner in outer.body
    return False


def goes_on(inner: ast.AST, outer: ast.AST) -> bool:
    """Tell whether more of the outer statement is run after the inner one."""
    if isinstance(inner, ast.ExceptHandler | ast.match_case):
        return False
    if isinstance(outer, ast.Try) and outer.orelse and inner in outer.body:
        return True
    lists = (value for _, value in ast.iter_fields(outer) if isinstance(value, list))
    return any(inner in each[:-1] for each in lists)


def sites(tree: ast.Module) -> Iterator[Site]:
    yield from _within(tree, "", ())


def _within(node: ast.AST, scope: str, around: tuple[ast.AST, ...]) -> Iterator[Site]:
    for name, index, child in children(node):
        place = Place(node, name, index)
        if isinstance(child, ast.ClassDef):
            yield from _within(child, f"{scope}{child.name}.", ())
        elif isinstance(child, FUNCTIONS):
            yield from _within(child, f"{scope}{child.name}.<locals>.", (child,))
        elif around:
            yield Site(scope.removesuffix(".<locals>."), place, child, (*around, child))
            inner = f"{scope}<lambda>.<locals>." if isinstance(child, ast.Lambda) else scope
            yield from _within(child, inner, (*around, child))


def children(node: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    """Yield the children that are evaluated when the node is run."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "args") and not isinstance(
            node, ast.Call
        ):
            continue
        if isinstance(value, list):
            yield from ((name, n, each) for n, each in enumerate(value) if is_run(each))
        elif isinstance(value, ast.AST) and is_run(value):
            yield name, None, value


def is_run(node: object) -> bool:
    other = (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop, ast.pattern)
    return isinstance(node, ast.AST) and not isinstance(node, other)


def alternatives(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in the place of the node."""
    if isinstance(node, REMOVABLE) or has_effect(node):
        yield ast.Pass()
    for change in CHANGES:
        yield from change(node)


def has_effect(node: ast.AST) -> bool:
    match node:
        case ast.Expr(ast.Call() | ast.Yield() | ast.YieldFrom()):
            return True
        case ast.Assign([ast.Attribute() | ast.Subscript()]):
            return True
        case _:
            return False


def calculated(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.UnaryOp(ast.Not() | ast.USub() | ast.Invert(), operand):
            yield operand
        case ast.BinOp(left, op, right) if type(op) in ARITHMETIC:
            yield ast.BinOp(left, ARITHMETIC[type(op)](), right)
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value)):
            yield ast.Constant(value + 1)


def chosen(node: ast.AST) -> Iterator[ast.AST]:
    """Force a choice one way or the other; leave out one part of an `and` or `or`."""
    match node:
        case ast.BoolOp(op, values):
            for n in range(len(values)):
                rest = values[:n] + values[n + 1 :]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.IfExp(_, body, orelse):
            yield from (body, orelse)
        case ast.If(_, steps, others):
            yield from (ast.If(ast.Constant(way), steps, others) for way in (True, False))
        case ast.While(test, steps, others) if not isinstance(test, ast.Constant):
            yield ast.While(ast.Constant(False), steps, others)


def ended(node: ast.AST) -> Iterator[ast.AST]:
    """Return nothing, let an exception through, take a case without its guard."""
    match node:
        case ast.Return(ast.expr() as value) if not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.ExceptHandler(kind, name, body) if not isinstance(body[-1], ast.Raise):
            yield ast.ExceptHandler(kind, name, [ast.Raise()])
        case ast.match_case(pattern, ast.expr(), body) if may_fail(pattern):
            yield ast.match_case(pattern, None, body)


def may_fail(pattern: ast.pattern) -> bool:
    """Tell whether the pattern may fail: without its guard, `case _` is only allowed at the end."""
    return not (isinstance(pattern, ast.MatchAs) and pattern.pattern is None)


def compared(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Compare):
        return
    for n, op in enumerate(node.ops):
        ops = [*node.ops[:n], COMPARISONS[type(op)](), *node.ops[n + 1 :]]
        yield ast.Compare(node.left, ops, node.comparators)


def called(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Call(ast.Name(name), [first, *_]) if name in ARRANGING:
            yield first
        case ast.Call(ast.Name(name), args, keywords) if name in OPPOSITES:
            yield ast.Call(ast.Name(OPPOSITES[name], ast.Load()), args, keywords)
        case ast.Call(ast.Attribute(value, name), []) if name in TIDYING:
            yield value
    if isinstance(node, ast.Call):
        yield from with_fewer_keywords(node)


def with_fewer_keywords(node: ast.Call) -> Iterator[ast.AST]:
    for n, keyword in enumerate(node.keywords):
        if keyword.arg is not None:
            rest = [*node.keywords[:n], *node.keywords[n + 1 :]]
            yield ast.Call(node.func, node.args, rest)


def unfiltered(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, COMPREHENSIONS):
        return
    for n, loop in enumerate(node.generators):
        for left_out in range(len(loop.ifs)):
            ifs = loop.ifs[:left_out] + loop.ifs[left_out + 1 :]
            open_loop = ast.comprehension(loop.target, loop.iter, ifs, loop.is_async)
            loops = [*node.generators[:n], open_loop, *node.generators[n + 1 :]]
            kept = {name: value for name, value in ast.iter_fields(node) if name != "generators"}
            yield type(node)(**kept, generators=loops)


CHANGES = (compared, calculated, chosen, called, unfiltered, ended)


def named(site: Site, new: ast.AST) -> str:
    """Show the change in the largest expression around it that is short enough."""
    old, shell = site.node, site.node
    if not isinstance(old, ast.expr):
        return narrowed(text(old), text(new))
    for outer in reversed(site.around):
        if not isinstance(outer, INNER) or len(ast.unparse(outer)) > LONGEST:
            break
        shell = outer
    if shell is old:
        return narrowed(text(old), text(new))
    before = text(shell)
    site.place.put(new)
    try:
        return narrowed(before, text(shell))
    finally:
        site.place.put(old)


def text(node: ast.AST) -> str:
    """Return the code on one line; of an `if` or `while` the head alone."""
    if isinstance(node, ast.match_case):
        guard = f" if {ast.unparse(node.guard)}" if node.guard else ""
        return f"case {ast.unparse(node.pattern)}{guard}"
    code = ast.unparse(ast.fix_missing_locations(node)).strip()
    if isinstance(node, ast.If | ast.While):
        return code.partition("\n")[0]
    return " ".join(code.split())


def narrowed(before: str, after: str) -> str:
    """Show two long texts around the place where they differ."""
    if len(before) <= LONGEST:
        return f"{before} => {after}"
    begin = alike(before, after)
    room = min(len(before), len(after)) - begin
    end = min(room, alike(before[::-1], after[::-1]))
    return f"{around(before, begin, end)} => {around(after, begin, end)}"


def alike(one: str, other: str) -> int:
    """Return how many characters two texts begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def around(whole: str, begin: int, end: int) -> str:
    first, last = max(0, begin - CONTEXT), max(0, end - CONTEXT)
    middle = whole[first : len(whole) - last]
    shortened = middle if len(middle) <= 2 * LONGEST else f"{middle[:LONGEST]} ..."
    return f"{'... ' if first else ''}{shortened}{' ...' if last else ''}"


def lines(site: Site) -> range:
    """Return the lines by which coverage knows that the node was run."""
    if isinstance(site.node, ast.If | ast.While):
        return span([site.node.test])
    if isinstance(site.node, ast.ExceptHandler):
        return span(site.node.body)
    if isinstance(site.node, ast.match_case):
        return span([site.node.pattern])
    positioned = [n for n in reversed(site.around) if isinstance(n, ast.expr | ast.stmt)]
    return span(positioned[:1])


def span(nodes: Iterable[ast.AST]) -> range:
    found = list(nodes)
    first = min(getattr(node, "lineno", 0) for node in found)
    return range(first, max(getattr(node, "end_lineno", 0) for node in found) + 1)
