"""The headers that requests may carry, as the resolver validates and documents them."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Header
from pydantic import StringConstraints

from application.writing.requests import OnConflict
from edge.commands.bodies import CommandId, CorrelationId
from edge.http.api import CORRELATION_ID
from kernel.values import Expected

Version = Annotated[
    str,
    StringConstraints(pattern=r'^"(0|[1-9][0-9]{0,8})"$'),
    Expected('a version in double quotes, such as "3"'),
]
IdempotencyKey = Annotated[
    CommandId | None,
    Header(
        alias="Idempotency-Key",
        description=(
            "The command's id: sent again with the same key, it has one effect and gets the same "
            "answer. A UUIDv7 is best."
        ),
    ),
]
IfMatch = Annotated[
    Version | None,
    Header(
        alias="If-Match",
        description='The version that the client has seen, as `ETag` has it: `"3"`.',
    ),
]
IfNoneMatch = Annotated[
    str | None,
    Header(alias="If-None-Match", description="An `ETag`: 304 while it has not changed."),
]
OnConflictHeader = Annotated[
    OnConflict,
    Header(
        alias="X-On-Conflict",
        description=(
            "When the aggregate is beyond that version: refuse (412), decide on what is there now, "
            "or merge where nothing since touches the same."
        ),
    ),
]
Correlation = Annotated[
    CorrelationId | None,
    Header(alias=CORRELATION_ID, description="Given to every event that the command causes."),
]
