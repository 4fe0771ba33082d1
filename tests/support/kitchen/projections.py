"""The kitchen's projections: a row for each teapot, and one for each of its parts."""

from dataclasses import replace
from typing import get_args

from kernel.messages import Recorded, plain_id
from kernel.projection import Projection, Row, RowKey, RowMissing, begun, user_id
from kernel.query import Detail, Index, Listing, Within
from tests.support.kitchen import events
from tests.support.kitchen.events import TeapotEvent
from tests.support.kitchen.read_models import (
    GET_TEAPOT,
    PARTS_BY_TEAPOT,
    TEAPOTS_BY_STATUS,
    TEAPOTS_BY_USER,
    PartCheckpointRow,
    PartRow,
    PartStatus,
    TeapotRow,
    TeapotStatus,
)
from tests.support.kitchen.teapot import teapot

PartShown = events.PartEvent | events.TeapotBroken


def touch_teapot(_: Row | None, recorded: Recorded[TeapotEvent]) -> tuple[RowKey, ...]:
    return (RowKey("Teapot", plain_id(recorded.aggregate_id)),)


def project_teapot(_: RowKey, row: TeapotRow | None, recorded: Recorded[TeapotEvent]) -> TeapotRow:
    row = row or new_teapot(recorded)
    match recorded.event:
        case events.TeapotMade(name=name, description=description, owner=owner):
            return replace(
                row, name=name, description=description, owner=owner, user_id=user_id(owner)
            )
        case events.TeapotRenamed(name=name):
            return replace(row, name=name)
        case events.TeapotDescribed(description=description):
            return replace(row, description=description)
        case events.PartAdded():
            return replace(row, part_count=row.part_count + 1)
        case events.PartRemoved():
            return replace(row, part_count=row.part_count - 1)
        case events.TeapotRetired():
            return replace(row, status=TeapotStatus.RETIRED)
        case events.TeapotBroken():
            return replace(row, status=TeapotStatus.DELETED)
        case _:
            return row


def new_teapot(recorded: Recorded[TeapotEvent]) -> TeapotRow:
    return TeapotRow(
        id=plain_id(recorded.aggregate_id),
        name="",
        status=TeapotStatus.ACTIVE,
        user_id="",
        part_count=0,
        **begun(recorded),
    )


def touch_parts(head: Row | None, recorded: Recorded[TeapotEvent]) -> tuple[RowKey, ...]:
    checkpoint = RowKey("PartCheckpoint", plain_id(recorded.aggregate_id))
    match recorded.event:
        case events.PartAdded() | events.PartChanged() | events.PartRemoved():
            return (RowKey("Part", recorded.event.part_id), checkpoint)
        case events.TeapotBroken():
            left = head.part_ids if isinstance(head, PartCheckpointRow) else ()
            return (*(RowKey("Part", part_id) for part_id in left), checkpoint)
        case _:
            return ()


def project_parts(key: RowKey, row: Row | None, recorded: Recorded[TeapotEvent]) -> Row:
    event = recorded.event
    assert isinstance(event, PartShown)
    if key.model == "PartCheckpoint":
        held = row if isinstance(row, PartCheckpointRow) else no_parts(recorded)
        return replace(held, part_ids=part_ids(held.part_ids, event))
    if isinstance(event, events.PartAdded):
        return new_part(event, recorded)
    if not isinstance(row, PartRow):
        raise RowMissing(f"{recorded.aggregate_id} {recorded.sequence}: {event.type}")
    return changed_part(row, event)


def part_ids(held: tuple[str, ...], event: PartShown) -> tuple[str, ...]:
    match event:
        case events.PartAdded(part_id=added):
            return (*held, added)
        case events.PartChanged():
            return held
        case events.PartRemoved(part_id=removed):
            return tuple(part_id for part_id in held if part_id != removed)
        case events.TeapotBroken():
            return ()


def changed_part(
    row: PartRow, event: events.PartChanged | events.PartRemoved | events.TeapotBroken
) -> PartRow:
    match event:
        case events.PartChanged(name=name, material=material):
            return replace(row, name=name or row.name, material=material or row.material)
        case events.PartRemoved() | events.TeapotBroken():
            return replace(row, status=PartStatus.DELETED)


def new_part(added: events.PartAdded, recorded: Recorded[TeapotEvent]) -> PartRow:
    return PartRow(
        id=added.part_id,
        teapot_id=plain_id(recorded.aggregate_id),
        name=added.name,
        material=added.material,
        details=added.details,
        status=PartStatus.ACTIVE,
        user_id=user_id(added.owner),
        owner=added.owner,
        **begun(recorded),
    )


def no_parts(recorded: Recorded[TeapotEvent]) -> PartCheckpointRow:
    return PartCheckpointRow(id=plain_id(recorded.aggregate_id), part_ids=(), **begun(recorded))


teapots = Projection(
    name="teapots",
    version=1,
    aggregate=teapot,
    models=("Teapot",),
    touches=touch_teapot,
    project=project_teapot,
)
parts = Projection(
    name="parts",
    version=1,
    aggregate=teapot,
    models=("Part", "PartCheckpoint"),
    touches=touch_parts,
    project=project_parts,
    relevant=get_args(PartShown),
)
TEAPOT_DETAIL = Detail("get_teapot", "/teapots/<id>", "TEAPOT", GET_TEAPOT, hidden="DELETED")
TEAPOT_LIST = Listing(
    "list_teapots",
    "/teapots",
    own=Index(TEAPOTS_BY_USER, "userId"),
    every=Index(TEAPOTS_BY_STATUS, "status"),
    statuses=("ACTIVE", "RETIRED"),
    hidden="DELETED",
)
PART_LIST = Within(
    "list_parts",
    "/teapots/<id>/parts",
    TEAPOT_DETAIL,
    Index(PARTS_BY_TEAPOT, "teapotId"),
    hidden="DELETED",
)
