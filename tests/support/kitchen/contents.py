"""The kitchen, registered: what domain/contents.py is for a domain."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kernel.actor import Actor
from kernel.contents import Contents
from kernel.look_ups import States
from kernel.messages import plain_id
from kernel.operation import NamedEnvelope
from tests.support.kitchen.projections import (
    PART_LIST,
    TEAPOT_DETAIL,
    TEAPOT_LIST,
    parts,
    teapots,
)
from tests.support.kitchen.read_models import READ_MODELS
from tests.support.kitchen.tea import NoSuchTea, Tea, claim_of, tea
from tests.support.kitchen.teapot import Teapot, teapot

INSPECTION = ("inspector.example", "inspected")


@dataclass(frozen=True, slots=True)
class LookUps:
    states: States

    def tea(self, slug: str) -> str:
        """Return the name of a tea. Raises `NoSuchTea`."""
        holder = self.states.holder(claim_of(slug))
        found: Tea | None = None if holder is None else self.states.newest(tea, plain_id(holder))
        if found is None or found.withdrawn:
            raise NoSuchTea(slug=slug)
        return found.name

    def owner_of(self, teapot_id: str) -> str:
        """Return the owner of a teapot. Raises `AggregateNotFound`."""
        found: Teapot = self.states.newest(teapot, teapot_id)
        return found.owner


class NoLookUps:
    def tea(self, slug: str) -> str:
        return ""

    def owner_of(self, teapot_id: str) -> str:
        return ""


def inspected(detail: Mapping[str, Any], look_ups: LookUps, _: Actor) -> NamedEnvelope | None:
    """Translate what an inspector found, unless that is nothing."""
    if detail["finding"] is None:
        return None
    return {
        "type": "inspect-teapot",
        "commandId": f"inspector.example:inspected:{detail['number']}",
        "aggregateId": detail["teapotId"],
        "onBehalfOf": look_ups.owner_of(detail["teapotId"]),
        "data": {"finding": detail["finding"]},
    }


kitchen = Contents(
    aggregates=(teapot, tea),
    projections=(teapots, parts),
    queries=(TEAPOT_LIST, TEAPOT_DETAIL, PART_LIST),
    read_models=READ_MODELS,
    look_ups=LookUps,
    no_look_ups=NoLookUps(),
    translations={INSPECTION: inspected},
)
