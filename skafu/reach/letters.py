"""Dead letters: found, looked at, sent back, thrown away."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

MOST = 1000  # messages looked at in one queue
HELD = 120  # seconds that a message stays out of others' sight while it is looked at
WAIT = 1  # second: a receive that waits asks every server of SQS, one that does not only some
BATCH = 10
LIST = "FailureQueue"
"""Not a dead-letter queue but the list of failures: nothing to send back."""


@dataclass(frozen=True, slots=True)
class Place:
    """A queue by its logical id in template.yaml; `source` is the queue of its messages before."""

    name: str
    url: str
    source: str | None = None

    def group(self, environment: str) -> str | None:
        """Return the name in the queue's name: mostly a projection's."""
        if self.source is None:
            return None
        name = self.source.rpartition("/")[2]
        return name.removeprefix("skafu-").removesuffix(f"-{environment}")


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter, and the event or failure that it is about.

    `why` is EventBridge's reason for a message that it could not deliver.
    """

    place: Place
    id: str
    receipt: str
    body: str
    sent: datetime
    receives: int
    why: str | None = None
    event: Mapping[str, Any] = field(default_factory=dict)

    @property
    def detail(self) -> Mapping[str, Any]:
        found = self.event.get("detail")
        return found if isinstance(found, Mapping) else {}

    @property
    def aggregate_id(self) -> str | None:
        return as_text(self._about.get("aggregateId"))

    @property
    def sequence(self) -> int | str | None:
        found = self._about.get("eventSequence")
        return found if isinstance(found, int) else as_text(found)

    @property
    def event_type(self) -> str | None:
        return as_text(self.event.get("detail-type"))

    @property
    def _about(self) -> Mapping[str, Any]:
        """Return aggregate and sequence: an event's own, or those in a failure's key."""
        found = self.detail.get("key", self.detail)
        return found if isinstance(found, Mapping) else {}

    def key(self) -> dict[str, str | int]:
        """Return the stream and sequence of a hint, and the message."""
        named = {"aggregateId": self.aggregate_id, "eventSequence": self.sequence}
        known = {name: value for name, value in named.items() if value is not None}
        return {**known, "messageId": self.id}


def as_text(value: object) -> str | None:
    """Return a text as it is, and all else that a stranger may have sent as JSON."""
    return value if value is None or isinstance(value, str) else json.dumps(value)


def places(outputs: Mapping[str, str]) -> list[Place]:
    """Return every dead-letter queue of a stack, from its outputs, and the list of failures."""
    dead = [name.removesuffix("Url") for name in sorted(outputs) if name.endswith("DlqUrl")]
    found = [
        Place(name, outputs[f"{name}Url"], outputs.get(f"{name.removesuffix('Dlq')}QueueUrl"))
        for name in dead
    ]
    return [*found, Place(LIST, outputs[f"{LIST}Url"])]


@contextmanager
def held(sqs: Any, place: Place, most: int = MOST) -> Iterator[Iterator[Letter]]:  # noqa: ANN401 - a boto3 client
    """Receive the letters, hidden from others; those that are left become visible at the end."""
    taken: list[Letter] = []
    try:
        yield received(sqs, place, most, taken)
    finally:
        show_again(sqs, place, taken)


def received(sqs: Any, place: Place, most: int, taken: list[Letter]) -> Iterator[Letter]:  # noqa: ANN401 - a boto3 client
    seen: set[str] = set()
    while len(seen) < most:
        batch = [letter(place, message) for message in receive(sqs, place)]
        taken += batch
        fresh = [found for found in batch if found.id not in seen]
        if not fresh:
            return
        seen |= {found.id for found in fresh}
        yield from fresh


def receive(sqs: Any, place: Place) -> list[dict[str, Any]]:  # noqa: ANN401 - a boto3 client
    answer = sqs.receive_message(
        QueueUrl=place.url,
        MaxNumberOfMessages=BATCH,
        VisibilityTimeout=HELD,
        WaitTimeSeconds=WAIT,
        AttributeNames=["All"],
        MessageAttributeNames=["All"],
    )
    found: list[dict[str, Any]] = answer.get("Messages", [])
    return found


def letter(place: Place, message: Mapping[str, Any]) -> Letter:
    attributes = message["Attributes"]
    return Letter(
        place,
        id=message["MessageId"],
        receipt=message["ReceiptHandle"],
        body=message["Body"],
        sent=datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC),
        receives=int(attributes["ApproximateReceiveCount"]),
        why=undeliverable(message.get("MessageAttributes", {})),
        event=event_of(message["Body"]),
    )


def undeliverable(attributes: Mapping[str, Any]) -> str | None:
    """Return EventBridge's reason (user guide, "Using dead-letter queues")."""
    said = [
        attributes[n]["StringValue"] for n in ("ERROR_CODE", "ERROR_MESSAGE") if n in attributes
    ]
    return ": ".join(said) or None


def event_of(body: str) -> Mapping[str, Any]:
    """Return the event as EventBridge delivers it; nothing for what is no event."""
    try:
        event = json.loads(body)
    except ValueError:
        return {}
    return event if isinstance(event, Mapping) else {}


def show_again(sqs: Any, place: Place, letters: list[Letter]) -> None:  # noqa: ANN401 - a boto3 client
    """Make letters visible again. The answer names those that are gone as failed: that is right."""
    for first in range(0, len(letters), BATCH):
        entries = [
            {"Id": str(n), "ReceiptHandle": found.receipt, "VisibilityTimeout": 0}
            for n, found in enumerate(letters[first : first + BATCH])
        ]
        sqs.change_message_visibility_batch(QueueUrl=place.url, Entries=entries)


def look(sqs: Any, place: Place) -> list[Letter]:  # noqa: ANN401 - a boto3 client
    """Return up to `MOST` letters and leave them there."""
    with held(sqs, place) as letters:
        return list(letters)


def count(sqs: Any, place: Place) -> int:  # noqa: ANN401 - a boto3 client
    """Return how many there are according to SQS: approximately, those in flight included."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=place.url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


def send_back(sqs: Any, found: Letter) -> None:  # noqa: ANN401 - a boto3 client
    """Send a letter back to its queue. Killed in between, it is in both: that does no harm."""
    assert found.place.source is not None
    sqs.send_message(QueueUrl=found.place.source, MessageBody=found.body)
    throw_away(sqs, found)


def throw_away(sqs: Any, found: Letter) -> None:  # noqa: ANN401 - a boto3 client
    sqs.delete_message(QueueUrl=found.place.url, ReceiptHandle=found.receipt)
