"""The steps of a job on the whole store, and what its state machine says of them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
import yaml

from adapters.memory.leases import MemoryLeases
from application.jobs import LONGEST, MOST_SEGMENTS, InvalidJob, Job
from application.publishing.envelopes import NOBODY
from application.reading.leases import LEASE, LeaseHeld
from application.reading.segments import NAMED, HasTime, Piece, Place
from edge.jobs import MARGIN, StoreJobs
from tests.support.fakes import Clock
from tests.support.kitchen.contents import kitchen
from tests.support.paths import ROOT

FILE = ROOT / "statemachines" / "store_job.asl.yaml"
STATES: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())["States"]
PIECE = STATES["Parts"]["ItemProcessor"]["States"]["Piece"]
SINCE = "2026-01-02T12:00:00.000Z"
Step = dict[str, Any]


@dataclass
class Counting:
    """A part of so many pieces; each counts one stream and leaves one behind."""

    pieces: int = 3
    given: list[Place | None] = field(default_factory=list)
    had_time: list[bool] = field(default_factory=list)
    dies: Iterator[bool] = field(default_factory=lambda: iter(()))

    def segment(self, job: Job, number: int, going_on: Callable[[], None]) -> "Counting":
        going_on()
        return self

    def rows(self, job: Job, model: str, going_on: Callable[[], None]) -> "Counting":
        return self

    def piece(self, place: Place | None, has_time: HasTime) -> Piece:
        if next(self.dies, False):
            raise KeyboardInterrupt
        self.given.append(place)
        self.had_time.append(has_time())
        done, at = Piece(), 1 if place is None else place["at"] + 1
        done.counts["streams"] += 1
        done.leave(f"{at} " + "x" * 1000)
        done.after = None if at == self.pieces else {"at": at}
        return done


@dataclass
class System:
    """The steps, and an engine that performs the state machine in process."""

    parts: Counting = field(default_factory=Counting)
    leases: MemoryLeases = field(default_factory=MemoryLeases)
    clock: Clock = field(default_factory=Clock)
    left: float = MARGIN

    def do(self, step: Step) -> Step:
        jobs = StoreJobs(kitchen, self.parts, self.leases, self.clock)
        # As Step Functions hands it on.
        answer: Step = json.loads(json.dumps(jobs(step, lambda: self.left)))
        return answer

    def begin(self, name: str = "one", **asked: Any) -> Step:  # noqa: ANN401 - of a job
        return self.do({"step": "begin", "job": asked, "name": name, "since": SINCE})

    def run(self, **asked: Any) -> Step:  # noqa: ANN401 - of a job
        state = self.begin(**asked)
        while state["parts"]:
            results = [self.worked(state, part) for part in state["parts"]]
            state = self.do({"step": "add", **state, "results": results})
        return state

    def worked(self, state: Step, part: Step) -> Step:
        given = {"step": "piece", "job": state["job"], "part": part, "after": None}
        given |= {"counts": {}, "left": []}
        for _ in count():
            try:
                given = self.do(given)
            except KeyboardInterrupt:
                continue  # the process died: the same step is done again
            if given["after"] is None:
                return {"counts": given["counts"], "left": given["left"]}
        raise AssertionError


@pytest.fixture
def system() -> System:
    return System()


@pytest.mark.feature("T5", "T14")
def test_a_job_is_done_piece_by_piece_and_added_up(system: System) -> None:
    done = system.run(work="rebuild", segments=4)
    parts = 4 + len([model for one in kitchen.projections for model in one.models])

    assert done["counts"] == {"streams": 3 * parts, "left": 3 * parts}
    assert len(done["left"]) == NAMED
    assert {len(line) for line in done["left"]} == {LONGEST}
    assert system.parts.given == [None, {"at": 1}, {"at": 2}] * parts
    assert set(system.parts.had_time) == {True}


@pytest.mark.feature("T14")
@pytest.mark.parametrize("survives", range(6))
def test_a_step_that_died_is_done_again_and_counted_once(system: System, survives: int) -> None:
    system.parts.dies = iter([*[False] * survives, True])
    done = system.run(work="rebuild", segments=2, projections=["teapots"])

    assert done["counts"] == {"streams": 9, "left": 9}


def test_a_piece_begins_nothing_further_shortly_before_its_time_is_up(system: System) -> None:
    system.left = MARGIN - 0.1
    system.run(work="replay", segments=1)

    assert set(system.parts.had_time) == {False}


def test_the_largest_job_fits_into_a_state(system: System) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""
    part = system.worked(system.begin(work="rebuild"), {"segment": 0})
    part["counts"] = {f"{key} of a model with a long name {n}": 10**9 for key in "ab" for n in "12"}

    assert MOST_SEGMENTS * len(json.dumps(part)) < 256 * 1024


@pytest.mark.feature("T11")
def test_a_second_rebuild_is_refused_until_the_first_has_ended(system: System) -> None:
    first = system.begin("one", work="rebuild")
    with pytest.raises(LeaseHeld, match="rebuild of teapots runs already: workflow one"):
        system.begin("two", work="rebuild")
    with pytest.raises(LeaseHeld):
        system.begin("two", work="rebuild", projections=["parts"])
    assert system.begin("two", work="rebuild", dryRun=True)
    assert system.begin("one", work="rebuild") == first
    system.do({"step": "release", "job": first["job"]})

    assert system.run(work="rebuild")["parts"] == []
    assert system.leases.taken == {}


@pytest.mark.feature("T11")
def test_every_piece_renews_the_lease_and_ends_when_another_has_it(system: System) -> None:
    first = system.begin("one", work="rebuild")
    system.clock.move(seconds=LEASE.total_seconds() - 1)
    system.worked(first, {"segment": 0})
    system.clock.move(seconds=LEASE.total_seconds() - 1)
    with pytest.raises(LeaseHeld):
        system.begin("two", work="rebuild")
    system.clock.move(seconds=2)
    system.begin("two", work="rebuild")

    with pytest.raises(LeaseHeld):
        system.worked(first, {"segment": 0})


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"work": "harm"}, "work: "),
        ({}, "work: Field required"),
        ({"work": "rebuild", "segments": 0}, "segments: "),
        ({"work": "rebuild", "segments": MOST_SEGMENTS + 1}, "segments: "),
        ({"work": "rebuild", "concurrency": 0}, "concurrency: "),
        ({"work": "rebuild", "projections": ["nothing"]}, "no projection: nothing"),
        ({"work": "replay", "to": "nothing"}, "no projection: nothing"),
        ({"work": "replay", "rate": 0}, "rate: "),
        ({"work": "replay", "other": 1}, "other: "),
    ],
)
def test_what_is_no_job_is_refused_with_the_reason(system: System, asked: Step, why: str) -> None:
    with pytest.raises(InvalidJob) as refused:
        system.begin(**asked)
    assert why in str(refused.value)
    assert system.leases.taken == {}


def test_a_rebuild_is_of_everything_and_a_replay_of_all_events_by_default(system: System) -> None:
    rebuild, replay = system.begin(work="rebuild"), system.begin(work="replay", rate=80)
    job = Job(**replay["job"])

    assert [*rebuild["job"]["projections"]] == [one.name for one in kitchen.projections]
    assert rebuild["then"]
    assert (replay["then"], replay["job"]["projections"], job.to) == ([], [], NOBODY)
    assert (job.share, job.selection.kinds, job.leases) == (10, None, [])
    assert [part["segment"] for part in replay["parts"]] == [*range(job.segments)]


@pytest.mark.feature("T14")
@pytest.mark.parametrize("state", [STATES["Begin"], PIECE], ids=["begin", "piece"])
def test_whatever_may_pass_is_tried_again(state: Step) -> None:
    (retry,) = state["Retry"]

    assert {"Unavailable", "SchemaBehind", "Lambda.Unknown", "Runtime.ExitError"} <= set(
        retry["ErrorEquals"]
    )
    assert not {"LeaseHeld", "InvalidJob", "States.ALL"} & set(retry["ErrorEquals"])
    assert retry["BackoffRate"] > 1
    assert retry["JitterStrategy"] == "FULL"


def test_steps_are_given_what_they_read(system: System) -> None:
    begun = system.begin(work="rebuild")
    selector = {name.removesuffix(".$") for name in STATES["Parts"]["ItemSelector"]}
    added = {name.removesuffix(".$") for name in STATES["Add"]["Parameters"]["Payload"]}
    assert STATES["Parts"]["ItemsPath"] == "$.parts"
    assert STATES["Parts"]["MaxConcurrencyPath"] == "$.job.concurrency"
    assert begun["job"]["concurrency"]
    assert selector == {"step", "job", "part", "after", "counts", "left"}
    assert added == {"step", "job", "then", "counts", "left", "results"}
    assert {"job", "parts", "then", "counts", "left"} == begun.keys()


def test_one_part_that_fails_ends_the_job_with_its_reason_and_gives_the_lease_back() -> None:
    assert STATES["Parts"]["ToleratedFailureCount"] == 0
    (caught,) = STATES["Parts"]["Catch"]
    assert (caught["Next"], STATES["Release"]["Next"]) == ("Release", "Failed")
    assert STATES["Failed"]["CausePath"] == f"{caught['ResultPath']}.Cause"
