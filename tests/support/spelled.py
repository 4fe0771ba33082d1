"""Names of the domain, and where a text spells one of them."""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache

from domain.contents import contents
from kernel.errors import DomainError

ALLOWED = {
    "project": "the verb: a projection projects events",
    "project_hints": "the same verb",
    "service": "AWS has services",
    "deployment": "a stack has deployments",
    "SERVICE_UNAVAILABLE": "the name of HTTP status 503",
    "template.yaml": "the file",
    "full-stack-template": "a slug in an example, which stands for any",
}
"""Pieces of text that spell a name in another sense, with the reason."""
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
TOKEN = re.compile(r"[A-Za-z]+")
PUNCTUATION = "`'\".,:;()[]"


@cache
def names() -> tuple[str, ...]:
    """Return the names of aggregate types, states, commands, events, read models and refusals."""
    kinds = contents.aggregates
    return tuple(
        sorted(
            {
                *contents.aggregate,
                *(model for p in contents.projections for model in p.models),
                *(type(kind.initial).__name__ for kind in kinds),
                *(operation.command.__name__ for operation in contents.operations),
                *(n for kind in kinds for n, e in kind.events.classes.items() if of_domain(e)),
                *(error.__name__ for error in below(DomainError) if of_domain(error)),
            }
        )
    )


def of_domain(kind: type) -> bool:
    return kind.__module__.startswith("domain.")


def below(error: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in error.__subclasses__():
        yield child
        yield from below(child)


@cache
def by_words() -> tuple[dict[tuple[str, ...], str], set[str]]:
    """Return the names of several words by these words, and those of one word."""
    split = {tuple(word.lower() for word in WORD.findall(name)): name for name in names()}
    single = {words[0] for words in split if len(words) == 1}
    return {words: name for words, name in split.items() if len(words) > 1}, single


def found(text: str) -> list[str]:
    """Return the names in a text, in whatever form: as a class, as an operation, in the plural.

    A name of one word is found as a whole word only: a longer word does not spell it.
    """
    _, single = by_words()
    pieces = (piece.strip(PUNCTUATION) for piece in text.split())
    tokens = (t for piece in pieces if piece not in ALLOWED for t in TOKEN.findall(piece))
    return [
        *several(text),
        *(token for token in tokens if singular(token.lower(), single) in single),
    ]


def several(text: str) -> Iterator[str]:
    """Yield the names of several words."""
    known, _ = by_words()
    words = [word.lower() for word in WORD.findall(text)]
    longest = max(map(len, known), default=0)
    runs = (tuple(words[at : at + n]) for at in range(len(words)) for n in range(2, longest + 1))
    yield from (known[run] for run in runs if run in known)


def singular(word: str, single: set[str]) -> str:
    """Return the noun of a plural: that of a collection in a path, too."""
    collections = {path.strip("/"): kind.noun for path, kind in contents.collections()}
    return word if word in single else collections.get(word, word.removesuffix("s"))


def texts(syntax: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield every identifier and string of a module, with its line."""
    for node in ast.walk(syntax):
        line: int = getattr(node, "lineno", 1)
        for name in identifiers(node):
            yield line, name
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield line, node.value


def identifiers(node: ast.AST) -> Sequence[str]:
    given = (getattr(node, field, None) for field in ("id", "attr", "arg", "name", "asname"))
    return [name for name in given if isinstance(name, str)]
