"""Many schedules on several processors, and their findings."""

import logging
import multiprocessing
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus

from edge.observability import logger
from skafu.reach.quiet import quiet
from skafu.simulation.checks import check
from skafu.simulation.divergence import Divergence
from skafu.simulation.faults import Fault
from skafu.simulation.system import Parts, System
from skafu.simulation.world import Trace

CHUNK = 50  # schedules given to a processor at a time
WHOLE = Parts()


@dataclass(frozen=True, slots=True)
class Finding:
    """A schedule that ended wrong; its seed replays it."""

    seed: int
    kind: str
    what: str


@dataclass(slots=True)
class Tally:
    """The results of some schedules, added up."""

    schedules: int = 0
    steps: int = 0
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
        self.steps += other.steps
        self.commits += other.commits
        self.faults.update(other.faults)
        self.answers.update(other.answers)
        self.accepted.update(other.accepted)
        self.ways.update(other.ways)
        self.findings += other.findings


def simulate_one(seed: int, parts: Parts = WHOLE, trace: Trace | None = None) -> Tally:
    """Run and check one schedule."""
    tally = Tally()
    system = System(seed, parts, trace)
    try:
        system.run()
        check(system)
    except Divergence as divergence:
        tally.findings.append(Finding(seed, divergence.kind, str(divergence)))
    except Exception as error:  # a handler or a port did what no handler and no port may do
        logger.exception("crashed", extra={"seed": seed})
        tally.findings.append(Finding(seed, "crash", f"crash: {type(error).__name__}: {error}"))
    tally.count(system)
    return tally


def campaign(seed: int, schedules: int, jobs: int, parts: Parts = WHOLE) -> Iterator[Tally]:
    """Run the schedules of the seeds from `seed` on, and yield tallies as they come."""
    chunks = [
        range(first, min(first + CHUNK, seed + schedules))
        for first in range(seed, seed + schedules, CHUNK)
    ]
    run = partial(run_chunk, parts=parts)
    if jobs == 1:
        yield from map(run, chunks)
        return
    # A process of its own each: the handlers keep what is theirs in their modules.
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap_unordered(run, chunks)


def run_chunk(seeds: range, parts: Parts) -> Tally:
    total = Tally()
    with quiet(logging.CRITICAL):
        for seed in seeds:
            total.add(simulate_one(seed, parts))
    return total


def first_finding(parts: Parts, seed: int, schedules: int) -> Finding | None:
    """Return the first finding when `parts` lack a guard."""
    with quiet(logging.CRITICAL):
        tallies = (simulate_one(one, parts) for one in range(seed, seed + schedules))
        return next((tally.findings[0] for tally in tallies if tally.findings), None)
