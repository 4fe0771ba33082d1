"""Everything that can be asked of a domain that can be imported."""

from collections.abc import Iterator

from skafu.completeness import classes, corpus, projections, registry, tables, trial
from skafu.completeness.missing import Missing


def missing() -> Iterator[Missing]:
    """Yield what is missing; a registry that is wrong makes every further question vain."""
    if wrong := list(registry.missing()):
        yield from wrong
        return
    for part in (classes, projections, trial, tables, corpus):
        yield from part.missing()
