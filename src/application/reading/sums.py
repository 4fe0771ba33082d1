"""Compare sums over streams with what the streams contribute: in bulk, and one stream at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from application.ports import RowUnreadable, StoredRow, StoredRows, UnreadableRow
from application.reading.gathering import Gathering, share
from kernel.messages import AggregateId
from kernel.projection import Projection, Row, RowKey
from kernel.summary import Entry, Part, Shares, Summary, as_entry, entry, path_of

ROOT = "#"


class SpooledSums(Protocol):
    """What a survey has seen of sums, by the model of the sums."""

    def add_shares(
        self, model: str, stream: AggregateId, id: str, path: str, shares: Mapping[str, Entry]
    ) -> None: ...

    def add_part(self, model: str, id: str, part: "SeenPart | None") -> None:
        """Add a part; `None` if it cannot be read."""
        ...

    def add_known(self, model: str, part: str, known: Entry) -> None:
        """Add what a row says of the part below it."""
        ...

    def wrong_streams(self, model: str) -> Iterator[AggregateId]:
        """Yield the streams whose contributions are not as their shares, or below a wrong sum."""
        ...

    def foreign(self, model: str) -> Iterator[tuple[str, str]]:
        """Yield part and stream of contributions that belong to no share, or are there twice."""
        ...

    def nobodys(self, model: str) -> Iterator[str]:
        """Yield the parts, real or only spoken of, of owners to whom nothing contributes."""
        ...


@dataclass(frozen=True, slots=True)
class SeenPart:
    """A part as it was listed: its own figures, and what it holds."""

    whose: str
    sums: Entry
    contributions: Mapping[str, Entry]


def add_rows(
    sums: SpooledSums, summary: Summary, model: str, page: Sequence[tuple[RowKey, StoredRow]]
) -> None:
    """Note the listed rows of a summary."""
    for key, row in page:
        if model == summary.part_model:
            add_part(sums, summary, key.id, row)
        elif not isinstance(row, UnreadableRow):
            figures = {name: getattr(row, name) for name in summary.figures}
            sums.add_known(summary.model, key.id + ROOT, entry(row.version, figures))


def add_part(sums: SpooledSums, summary: Summary, id: str, row: StoredRow) -> None:
    if isinstance(row, UnreadableRow):
        sums.add_part(summary.model, id, None)
        return
    part = cast(Part, row)
    seen = SeenPart(id.rpartition(ROOT)[0], as_entry(part), part.contributions)
    sums.add_part(summary.model, id, seen)
    for digit, known in part.parts.items():
        sums.add_known(summary.model, id + digit, known)


def add_shares(
    sums: SpooledSums, projection: Projection, stream: AggregateId, rows: Mapping[RowKey, Row]
) -> None:
    """Note what a stream contributes, from the rows that it folds to."""
    head = projection.head(stream)
    if projection.summary is None or head not in rows:
        return
    shares = cast(Shares, rows[head])
    named = {whose: share(shares, whose) for whose in shares.shares}
    sums.add_shares(projection.summary.model, stream, head.id, path_of(head.id), named)


@dataclass(slots=True)
class _Watched:
    """Rows that are read and not written; the keys of those that would be are kept."""

    inner: StoredRows
    wrong: list[RowKey] = field(default_factory=list)

    def get(self, key: RowKey) -> StoredRow | None:
        return self.inner.get(key)

    def create(self, key: RowKey, row: Row) -> None:
        self.wrong.append(key)

    def update(self, key: RowKey, row: Row, replaces: StoredRow) -> None:
        self.wrong.append(key)


def wrong_sums(
    rows: StoredRows, projection: Projection, id: str, head: Row, truth: Callable[[], Any]
) -> Iterable[tuple[RowKey, str]]:
    """Yield the rows that do not show what the stream contributes, and how."""
    summary, shares = projection.summary, cast(Shares, head)
    if summary is None:
        return
    watched = _Watched(rows)
    try:
        Gathering(watched, projection, summary, nullcontext()).gather(shares, id, truth)
    except RowUnreadable:
        yield RowKey(summary.part_model, id), "a part with what it contributes cannot be read"
    for key in watched.wrong:
        yield key, f"{key.model} {key.id}: does not show what {id} contributes"
