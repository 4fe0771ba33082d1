"""The queue of sagas, in which a step's function tells that what it asked for has ended."""

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

    def __call__(self, ended: AggregateId, correlation_id: str) -> None:
        detail = {"aggregateId": ended, "eventSequence": 1, "correlationId": correlation_id}
        try:
            self._client.send_message(
                QueueUrl=self._url, MessageBody=json.dumps({"detail": detail})
            )
        except (ClientError, BotoCoreError) as error:
            raise unavailable(error) from error
