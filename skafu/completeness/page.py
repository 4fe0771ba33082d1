"""The page: each field of a row that it reads is shown or used."""

import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Any

from pydantic.alias_generators import to_camel

from domain.contents import contents
from skafu.completeness.missing import ROOT, Missing
from skafu.reach import read_models

PAGE = "frontend/src"
UNSEEN = "docs/read-models.yaml"
GENERATED = "openapi.d.ts"


def missing() -> Iterator[Missing]:
    for model, row in contents.read_models.rows.items():
        if f"Schema['{model}']" in page():
            yield from unused(model, row)


def unused(model: str, row: type[Any]) -> Iterator[Missing]:
    """Yield fields of a model that the page reads and that no word of the page is about.

    One that the page is still to show is listed, until it does.
    """
    listed = read_models.load().unseen.get(model, ())
    for name in names(row):
        if name not in (*words(), *listed, *read_models.load().common):
            yield Missing(PAGE, f"nothing on the page uses {model}.{name}")
    for name in listed:
        if name in words():
            yield Missing(UNSEEN, f"the page uses {model}.{name}: it is no longer unseen")


def names(row: type[Any]) -> list[str]:
    return [to_camel(field.name) for field in fields(row)]


@cache
def page() -> str:
    """Return the page's own code; nothing when the domain has no page."""
    files = sorted((ROOT / PAGE).rglob("*.ts*"))
    return "\n".join(file.read_text() for file in files if file.name != GENERATED)


@cache
def words() -> frozenset[str]:
    return frozenset(re.findall(r"\w+", page()))
