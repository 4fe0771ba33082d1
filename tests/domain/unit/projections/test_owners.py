"""The OwnerSummary read model: what each owner has, over all projects."""

from collections import Counter
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import NAMESPACE_OID, uuid5

import pytest

from adapters.appsync.read_models import to_graphql
from application.reading.gathering import Gathering
from domain.contents import contents
from domain.project.events import (
    DeploymentStarted,
    ProjectArchived,
    ProjectDeleted,
    ProjectEvent,
    ProjectHandedOver,
    ProjectRestored,
    ServiceRemoved,
)
from kernel.actor import user_id
from kernel.projection import Row, RowKey, fold_rows
from kernel.summary import CAPACITY, Shares
from projections.generated.rows import OwnerPartRow, OwnerShareRow, OwnerSummaryRow
from projections.owners import owners
from skafu.metering.ports import size_of
from tests.domain.support.builders import added, created, deployment_id, service_id
from tests.support.fakes import MemoryReadModels
from tests.support.spec import ACTOR, recorded

pytestmark = pytest.mark.feature("R17", "R18")
SUMMARY = owners.summary
assert SUMMARY is not None
ADA, BOB = user_id(ACTOR), "bob-sub"
TO_BOB = ProjectHandedOver(owner=f"{BOB}::bob")
WRITE_UNIT = 1024
MOST_UNITS = 16


def deployed(number: int = 1) -> DeploymentStarted:
    return DeploymentStarted(
        owner=ACTOR, deployment_id=deployment_id(number), environment="prod", revision=None
    )


@dataclass
class Owned:
    """The sums of some projects, each as its events have left it."""

    rows: MemoryReadModels = field(default_factory=MemoryReadModels)

    def project(self, number: int, *events: ProjectEvent) -> None:
        (row,) = fold_rows(owners, recorded(*events)).values()
        self.gather(str(uuid5(NAMESPACE_OID, f"project {number}")), row)

    def gather(self, id: str, row: Row) -> None:
        gathering = Gathering(self.rows, owners, SUMMARY, nullcontext())  # type: ignore[arg-type] # not None
        gathering.gather(cast(Shares, row), id, lambda: cast(Shares, row))

    def sums(self, owner: str = ADA) -> tuple[int, int, int, int]:
        row = cast(OwnerSummaryRow, self.rows.rows[RowKey("OwnerSummary", owner)])
        return row.active, row.archived, row.services, row.deployments


@pytest.fixture
def owned() -> Owned:
    return Owned()


def share(*events: ProjectEvent) -> dict[str, Any]:
    (row,) = fold_rows(owners, recorded(*events)).values()
    assert isinstance(row, OwnerShareRow)
    return {whose: one["figures"] for whose, one in cast(dict[str, Any], row.shares).items()}


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], {"active": 1}),
        ([ProjectArchived()], {"archived": 1}),
        ([ProjectArchived(), ProjectRestored()], {"active": 1}),
        ([added("spout"), added("lid")], {"active": 1, "services": 2}),
        ([added("spout"), ServiceRemoved(service_id=service_id("spout"))], {"active": 1}),
        ([deployed(1), deployed(2)], {"active": 1, "deployments": 2}),
        ([added("spout"), deployed(), ProjectDeleted()], {}),
    ],
)
def test_a_project_contributes_what_it_has(
    events: list[ProjectEvent], expected: dict[str, int]
) -> None:
    assert share(created(), *events) == {ADA: expected}


@pytest.mark.feature("L10")
def test_a_project_that_is_handed_over_contributes_to_its_new_owner_alone() -> None:
    events: list[ProjectEvent] = [created(), added("spout"), deployed(), TO_BOB]
    all_of_it = {"active": 1, "deployments": 1, "services": 1}

    assert share(*events) == {ADA: {}, BOB: all_of_it}
    assert share(*events, ProjectHandedOver(owner=ACTOR)) == {ADA: all_of_it, BOB: {}}
    assert share(*events, ProjectDeleted()) == {ADA: {}, BOB: {}}


def test_an_owner_sees_the_sums(owned: Owned) -> None:
    owned.project(1, created(), added("spout"), deployed())
    owned.project(2, created(), ProjectArchived())
    owned.project(3, created(), added("spout"), ProjectDeleted())
    owned.project(4, created(), added("lid"), TO_BOB)

    assert owned.sums() == (1, 1, 1, 1)
    assert owned.sums(BOB) == (1, 0, 1, 0)


def written(rows: Iterable[tuple[RowKey, Row]]) -> Counter[str]:
    """Return the most write units that a row of each model takes, as it is stored."""
    most = Counter[str]()
    for key, row in rows:
        units = -(-size(key, row) // WRITE_UNIT)
        most[key.model] = max(most[key.model], units)
    return most


def size(key: RowKey, row: Row) -> int:
    return size_of(to_graphql(contents.read_models, key.model, row))


@pytest.mark.feature("R18")
def test_an_owner_of_5000_projects_takes_no_write_above_16_units(owned: Owned) -> None:
    """What only grows is largest in the end. Sizes are those of JSON, which a map is below."""
    events = [created(), *(added(f"s{n}") for n in range(12)), deployed()]
    (row,) = fold_rows(owners, recorded(*events)).values()
    for number in range(5000):
        owned.gather(str(uuid5(NAMESPACE_OID, f"project {number}")), row)

    parts = [row for row in owned.rows.rows.values() if isinstance(row, OwnerPartRow)]
    held = [cast(dict[str, Any], part.contributions) for part in parts]
    units = written(owned.rows.rows.items())
    assert owned.sums() == (5000, 0, 60_000, 5000)
    assert max(map(len, held)) == CAPACITY
    assert sum(map(len, held)) == 5000
    assert max(units.values()) <= MOST_UNITS, units
    assert units["OwnerSummary"] == 1
