"""No command without a sentence about it, and no rule that nobody shows broken."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.contents import contents
from tests.support.paths import DOMAIN_TESTS, SRC
from tests.support.unions import AnyDecider, commands_of, events_of, raised_in, refusals_of

pytestmark = [
    pytest.mark.feature("C13", "L3", "L4"),
    pytest.mark.parametrize("decider", contents.aggregates, ids=lambda kind: kind.aggregate_type),
]


def test_every_rule_that_decide_may_break_is_shown_broken(decider: AnyDecider) -> None:
    shown = {name for tree in sentences() for name in arguments_of("then_refused", tree)}

    assert {rule.__name__ for rule in raised_in(decider)} <= shown


def test_every_other_rule_is_broken_elsewhere_and_its_words_are_tested(
    decider: AnyDecider,
) -> None:
    others = {rule.__name__ for rule in refusals_of(decider) - raised_in(decider)}

    assert others <= {name for file in SRC.rglob("*.py") for name in called(parsed(file))}
    assert others <= {name for tree in sentences() for name in named_in(tree)}


def test_every_command_and_every_event_is_in_a_sentence(decider: AnyDecider) -> None:
    named = {name for tree in sentences_and_builders() for name in named_in(tree)}
    messages = {message.__name__ for message in (*commands_of(decider), *events_of(decider))}

    assert messages <= named


def sentences() -> Iterator[ast.Module]:
    yield from (parsed(file) for file in (DOMAIN_TESTS / "unit").rglob("test_*.py"))


def sentences_and_builders() -> Iterator[ast.Module]:
    """With the builders that the sentences are made of."""
    yield from sentences()
    yield from (parsed(file) for file in (DOMAIN_TESTS / "support").glob("*.py"))


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def arguments_of(method: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=called), args=arguments) if called == method:
                yield from map(ast.unparse, arguments)


def called(tree: ast.Module) -> set[str]:
    """Yield the names that are called or raised: classes made, functions run."""
    made = (
        node.func if isinstance(node, ast.Call) else node.exc
        for node in ast.walk(tree)
        if isinstance(node, ast.Call | ast.Raise)
    )
    return {name.id for name in made if isinstance(name, ast.Name)}


def named_in(tree: ast.Module) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
