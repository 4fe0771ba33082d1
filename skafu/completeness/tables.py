"""Tables written by hand, each of which has a row for every command, event, field or query."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from types import UnionType
from typing import Any, get_args

from pydantic.alias_generators import to_camel

from domain.contents import contents
from kernel.aggregate import AnyAggregate
from kernel.messages import Message
from skafu.completeness.missing import ROOT, Missing
from skafu.generate import authorization
from skafu.reach import read_models

WHO = "docs/authorization.yaml"
SHOWN = "docs/read-models.yaml"
BUDGET = "tests/cost/budget.json"
PAYLOADS = ("typical", "largest")


def missing() -> Iterator[Missing]:
    yield from roles()
    yield from budgets()
    for kind in contents.aggregates:
        yield from shown(kind)
    yield from made_of_nothing()


def roles() -> Iterator[Missing]:
    table = authorization.table()
    for section in ("commands", "machines"):
        for name in contents.operation:
            if name not in table[section]:
                yield Missing(WHO, f"no row for {name} below {section}")
    for name in (*(query.name for query in contents.queries), *history()):
        if name not in table["operations"]:
            yield Missing(WHO, f"no row for {name} below operations")
    for name in sorted(graphql_fields() - table["graphql"].keys()):
        yield Missing(WHO, f"no row for {name} below graphql")


def history() -> Iterator[str]:
    """Yield the queries that every aggregate has."""
    for kind in contents.aggregates:
        yield from (f"list_{kind.noun}_events", f"get_{kind.noun}_state")
        yield f"get_{kind.noun}_command"


def graphql_fields() -> set[str]:
    models = contents.read_models.rows
    texts = [text for text in contents.read_models.documents.values() if isinstance(text, str)]
    queries = [re.search(r"^query [^{]*\{\n  (\w+)\(", text.strip()) for text in texts]
    verbs = ("create", "update", "delete")
    return {
        *(f"Query.{found[1]}" for found in queries if found),
        *(f"Mutation.{verb}{model}" for verb in verbs for model in models),
        *(f"Subscription.on{verb.capitalize()}{model}" for verb in verbs for model in models),
    }


def budgets() -> Iterator[Missing]:
    file = ROOT / BUDGET
    known = json.loads(file.read_text()) if file.exists() else {}  # none was accepted yet
    for name in contents.operation:
        for payload in PAYLOADS:
            if f"{name} {payload}" not in known:
                yield Missing(BUDGET, f"no budget for {name} {payload}: `skafu cost --accept`")


def shown(kind: AnyAggregate) -> Iterator[Missing]:
    """Yield events and fields that the page of read models says nothing of."""
    events = read_models.load().events.get(kind.noun, {})
    for name, event in kind.events.classes.items():
        if name not in events:
            yield Missing(SHOWN, f"no row for the event {name} of {kind.noun}")
            continue
        for field in paths(event):
            if field not in (events[name] or {}):
                yield Missing(SHOWN, f"no row for {field} of the event {name} of {kind.noun}")


def paths(model: type[Message], prefix: str = "") -> Iterator[str]:
    """Yield the fields as they are stored; those of a nested message one by one."""
    for name, field in model.model_fields.items():
        if name == "type":
            continue
        path = prefix + (field.alias or name)
        nested = message_in(field.annotation)
        yield from paths(nested, f"{path}.") if nested else [path]


def message_in(annotation: Any) -> type[Message] | None:  # noqa: ANN401 - of any field
    options = get_args(annotation) if isinstance(annotation, UnionType) else (annotation,)
    return next((o for o in options if isinstance(o, type) and issubclass(o, Message)), None)


def made_of_nothing() -> Iterator[Missing]:
    """Yield fields of read models that no row of the page shows anything in."""
    page = read_models.load()
    for model, row in contents.read_models.rows.items():
        if model in page.foreign:
            continue
        for place in places(model, row, page.common):
            if place not in page.shown():
                yield Missing(SHOWN, f"no event shows anything in {place}")


def places(model: str, row: type[Any], common: Iterable[str]) -> Iterator[str]:
    for one in fields(row):
        if (name := to_camel(one.name)) not in common:
            yield f"{model}.{name}"
