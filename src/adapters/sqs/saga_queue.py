"""The queue of sagas, in which functions have an event heard that may not have come by itself."""

import json
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from adapters.aws_errors import unavailable
from kernel.messages import AggregateId

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsSagaQueue:
    """Sends hints in the form in which the event bus delivers events."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def __call__(self, aggregate: AggregateId, sequence: int, correlation_id: str) -> None:
        detail = {
            "aggregateId": aggregate,
            "eventSequence": sequence,
            "correlationId": correlation_id,
        }
        body = json.dumps({"detail": detail})
        try:
            self._client.send_message(QueueUrl=self._url, MessageBody=body)
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error
