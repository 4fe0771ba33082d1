"""A rehearsal finds each planted change of a fold in the stored corpus, and nothing else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree
from typing import Any, cast

import pytest

from adapters.memory.event_store import MemoryEventStore
from application.commit import Commit
from application.publishing.republish import ScannedPage
from application.reading.survey import Survey
from domain.contents import contents
from kernel.messages import AggregateId
from skafu.commands.rehearse import counted, of_codes, unraised
from skafu.reach.trouble import Trouble
from skafu.rehearsal.comparing import EVENT, ROW, STATE, Comparison, Difference
from skafu.rehearsal.folding import Folding, folding
from tests.support.corpus import Stream, streams
from tests.support.paths import ROOT

pytestmark = pytest.mark.feature("W21")
UPCASTERS = "domain/project/upcasters.py"


@dataclass(frozen=True)
class Plant:
    """A change of the code, and the fields that it makes differ, with the streams of which."""

    file: str
    old: str
    new: str
    found: dict[tuple[str, str, str], Callable[[Stream], bool]]


def has(*types: str) -> Callable[[Stream], bool]:
    return lambda stream: any(event["eventType"] in types for event in stream.stored())


def lacks_description(stream: Stream) -> bool:
    created = stream.stored()[0]
    plain = created["eventType"] == "ProjectCreated" and "description" not in created["data"]
    return plain and not has("ProjectDescriptionChanged")(stream)


def ends_archived(stream: Stream) -> bool:
    ends = {"ProjectArchived", "ProjectRestored", "ProjectDeleted"}
    found = [event["eventType"] for event in stream.stored() if event["eventType"] in ends]
    return found[-1:] == ["ProjectArchived"]


def large_number_shown(stream: Stream) -> bool:
    """Tell if the upcaster wrote a number out; the stream that goes on from here changed it."""
    return stream.name == "project/numbers-that-no-row-holds"


PLANTS = {
    "a default": Plant(
        "domain/project/events.py",
        "description: str | None = None",
        'description: str | None = "none was given"',
        {
            (STATE, "PROJECT", "description"): lacks_description,
            (ROW, "projects", "description"): lacks_description,
        },
    ),
    "a case": Plant(
        "projections/projects.py",
        "case events.ProjectArchived() | ",
        "case ",
        {
            (ROW, "projects", "status"): ends_archived,
            (ROW, "projects", "shelf"): ends_archived,  # one for each status
        },
    ),
    "a computed field": Plant(
        "projections/projects.py",
        "service_count=row.service_count + 1",
        "service_count=row.service_count + 2",
        {(ROW, "projects", "service_count"): has("ServiceAdded")},
    ),
    "a field of the state": Plant(
        "domain/project/aggregate.py",
        '    repository: str = ""\n',
        '    repository: str = ""\n    renamings: int = 0\n',
        {(STATE, "PROJECT", "renamings"): has("ProjectCreated")},
    ),
    "an upcaster": Plant(
        UPCASTERS,
        "else str(value)",
        'else f"{value}!"',
        {
            (STATE, "PROJECT", "services"): large_number_shown,
            (ROW, "services", "configuration"): large_number_shown,
        },
    ),
}


@dataclass(frozen=True)
class Scan:
    """The corpus as a scan shows it, each of its streams under an id of its own."""

    named: dict[AggregateId, Stream]

    def every(self) -> Iterator[ScannedPage]:
        for stream, one in self.named.items():
            commits = [replace(commit, aggregate_id=stream) for commit in one.commits]
            yield ScannedPage(commits, [], len(commits), None)


@pytest.fixture(scope="module")
def named() -> dict[AggregateId, Stream]:
    made = enumerate(streams().values())
    kinds = ((n, one, one.decider.aggregate_type) for n, one in made)
    return {AggregateId(f"{kind}#01980000-0000-7000-8000-{n:012x}"): one for n, one, kind in kinds}


@pytest.fixture(scope="module")
def deployed() -> Iterator[Folding]:
    with folding(ROOT) as side:
        yield side


def copied(tmp_path: Path, file: str = "", old: str = "", new: str = "") -> Path:
    """Copy the code, compiled as far as it is, and plant a change in one of its files."""
    copytree(ROOT / "src", tmp_path / "src")
    if file:
        path = tmp_path / "src" / file
        text = path.read_text()
        assert old in text, f"nothing to plant in {file}"
        path.write_text(text.replace(old, new))
    return tmp_path


def compared(
    before: Folding, after: Path, named: dict[AggregateId, Stream]
) -> tuple[list[Difference], Comparison]:
    unused: Any = None
    scan, store = Scan(named), MemoryEventStore()
    survey = Survey(contents, (), store, unused, unused, scan, unused, unused, unused)
    with folding(after) as candidate:
        comparison = Comparison((before.head, candidate.head))
        return list(of_codes(survey, [before, candidate], comparison)), comparison


def column(one: Difference) -> str:
    return one.field.partition(".")[0]


def test_the_same_code_on_both_sides_differs_in_nothing(
    deployed: Folding, named: dict[AggregateId, Stream], tmp_path: Path
) -> None:
    found, comparison = compared(deployed, copied(tmp_path), named)

    assert found == []
    assert comparison.tally.rebuild.rows == 0
    states = [one["compared"] for one in counted(comparison) if one["what"] == STATE]
    assert sum(states) == len(named)


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_a_planted_change_is_found_and_nothing_else(
    deployed: Folding, named: dict[AggregateId, Stream], tmp_path: Path, plant: Plant
) -> None:
    changed = copied(tmp_path, plant.file, plant.old, plant.new)
    found, comparison = compared(deployed, changed, named)

    assert {(one.stream, one.what, one.name, column(one)) for one in found} == {
        (id, *place)
        for id, stream in named.items()
        for place, differs in plant.found.items()
        if differs(stream)
    }
    assert found
    rows = {(one.stream, one.key) for one in found if one.what == ROW}
    assert comparison.tally.rebuild.rows == len(rows)
    assert len(list(unraised(comparison))) == len({name for _, name, _ in plant.found})


def test_rows_that_only_get_another_version_do_not_differ_and_have_their_price(
    deployed: Folding, named: dict[AggregateId, Stream], tmp_path: Path
) -> None:
    version = contents.projection["services"].version
    raised = (f"version={version},\n", f"version={version + 1},\n")
    changed = copied(tmp_path, "projections/services.py", *raised)
    found, comparison = compared(deployed, changed, named)

    assert found == []
    (row,) = (one for one in counted(comparison) if one["of"] == "services")
    assert row["version"] == f"{version} → {version + 1}"
    assert row["writtenAgain"] == row["compared"] == comparison.tally.rebuild.rows > 0


def test_events_that_the_candidate_cannot_read_are_named(
    deployed: Folding, named: dict[AggregateId, Stream], tmp_path: Path
) -> None:
    gone = copied(tmp_path, UPCASTERS, '{("ServiceAdded", 1): configuration_that_rows_hold}', "{}")
    found, _ = compared(deployed, gone, named)

    old = {
        (stream, f"{number}", "ServiceAdded")
        for stream, one in named.items()
        for number, event in enumerate(one.stored(), 1)
        if (event["eventType"], event["schemaVersion"]) == ("ServiceAdded", "1.0")
    }
    assert {(one.stream, one.key, one.field) for one in found} == old
    assert {(one.what, one.before, one.after) for one in found} == {
        (EVENT, "read", "ServiceAdded 1.0: this release reads 2.0")
    }


def test_code_that_cannot_be_imported_is_told(tmp_path: Path) -> None:
    broken = copied(tmp_path, UPCASTERS, "UPCASTERS: Casts", "OTHERS: Casts")

    with (
        pytest.raises(Trouble, match=r"cannot fold the history: ImportError.*UPCASTERS"),
        folding(broken),
    ):
        pytest.fail("it folds")


def test_a_stream_that_cannot_be_read_holds_up_no_other(
    deployed: Folding, named: dict[AggregateId, Stream], tmp_path: Path
) -> None:
    class Torn(MemoryEventStore):
        def read(self, aggregate: AggregateId, from_sequence: int = 1) -> Iterator[Commit]:
            raise KeyError("events")

    first = next(iter(named))

    class TornScan(Scan):
        def every(self) -> Iterator[ScannedPage]:
            yield ScannedPage([], [(first, 1)], 1, None)
            yield from Scan({k: v for k, v in self.named.items() if k != first}).every()

    unused: Any = None
    survey = Survey(contents, (), Torn(), unused, unused, TornScan(named), unused, unused, unused)
    comparison = Comparison((deployed.head, deployed.head))
    (found,) = of_codes(survey, [deployed, deployed], comparison)

    assert (found.what, found.stream) == (EVENT, first)
    assert "KeyError" in cast(str, found.after)
