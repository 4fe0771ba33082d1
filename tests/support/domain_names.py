"""Names of the domain in files that hold for any domain: tests, and what supports them."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from domain.contents import contents
from tests.support import spelled
from tests.support.paths import DOMAIN_TESTS, TESTS

LIVES = "tests.domain.support.lives"
REGISTRY = "domain.contents"
WORDS_OF_AWS = {"Deployment", "Metric", "Service", "Template", "TEMPLATE"}
"""Names of one word that CloudFormation and CloudWatch have as well."""

ALLOWED = {"DeploymentFailed": "a stack that cannot be deployed (local/deploy.py)"}
"""Names that something else has, with what that is."""


def files() -> list[Path]:
    """Return the tests that hold for any domain; guides are about the domain that is there."""
    theirs = (DOMAIN_TESTS, TESTS / "guides")
    return [file for file in sorted(TESTS.rglob("*.py")) if not {*theirs} & {*file.parents}]


def spelled_in(text: str) -> set[str]:
    """Return the names in a text: classes, aggregate types, operations, paths of collections.

    Names of several words count in any form; those of one word as they are written, within a longer
    name too: as in the names of rows and of GraphQL fields.
    """
    written = {found for part in patterns() for found in part.findall(text)}
    several = {name for piece in text.split() for name in spelled.several(piece)}
    return (written | several) - ALLOWED.keys()


@cache
def patterns() -> tuple[re.Pattern[str], ...]:
    single = {n for n in spelled.names() if len(spelled.WORD.findall(n)) == 1} - WORDS_OF_AWS
    types = {name for name in single if name.isupper()}
    classes = single - types
    paths = {path for path, _ in contents.collections()}
    return (
        re.compile(rf"(?<![A-Z])(?:{'|'.join(classes)})(?![a-z])"),
        re.compile(rf"(?<![A-Z])(?:{'|'.join(types)})(?![A-Z])"),
        re.compile(rf"(?<![\w-])(?:{'|'.join(contents.operation)})(?![\w-])"),
        re.compile(rf"(?<![\w.])(?:{'|'.join(paths)})(?![\w-])"),
    )


def foreign(syntax: ast.Module) -> Iterator[str]:
    """Yield the modules of the domain, and of its tests, that a general test may not import."""
    for node in ast.walk(syntax):
        module = getattr(node, "module", None) if isinstance(node, ast.ImportFrom) else None
        top = (module or "").partition(".")[0]
        if top in ("domain", "projections") and module != REGISTRY:
            yield str(module)
        if str(module).startswith("tests.domain") and module != LIVES:
            yield str(module)
