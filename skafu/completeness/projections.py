"""Projections: their events and models are known, and each has its group in the template."""

from collections.abc import Iterator

from domain.contents import contents
from kernel.projection import Projection
from skafu.completeness.missing import ROOT, Missing, file_of_function
from skafu.generate import template
from skafu.generate.pieces import GROUPS

SAMPLES = "events/projector"


def missing() -> Iterator[Missing]:
    for projection in contents.projections:
        yield from unknown_events(projection)
        if not any((ROOT / SAMPLES).glob(f"{projection.name}_*.json")):
            yield Missing(SAMPLES, f"no sample payload {projection.name}_*.json for its projector")
    groups, written = ((ROOT / name).read_text() for name in (GROUPS, template.TEMPLATE))
    try:
        template.text(written, groups)
    except template.Faults as faults:
        for line in str(faults).splitlines():
            file, _, what = line.partition(": ")
            yield Missing(file, what)


def unknown_events(projection: Projection) -> Iterator[Missing]:
    file, kind = file_of_function(projection.project), projection.aggregate
    if kind not in contents.aggregates:
        yield Missing(file, f"the aggregate of {projection.name} is not in {contents.aggregate}")
    for event in projection.relevant or ():
        if event not in projection.events.classes.values():
            what = f"{projection.name} names {event.__name__}, which is no event of {kind.noun}"
            yield Missing(file, what)
