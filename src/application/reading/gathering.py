"""Gather what streams contribute into parts and sums, by compare-and-set.

The way to a stream's contribution is read from the sums down, and written from its part up. A
process may die between two writes: whoever comes the same way next finds that a part is further
than the row above it says, and goes on from there. So every hint looks at the whole way, even if
the stream's own row has reached it.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

from application.ports import (
    ReadModels,
    RowConflict,
    RowUnreadable,
    StoredRow,
    Unavailable,
    UnreadableRow,
)
from kernel.projection import Projection, RowKey
from kernel.summary import (
    DIGITS,
    Entry,
    Part,
    Shares,
    Summary,
    above,
    adopting,
    contributing,
    entry,
    holds,
    path_of,
)

STALE_READS = 3
"""Attempts at which a part that is behind the row above it is taken for one that was read early."""
MAX_ATTEMPTS = 20
"""Streams of one owner meet at the owner's sums; each attempt is lost to a writer that got on."""


class SumsContended(Unavailable):
    """Others wrote the sums at every attempt; the hint is delivered again later."""


def gathering_of(
    projection: Projection,
    rows: ReadModels,
    lock: "AbstractContextManager[Any] | None" = None,
    *,
    anew: bool = False,
) -> "Gathering | None":
    """Return what puts the shares of the projection into sums, if it has any."""
    if projection.summary is None:
        return None
    return Gathering(rows, projection, projection.summary, lock or nullcontext(), anew)


class Step(NamedTuple):
    """A part on the way to a contribution: as it is stored, and as it is to be gone on from.

    `known` are the writes of the part that the row above it knows of.
    """

    key: RowKey
    digit: str
    stored: StoredRow | None
    part: Part
    known: int


@dataclass(frozen=True, slots=True)
class Gathering:
    """Puts the shares of streams into the sums of one projection.

    Threads of a process take turns by the `lock`: they would only get in each other's way. A part
    that cannot be read stops the work, unless it is to be made anew from all its streams.
    """

    rows: ReadModels
    projection: Projection
    summary: Summary
    lock: AbstractContextManager[Any]
    anew: bool = False

    def gather(self, shares: Shares, id: str, truth: Callable[[], Shares]) -> int:
        """Bring each sum of the stream up to its shares; return how many rows were written.

        `truth` folds the stream's row of shares anew, from what is stored by now.
        """
        with self.lock:
            ways = (self.way(shares, id, truth, whose) for whose in shares.shares)
            return sum(map(self._until_put, ways))

    def way(self, shares: Shares, id: str, truth: Callable[[], Shares], whose: str) -> "Way":
        return Way(self, shares, id, truth, whose)

    def _until_put(self, way: "Way") -> int:
        for attempt in range(MAX_ATTEMPTS):
            try:
                return way.put(may_be_stale=attempt < STALE_READS)
            except RowConflict:
                continue
        raise SumsContended(f"{self.summary.model} {way.whose}")


