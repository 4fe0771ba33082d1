"""Commits to append, each of an identity of its own."""

import json
from dataclasses import replace
from itertools import count

from application.commit import GENESIS, Commit
from application.ports import EventStore
from kernel.messages import AggregateId

STREAM = AggregateId("TEAPOT#01980000-0000-7000-8000-000000000001")
OTHER = AggregateId("TEAPOT#01980000-0000-7000-8000-000000000002")
NUMBERS = count(1)


def commit(first: int = 1, events: int = 1, *, stream: AggregateId = STREAM) -> Commit:
    """A commit of its own identity, with a state small enough to be kept."""
    number = next(NUMBERS)
    return Commit(
        aggregate_id=stream,
        first_sequence=first,
        command_id=f"command-{number}",
        fingerprint=number.to_bytes(32, "big"),
        actor="ada-sub::ada",
        correlation_id=f"command-{number}",
        timestamp="2026-01-01T00:00:00.000Z",
        previous_hash=GENESIS,
        events=json.dumps([{"eventType": "Poured", "data": {"cup": n}} for n in range(events)]),
        count=events,
        state='{"cups":1}',
        state_version=1,
    )


def padded(first: int, size: int) -> Commit:
    return replace(commit(first), events=json.dumps([{"data": "x" * (size - 14)}]))


def stored(store: EventStore, *commits: Commit, due: bool = False) -> list[Commit]:
    return [store.append(each, state_due=due) for each in commits]


def versions(*sizes: int) -> list[Commit]:
    """Commits one after the other, of so many events each."""
    return [commit(1 + sum(sizes[:n]), size) for n, size in enumerate(sizes)]
