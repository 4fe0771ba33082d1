"""Headers of requests, as the resolver validates and documents them."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Header
from pydantic import StringConstraints

from application.writing.requests import OnConflict
from edge.commands.bodies import CommandId, CorrelationId
from edge.http.api import CORRELATION_ID
from edge.http.entity_tags import TAGS
from kernel.values import Expected

Tags = Annotated[
    str,
    StringConstraints(max_length=1024, pattern=TAGS),
    Expected('`*`, or entity tags in double quotes, such as "3"; at most 1024 characters'),
]
IdempotencyKey = Annotated[
    CommandId | None,
    Header(
        alias="Idempotency-Key",
        description=(
            "The id of the command. Sent again with the same key, a command has one effect and "
            "gets the same answer. Use a UUIDv7: it may be sent again for 24 hours."
        ),
    ),
]
IfMatch = Annotated[
    Tags | None,
    Header(
        alias="If-Match",
        description=(
            'The version that the command was decided on, as `ETag` gave it: `"3"`. Of several, '
            "any will do; `*` is every version of what exists."
        ),
    ),
]
IfNoneMatch = Annotated[
    Tags | None,
    Header(
        alias="If-None-Match",
        description="The `ETag` of an earlier answer: 304 if it has not changed.",
    ),
]
IfAbsent = Annotated[
    Annotated[str, StringConstraints(pattern=r"^\*$"), Expected("`*`")] | None,
    Header(
        alias="If-None-Match",
        description="`*`: 412 if the aggregate exists already.",
    ),
]
RowIfMatch = Annotated[
    Tags | None,
    Header(
        alias="If-Match",
        description="The `ETag` of an earlier answer: 412 if it has changed.",
    ),
]
OnConflictHeader = Annotated[
    OnConflict | None,
    Header(
        alias="X-On-Conflict",
        description=(
            "What to do when the aggregate is beyond the version of `If-Match`. `reject`, as "
            "without this header: answer 412. `last-write-wins`: decide on the newest state. "
            "`merge`: do so unless events since then touch the same parts; then answer 409."
        ),
    ),
]
Correlation = Annotated[
    CorrelationId | None,
    Header(
        alias=CORRELATION_ID,
        description="An id that every event of the command carries; its own id if left out.",
    ),
]
