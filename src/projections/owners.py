"""The OwnerSummary read model: how much each owner has, over all projects.

The OwnerShare row of a project says what the project contributes to each owner that it ever had.
OwnerPart rows keep the contributions of many projects, and OwnerSummary their sums, which people
read (docs/adr).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

from domain.project import events
from domain.project.aggregate import project as project_aggregate
from domain.project.events import ProjectEvent
from kernel.messages import Recorded, plain_id
from kernel.projection import Projection, Row, RowKey, begun, user_id
from kernel.summary import Summary
from projections.generated.rows import OwnerPartRow, OwnerShareRow, OwnerSummaryRow

Counted = (
    events.ProjectCreated
    | events.ProjectArchived
    | events.ProjectRestored
    | events.ProjectDeleted
    | events.ProjectHandedOver
    | events.ServiceAdded
    | events.ServiceRemoved
    | events.DeploymentStarted
)
Figures = Counter[str]
MORE: Mapping[type[ProjectEvent], Mapping[str, int]] = {
    events.ProjectCreated: {"active": 1},
    events.ProjectArchived: {"active": -1, "archived": 1},
    events.ProjectRestored: {"active": 1, "archived": -1},
    events.ServiceAdded: {"services": 1},
    events.ServiceRemoved: {"services": -1},
    events.DeploymentStarted: {"deployments": 1},
}


def touches(_: Row | None, recorded: Recorded[ProjectEvent]) -> tuple[RowKey, ...]:
    if not isinstance(recorded.event, Counted):
        return ()
    return (RowKey("OwnerShare", plain_id(recorded.aggregate_id)),)


def project(_: RowKey, row: Row | None, recorded: Recorded[ProjectEvent]) -> OwnerShareRow:
    event = recorded.event
    if not isinstance(event, Counted):
        raise AssertionError(f"{event} changes no count")
    known = row if isinstance(row, OwnerShareRow) else empty(recorded)
    return replace(known, shares=shares_after(known.shares, event, recorded.sequence))


def empty(recorded: Recorded[ProjectEvent]) -> OwnerShareRow:
    return OwnerShareRow(id=plain_id(recorded.aggregate_id), shares={}, **begun(recorded))


def shares_after(shares: Any, event: Counted, version: int) -> Any:  # noqa: ANN401 - JSON
    """Return the shares after the event. Only the share of the present owner has figures."""
    holding = [one["owner"] for one in shares.values() if one["figures"]]
    figures = Figures({k: n for one in shares.values() for k, n in one["figures"].items()})
    if isinstance(event, events.ProjectCreated | events.ProjectHandedOver):
        left = {user_id(owner): share(owner, version, Figures()) for owner in holding}
        shares, holding = {**shares, **left}, [event.owner]
    own = {user_id(owner): share(owner, version, after(figures, event)) for owner in holding}
    return {**shares, **own}


def share(owner: str, version: int, figures: Figures) -> Mapping[str, Any]:
    return {"version": version, "owner": owner, "figures": dict(sorted(figures.items()))}


def after(figures: Figures, event: Counted) -> Figures:
    """Return the figures after the event; what is counted to nothing is left out."""
    if isinstance(event, events.ProjectDeleted):
        return Figures()
    changed = figures.copy()
    changed.update(MORE.get(type(event), {}))
    return +changed


owners = Projection(
    name="owners",
    version=1,
    aggregate=project_aggregate,
    models=("OwnerShare",),
    touches=touches,
    project=project,
    relevant=get_args(Counted),
    summary=Summary(
        model="OwnerSummary",
        part_model="OwnerPart",
        total=OwnerSummaryRow,
        part=OwnerPartRow,
        figures=("active", "archived", "services", "deployments"),
    ),
)
