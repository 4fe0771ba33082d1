"""StoreJobWorker: the steps of a job on the whole store, for its state machine (`statemachines/`).

A step is given all that it works on and returns all that the next one needs, so it may be killed
and done again at any point.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from application.jobs import (
    CONCURRENCY,
    MOST_AT_ONCE,
    MOST_SEGMENTS,
    RATE,
    REBUILD,
    REPLAY,
    SEGMENTS,
    InvalidJob,
    Job,
    named,
    results,
)
from application.ports import Clock
from application.publishing.envelopes import NOBODY
from application.publishing.replay import LATEST
from application.reading.leases import Holder, Leases
from application.reading.segment_rebuild import checked_models
from application.reading.segments import HasTime, Piece, Place
from edge.observability import logger
from kernel.contents import Contents

MARGIN = 180.0  # seconds left below which nothing further is begun: longer than a page takes
LINES = 100  # of the log, on what needs a person, for each piece
Left = Callable[[], float]
"""The seconds that the invocation has left."""
Step = Mapping[str, Any]


class Pieces(Protocol):
    """Makes and works on the parts of a job."""

    def segment(self, job: Job, number: int, going_on: Callable[[], None]) -> "Part": ...

    def rows(self, job: Job, model: str, going_on: Callable[[], None]) -> "Part": ...


class Part(Protocol):
    """A segment, or the rows of a model."""

    def piece(self, place: Place | None, has_time: HasTime) -> Piece: ...


class Asked(BaseModel):
    """The input of an execution; what is left out has a default."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)

    work: str = Field(pattern=f"^({REBUILD}|{REPLAY})$")
    segments: int = Field(default=SEGMENTS, ge=1, le=MOST_SEGMENTS)
    concurrency: int = Field(default=CONCURRENCY, ge=1, le=MOST_AT_ONCE)
    dry_run: bool = False
    projections: tuple[str, ...] = ()
    to: str = NOBODY
    kinds: tuple[str, ...] | None = None
    types: tuple[str, ...] | None = None
    first: str = ""
    last: str = LATEST
    rate: float = Field(default=RATE, ge=0.1)


@dataclass(frozen=True, slots=True)
class StoreJobs:
    """The steps of jobs: `begin`, `piece` for as long as it takes, `add`, and `release`."""

    contents: Contents
    pieces: Pieces
    leases: Leases
    clock: Clock

    def __call__(self, step: Step, left: Left) -> dict[str, Any]:
        """Do one step. Raises `InvalidJob`, `LeaseHeld` if another process does the same work, and
        `Unavailable` if the step has to be done again.
        """
        if step["step"] == "begin":
            return self._begin(step)
        job = as_job(step["job"])
        if step["step"] == "piece":
            return self._piece(job, step, left)
        return self._add(job, step) if step["step"] == "add" else self._release(job)

    def _begin(self, step: Step) -> dict[str, Any]:
        """Return the job with all that was left out, its parts, and those that come after them."""
        job = self._job(step)
        self._holder(job).renew()
        segments = [{"segment": number} for number in range(job.segments)]
        chosen = (one for one in self.contents.projections if one.name in job.projections)
        models = [{"model": model} for one in chosen for model in checked_models(one)]
        return {"job": asdict(job), "parts": segments, "then": models, "counts": {}, "left": []}

    def _job(self, step: Step) -> Job:
        try:
            asked = Asked.model_validate(step["job"])
        except ValidationError as error:
            raise InvalidJob("; ".join(map(described, error.errors()))) from None
        job = Job(name=step["name"], since=step["since"], **asked.model_dump())
        known = self.contents.projection
        if unknown := {*job.projections, job.to} - {*known, NOBODY}:
            raise InvalidJob(f"no projection: {', '.join(sorted(unknown))}")
        if job.work == REPLAY:
            return replace(job, projections=())
        return replace(job, projections=job.projections or tuple(known))

    def _piece(self, job: Job, step: Step, left: Left) -> dict[str, Any]:
        holder, part = self._holder(job), step["part"]
        holder.renew()
        if "segment" in part:
            work = self.pieces.segment(job, part["segment"], holder.renew)
        else:
            work = self.pieces.rows(job, part["model"], holder.renew)
        done = work.piece(step["after"], lambda: left() >= MARGIN)
        for line in done.left[:LINES]:
            logger.error("left", extra={"what": line})
        told = answered(results([step, {"counts": done.counts, "left": done.left}]))
        logger.info("piece", extra={"part": part, **told, "finished": done.after is None})
        return {**step, **told, "after": done.after}

    def _add(self, job: Job, step: Step) -> dict[str, Any]:
        """Add up the parts; the job goes on with those that come after them, or ends."""
        told = answered(results([step, *step["results"]]))
        if not step["then"]:
            self._release(job)
            logger.info("job", extra={"work": job.work, "job": job.name, **told})
        return {"job": step["job"], "parts": step["then"], "then": [], **told}

    def _release(self, job: Job) -> dict[str, Any]:
        self._holder(job).end()
        return {"released": True}

    def _holder(self, job: Job) -> Holder:
        since = datetime.fromisoformat(job.since)
        return Holder(self.leases, self.clock, job.holder, since, job.leases)


def as_job(given: Mapping[str, Any]) -> Job:
    """Return a job as `begin` has answered it."""
    return TypeAdapter(Job).validate_python(given)


def answered(done: Piece) -> dict[str, Any]:
    return {"counts": dict(done.counts), "left": named(done.left)}


def described(error: Any) -> str:  # noqa: ANN401 - pydantic's own
    return f"{'.'.join(map(str, error['loc'])) or 'the job'}: {error['msg']}"
