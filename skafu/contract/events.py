"""The rules by which stored events may change: what was stored once is read for ever."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from application.upcasting import major
from skafu.contract.breaks import Break, reader_breaks, unique, writer_breaks
from skafu.contract.narrowing import Json, Schema

Released = Mapping[str, Mapping[str, Json]]
"""JSON Schemas of `data`, by event type and schema version."""

GUIDE = "docs/evolution.md"


@dataclass(frozen=True, slots=True)
class EventToday:
    """An event class as the code has it, and the major versions that casts lead from."""

    version: str
    schema: Json
    upcasters: frozenset[int] = frozenset()
    downcasters: frozenset[int] = frozenset()
    aggregate: str = field(default="<aggregate>", compare=False)

    def readable_majors(self) -> frozenset[int]:
        """Return the major versions from which a chain of casts leads to today's."""
        today = major(self.version)
        lowest = highest = today
        while lowest - 1 in self.upcasters:
            lowest -= 1
        while highest + 1 in self.downcasters:
            highest += 1
        return frozenset(range(lowest, highest + 1))


def event_breaks(released: Released, today: Mapping[str, EventToday]) -> Iterator[Break]:
    """Yield the reasons why a stored event or a reader of today's events would be lost."""
    for event_type, versions in released.items():
        for version, schema in versions.items():
            subject = f"{event_type} {version}"
            event = today.get(event_type)
            if event is None:
                yield Break(subject, "is stored, and no class reads it any more", KEEP_CLASS)
            else:
                yield from version_breaks(subject, version, schema, event)


KEEP_CLASS = (
    "Put the class back into its union; an event that is no longer recorded is kept to be read."
)


def version_breaks(subject: str, version: str, schema: Json, event: EventToday) -> Iterator[Break]:
    if major(version) not in event.readable_majors():
        yield Break(subject, f"does not lead to today's {event.version}", missing_cast(event))
    elif major(version) == major(event.version):
        yield from shape_breaks(subject, version, schema, event)


def missing_cast(event: EventToday) -> str:
    return (
        f"Register the missing step in src/domain/{event.aggregate}/upcasters.py; "
        f"a downcaster is needed until the newer version is today's ({GUIDE})."
    )


def shape_breaks(subject: str, version: str, schema: Json, event: EventToday) -> Iterator[Break]:
    """Within one major version, fields with defaults may be added and nothing else may change."""
    if minor(event.version) < minor(version):
        yield Break(subject, f"is newer than today's {event.version}", "Versions never go back.")
    before, now = Schema(schema, schema), Schema(event.schema, event.schema)
    for what in unique([*reader_breaks(before, now), *writer_breaks(before, now)]):
        yield Break(subject, what, way_out(what, event))


def way_out(what: str, event: EventToday) -> str:
    following = f"{major(event.version) + 1}.0"
    if what.endswith("is required now"):
        return (
            "Give the new field a default, which it then keeps for ever; or make this version "
            f"{following} with an upcaster that works out its value ({GUIDE})."
        )
    if " has default " in what:
        return (
            "What is left at its default is not stored, so a default never changes. Name the new "
            f"default where the event is recorded, or make this version {following} ({GUIDE})."
        )
    return (
        f'Leave this version as it is: set schema_version = "{following}" and add an upcaster from '
        f"{major(event.version)} in src/domain/{event.aggregate}/upcasters.py ({GUIDE})."
    )


def minor(version: str) -> int:
    return int(version.partition(".")[2])


def early_breaks(
    written: Mapping[str, str],
    readable_since: Mapping[str, Mapping[str, str]],
    release: str,
    first: str,
) -> Iterator[Break]:
    """Yield events that are recorded in the same release that reads them first.

    `written`: the version of each event type that some command records. `readable_since`: the
    release whose code first read each version. Before anything ran there is nobody to surprise.
    """
    if release == first:
        return
    for event_type, version in written.items():
        since = readable_since.get(event_type, {})
        known = {major(v) for v, begun in since.items() if begun != release}
        if major(version) not in known:
            yield Break(
                f"{event_type} {version}",
                "is recorded by the first release that can read it",
                "While this release replaces the last one, and after a rollback, code runs that "
                f"cannot read it. Release the reading first, the recording next ({GUIDE}).",
            )
