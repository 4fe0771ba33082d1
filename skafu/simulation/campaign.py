"""Many schedules on several processors, and their findings."""

import gc
import logging
import multiprocessing
import time
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from http import HTTPStatus

from edge.observability import logger
from skafu.reach.quiet import quiet
from skafu.simulation.checks import check
from skafu.simulation.divergence import Divergence
from skafu.simulation.faults import Fault
from skafu.simulation.read_side import ReadSide, keep, recorded
from skafu.simulation.system import Parts, System
from skafu.simulation.world import Trace

NARROW_TO_A_WHOLE = 9
EACH = NARROW_TO_A_WHOLE + 1
RECORDINGS = 3  # whole schedules whose commits a narrow one stores again
# Schedules given to a processor at a time. Narrow ones store what others before them have stored,
# which is made anew when these ran elsewhere.
CHUNK, CHUNK_WITH_NARROW = 10, 100
WARM_UP = 20  # schedules
WHOLE = Parts()


class Kind(StrEnum):
    """The kind of schedules that a seed stands for: `mixed` is a whole one, then nine narrow.

    In each that is `forgetting`, a whole one as well, a person is forgotten; in each of `sagas`,
    sagas run; in each of `forgetting-sagas`, both.
    """

    MIXED = "mixed"
    WHOLE = "whole"
    NARROW = "narrow"
    FORGETTING = "forgetting"
    SAGAS = "sagas"
    FORGETTING_SAGAS = "forgetting-sagas"

    def of(self, seed: int) -> "Kind":
        """Return the kind of the seed's schedule."""
        if self is not Kind.MIXED:
            return self
        return Kind.NARROW if seed % EACH else Kind.WHOLE


@dataclass(frozen=True, slots=True)
class Finding:
    """A schedule that ended wrong; its seed replays it."""

    seed: int
    kind: str
    what: str
    schedule: Kind = Kind.WHOLE


@dataclass(slots=True)
class Tally:
    """The results of some schedules, added up."""

    schedules: int = 0
    whole: int = 0
    steps: int = 0
    seconds: float = 0.0
    """CPU time of the schedules, when they were run in a campaign."""
    commits: int = 0
    faults: Counter[Fault] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    """By the command's name."""
    ways: Counter[str] = field(default_factory=Counter)
    """In which those were sent."""
    findings: list[Finding] = field(default_factory=list)

    def count(self, system: System) -> None:
        self.schedules += 1
        self.whole += system.has_clients
        self.steps += system.world.step
        self.commits += sum(len(stored.items) for stored in system.table.aggregates.values())
        self.faults.update(system.world.faults.counts)
        answered = [(s, s.answer.status) for s in system.log.sendings if s.answer]
        accepted = [s for s, status in answered if status == HTTPStatus.ACCEPTED]
        self.answers.update(status for _, status in answered)
        self.accepted.update(s.wish.operation.name for s in accepted if not s.deferred)
        self.ways.update(s.way for s in accepted)

    def add(self, other: "Tally") -> None:
        self.schedules += other.schedules
        self.whole += other.whole
        self.steps += other.steps
        self.seconds += other.seconds
        self.commits += other.commits
        self.faults.update(other.faults)
        self.answers.update(other.answers)
        self.accepted.update(other.accepted)
        self.ways.update(other.ways)
        self.findings += other.findings


def system_of(seed: int, parts: Parts, kind: Kind, trace: Trace | None) -> System:
    if kind.of(seed) is not Kind.NARROW:
        forgetting = kind in (Kind.FORGETTING, Kind.FORGETTING_SAGAS)
        sagas = kind in (Kind.SAGAS, Kind.FORGETTING_SAGAS)
        return System(seed, parts, trace, forgetting=forgetting, sagas=sagas)
    with quiet(logging.CRITICAL):
        recording = recorded(recordings(seed))
    return ReadSide(seed, parts, recording, trace)


def recordings(seed: int) -> Sequence[int]:
    """Return the seeds of the whole schedules before a narrow one."""
    newest = seed // EACH * EACH
    return [one for one in range(newest, newest - RECORDINGS * EACH, -EACH) if one >= 0]


def simulate_one(
    seed: int, parts: Parts = WHOLE, trace: Trace | None = None, kind: Kind = Kind.WHOLE
) -> Tally:
    """Run and check one schedule."""
    tally = Tally()
    system = system_of(seed, parts, kind, trace)
    try:
        system.run()
        check(system)
    except Divergence as divergence:
        tally.findings.append(Finding(seed, divergence.kind, str(divergence), kind.of(seed)))
    except Exception as error:  # a handler or a port did what no handler and no port may do
        logger.exception("crashed", extra={"seed": seed})
        what = f"crash: {type(error).__name__}: {error}"
        tally.findings.append(Finding(seed, "crash", what, kind.of(seed)))
    tally.count(system)
    if kind is Kind.MIXED and system.has_clients and parts is WHOLE:
        keep(seed, system)
    return tally


def campaign(
    seed: int, schedules: int, jobs: int, parts: Parts = WHOLE, kind: Kind = Kind.WHOLE
) -> Generator[Tally, None, None]:
    """Run the schedules of the seeds from `seed` on, and yield tallies in that order."""
    size = CHUNK_WITH_NARROW if kind in (Kind.MIXED, Kind.NARROW) else CHUNK
    chunks = [
        range(first, min(first + size, seed + schedules))
        for first in range(seed, seed + schedules, size)
    ]
    run = partial(run_chunk, parts=parts, kind=kind)
    if jobs == 1:
        yield from map(run, chunks)
        return
    # A process of its own each: the handlers keep what is theirs in their modules.
    with multiprocessing.get_context("spawn").Pool(jobs, warm_up) as pool:
        yield from pool.imap(run, chunks)


def warm_up() -> None:
    """Fill what a process remembers, and spare the collector of garbage from looking at it."""
    with quiet(logging.CRITICAL):
        for seed in range(WARM_UP):
            simulate_one(seed, kind=Kind.MIXED)
    gc.collect()
    gc.freeze()


def run_chunk(seeds: range, parts: Parts, kind: Kind) -> Tally:
    total, began = Tally(), time.process_time()
    with quiet(logging.CRITICAL):
        for seed in seeds:
            total.add(simulate_one(seed, parts, kind=kind))
    total.seconds = time.process_time() - began
    return total


@dataclass(frozen=True, slots=True)
class Hunt:
    """The search for a first finding: its schedules, and its seconds of CPU time."""

    finding: Finding | None
    schedules: int
    seconds: float


def hunt(parts: Parts, seed: int, schedules: int, kind: Kind = Kind.WHOLE) -> Hunt:
    """Run schedules until one finds something, when `parts` lack a guard."""
    began = time.process_time()
    finding, one = None, seed
    with quiet(logging.CRITICAL):
        while finding is None and one < seed + schedules:
            finding = next(iter(simulate_one(one, parts, kind=kind).findings), None)
            one += 1
    return Hunt(finding, one - seed, time.process_time() - began)
