"""Comparisons of files, byte for byte."""

from collections.abc import Callable

from scripts.comparing.differences import Differences
from scripts.trees import Tree


def same_files(before: Tree, after: Tree, wanted: Callable[[str], bool]) -> Differences:
    one, other = ({f for f in tree.files if wanted(f)} for tree in (before, after))
    for file in sorted(one | other):
        if file not in other:
            yield f"{file}: gone"
        elif file not in one:
            yield f"{file}: new"
        elif (before.root / file).read_bytes() != (after.root / file).read_bytes():
            yield from in_files(before, after, file)


def in_files(before: Tree, after: Tree, file: str) -> Differences:
    lines = zip(before.text(file).splitlines(), after.text(file).splitlines(), strict=False)
    number = next((n for n, (one, other) in enumerate(lines, 1) if one != other), None)
    yield f"{file}: differs from line {number} on" if number else f"{file}: one is longer"


def is_event_schema(file: str) -> bool:
    return file.startswith("schemas/") and file != "schemas/asyncapi.json"
