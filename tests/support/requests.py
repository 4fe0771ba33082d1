"""Commands with what surrounds them, and keys that tell their time."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from application.writing.requests import CommandMetadata, OnConflict, Request
from kernel.actor import Actor
from kernel.messages import AggregateId, Command
from tests.support.spec import ACTOR, STREAM

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def uuid7(moment: datetime, number: int = 0) -> str:
    """Return a UUIDv7 made at this moment; another number, another key."""
    milliseconds = (moment - EPOCH) // timedelta(milliseconds=1)
    return str(UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | number))


def request(
    command: Command,
    key: str,
    *,
    expected_version: int | None = None,
    actor: str = ACTOR,
    admin: bool = False,
    stream: AggregateId = STREAM,
    correlation_id: str | None = None,
    traceparent: str | None = None,
    on_conflict: OnConflict = OnConflict.REJECT,
) -> Request[Any]:
    return Request(
        aggregate_id=stream,
        command=command,
        metadata=CommandMetadata(
            command_id=key,
            actor=Actor(actor, may_command_all=admin),
            correlation_id=correlation_id or key,
            expected_version=expected_version,
            traceparent=traceparent,
            on_conflict=on_conflict,
        ),
    )
