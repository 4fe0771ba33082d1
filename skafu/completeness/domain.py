"""All checks of a domain that can be imported."""

from collections.abc import Iterator

from skafu.completeness import classes, corpus, page, projections, registry, schema, tables, trial
from skafu.completeness.missing import Missing


def missing() -> Iterator[Missing]:
    """Yield what is missing; only the registry's faults if it has any."""
    if wrong := list(registry.missing()):
        yield from wrong
        return
    for part in (classes, projections, schema, trial, tables, corpus, page):
        yield from part.missing()
