"""Batches of a queue: their messages are handled one by one."""

from collections.abc import Callable, Collection
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from edge.deliveries.hints import Hint, hint


def each_message(
    event: dict[str, Any],
    handle: Callable[[SQSRecord], None],
    context: LambdaContext | None = None,
) -> PartialItemFailureResponse:
    """Answer with the messages to deliver again, which `handle` raised for.

    None of them holds up another.
    """
    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event, handle, processor, context)


def read_hint(record: SQSRecord, kinds: Collection[str]) -> Hint:
    """Return the hint of a message about an aggregate of one of these types.

    Raises `ValueError`, or whatever a message of another shape makes of it.
    """
    kind = str(record.json_body["detail"]["aggregateId"]).partition("#")[0]
    if kind not in kinds:
        raise ValueError("the aggregate id is not one of ours")
    return hint(record.raw_event, kind)