@dataclass(slots=True)
class Way:
    """The way to the contribution of one stream to one owner: down to read, and up to write."""

    gathering: Gathering
    shares: Shares
    id: str
    truth: Callable[[], Shares]
    whose: str

    @property
    def summary(self) -> Summary:
        return self.gathering.summary

    @property
    def rows(self) -> ReadModels:
        return self.gathering.rows

    def put(self, *, may_be_stale: bool) -> int:
        """Put the contribution, and take it up to the sums. Raises `RowConflict`."""
        total = self.rows.get(self.summary.key(self.whose))
        *higher, step = self._down(total, may_be_stale)
        contributed = contributing(step.part, self.id, self.wanted(step))
        written, part = self._write(step, contributed)
        for up in reversed(higher):
            count, part = self._write(up, above(up.part, step.digit, part))
            written, step = written + count, up
        return written + self._show(total, part)

    def _down(self, total: StoredRow | None, may_be_stale: bool) -> Iterator[Step]:
        """Yield the parts from the first one to that which holds the contribution, or is to."""
        known = 0 if total is None else total.version or 0
        path = path_of(self.id)
        for depth in range(len(path)):
            key = self.summary.part_key(self.whose, path[:depth])
            stored = self.rows.get(key)
            part = self._part(key, stored, known, may_be_stale)
            yield Step(key, path[depth - 1 : depth], stored, part, known)
            if holds(part, self.id):
                return
            known = part.parts.get(path[depth], {}).get("version", 0)

    def _part(self, key: RowKey, stored: StoredRow | None, known: int, may_be_stale: bool) -> Part:
        """Return the part. One that was lost, or put back, adopts what is below it again."""
        empty = self.summary.empty_part(key, moment_of(self.shares))
        if isinstance(stored, UnreadableRow):
            if not self.gathering.anew:
                raise RowUnreadable(f"{key.model} {key.id} cannot be read")
            return adopting(empty, self._below(key))
        part = empty if stored is None else cast(Part, stored)
        if part.version >= known:
            return part
        if may_be_stale:
            raise RowConflict(key)
        return adopting(part, self._below(key))

    def _below(self, key: RowKey) -> dict[str, Part]:
        found = {digit: self.rows.get(RowKey(key.model, key.id + digit)) for digit in DIGITS}
        return {
            digit: cast(Part, part)
            for digit, part in found.items()
            if part is not None and not isinstance(part, UnreadableRow)
        }

    def wanted(self, step: Step) -> Entry:
        """Return the contribution as it has to be: the later one, unless it shows what is not."""
        own = share(self.shares, self.whose)
        there: Entry | None = step.part.contributions.get(self.id)
        if there is None or there["version"] <= own["version"]:
            return own
        # Read after the part: whatever the contribution shows was recorded before, or never.
        return there if share(self.truth(), self.whose) != own else own

    def _write(self, step: Step, after: Part) -> tuple[int, Part]:
        """Write the part if it has changed, with a number beyond all that are known of it."""
        stored = step.stored
        version = 0 if stored is None else stored.version or 0
        if after == stored and step.known <= version:
            return 0, after
        written = self._next(after, max(version, step.known) + 1)
        if stored is None:
            self.rows.create(step.key, written)
        else:
            self.rows.update(step.key, written, stored)
        return 1, written

    def _next(self, part: Part, version: int) -> Part:
        made, moment = cast(Any, part), moment_of(self.shares)
        changed = replace(
            made,
            version=version,
            projection_version=self.gathering.projection.version,
            created_at=min(made.created_at, moment),
            updated_at=max(made.updated_at, moment),
        )
        return cast(Part, changed)

    def _show(self, stored: StoredRow | None, root: Part) -> int:
        key = self.summary.key(self.whose)
        owner = self.shares.shares[self.whose]["owner"]
        row = self.summary.row(self.whose, owner, root)
        if stored is None:
            self.rows.create(key, row)
            return 1
        if not isinstance(stored, UnreadableRow):
            row = later(row, stored)
            if same(row, stored):
                return 0
        self.rows.update(key, row, stored)
        return 1


def share(shares: Shares, whose: str) -> Entry:
    found = shares.shares.get(whose) or {"version": 0, "figures": {}}
    return entry(found["version"], found["figures"])


def moment_of(row: Any) -> str:  # noqa: ANN401 - a row of any class
    return str(row.updated_at)


def later(row: Any, stored: Any) -> Any:  # noqa: ANN401 - rows of the domain
    """Return the row with the owner's longer name, if several are known: the one with the sub."""
    return replace(row, owner=max(row.owner or "", stored.owner or ""))


def same(row: Any, stored: Any) -> bool:  # noqa: ANN401 - rows of the domain
    """Tell whether a stored row is as far, apart from the release that wrote it."""
    return bool(row == replace(stored, projection_version=row.projection_version))
