"""EventBridge: events go to the event bus, failures to the error bus."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from adapters.aws_errors import unavailable
from application.commit import canonical_json
from application.failures import Failure
from application.ports import Unavailable
from application.publishing.envelopes import source

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

MAX_ENTRIES = 10
MAX_BYTES = 240 * 1024  # older quotas allow 256 KB for a whole request, newer ones 1 MB
ATTEMPTS = 4
BACKOFF = 0.05  # seconds, doubled with each attempt

Entry = dict[str, Any]


class EventBridgeEventBus:
    """Publishes envelopes in the order given, packed by count and bytes.

    PutEvents answers 200 and names the entries that failed; exactly those are sent again.
    """

    def __init__(
        self, client: "EventBridgeClient", bus: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._bus = bus
        self._sleep = sleep

    def put(self, entries: Sequence[Mapping[str, Any]]) -> list[int]:
        numbered = [(n, self._entry(envelope)) for n, envelope in enumerate(entries)]
        failed: list[int] = []
        for batch in packed(numbered):
            failed += self._put_batch(batch)
        return failed

    def _entry(self, envelope: Mapping[str, Any]) -> Entry:
        return {
            "EventBusName": self._bus,
            "Source": source(envelope),
            "DetailType": envelope["eventType"],
            "Detail": canonical_json(envelope),
        }

    def _put_batch(self, batch: list[tuple[int, Entry]]) -> list[int]:
        for attempt in range(ATTEMPTS):
            if attempt:
                self._sleep(BACKOFF * 2**attempt)
            batch = self._rejected(batch)
            if not batch:
                break
        return [n for n, _ in batch]

    def _rejected(self, batch: list[tuple[int, Entry]]) -> list[tuple[int, Entry]]:
        try:
            entries: Any = [entry for _, entry in batch]
            answer: Any = self._client.put_events(Entries=entries)
        except (ClientError, BotoCoreError) as error:
            if len(batch) == 1 or isinstance(unavailable(error), Unavailable):
                return batch
            # One entry may be why all were refused.
            return [failed for one in batch for failed in self._rejected([one])]
        if not answer["FailedEntryCount"]:
            return []
        answered = zip(batch, answer["Entries"], strict=True)
        return [sent for sent, result in answered if result.get("ErrorCode")]


class EventBridgeFailureSink:
    """Puts failures on the error bus. Raises if that fails: then the record is retried."""

    def __init__(self, client: "EventBridgeClient", bus: str) -> None:
        self._client = client
        self._bus = bus

    def report(self, failure: Failure) -> None:
        answer = self._client.put_events(
            Entries=[
                {
                    "EventBusName": self._bus,
                    "Source": "skafu.failures",
                    "DetailType": failure.what,
                    "Detail": canonical_json(failure.to_dict()),
                }
            ]
        )
        if answer["FailedEntryCount"]:
            raise RuntimeError(f"{failure.what} was not reported: {answer['Entries']}")


def packed(entries: Sequence[tuple[int, Entry]]) -> Iterator[list[tuple[int, Entry]]]:
    """Yield batches in order, of at most ten entries and at most `MAX_BYTES` bytes each."""
    batch: list[tuple[int, Entry]] = []
    size = 0
    for numbered in entries:
        own = entry_size(numbered[1])
        if batch and (len(batch) == MAX_ENTRIES or size + own > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(numbered)
        size += own
    if batch:
        yield batch


def entry_size(entry: Entry) -> int:
    """Return the bytes that PutEvents counts (user guide, "Calculating event size")."""
    return sum(len(entry[name].encode()) for name in ("Source", "DetailType", "Detail"))
