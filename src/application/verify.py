"""The reconciler: what the store says against what the read models show."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from application.commit import GENESIS, Commit
from application.ports import EventStore, ReadModels
from domain.messages import AggregateId
from projections.projection import Projection, Row, RowKey, fold_rows


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be. `where` is a projection's name, or `history`."""

    aggregate: AggregateId
    where: str
    what: str


def verify(
    store: EventStore,
    rows: ReadModels,
    projections: tuple[Projection, ...],
    aggregate: AggregateId,
) -> Iterator[Finding]:
    """Fold the whole stream, and compare each row; the chain of commits is checked on the way."""
    commits = list(store.read(aggregate))
    for fault in broken_chain(commits):
        yield Finding(aggregate, "history", fault)
    for projection in projections:
        for key, row in expected_rows(projection, commits).items():
            difference = differs(row, rows.get(key))
            if difference is not None:
                yield Finding(aggregate, projection.name, f"{key.model} {key.id}: {difference}")


def broken_chain(commits: list[Commit]) -> Iterator[str]:
    """Each commit begins where its predecessor ended and carries the predecessor's hash."""
    version, previous = 0, GENESIS
    for commit in commits:
        if commit.first_sequence != version + 1:
            yield f"commit {commit.first_sequence} follows sequence {version}"
        elif commit.previous_hash != previous:
            yield f"commit {commit.first_sequence} does not carry its predecessor's hash"
        version, previous = commit.last_sequence, commit.hash()


def expected_rows(projection: Projection, commits: list[Commit]) -> dict[RowKey, Row]:
    recorded = (r for commit in commits for r in commit.recorded(projection.events))
    return fold_rows(projection, recorded)


def differs(expected: Row, stored: Row | None) -> str | None:
    """What is wrong with the stored row, in words; `None` when nothing is."""
    if stored is None:
        return "missing"
    if stored.version < expected.version:
        return f"at version {stored.version} of {expected.version}"
    names = [name for name, value in _values(expected) if value != getattr(stored, name)]
    return f"differs in {', '.join(names)}" if names else None


def _values(row: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any row class
    for field in fields(row):
        yield field.name, getattr(row, field.name)
