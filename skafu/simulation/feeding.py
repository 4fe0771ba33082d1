"""The feed of all events: its table, the function that writes it, and a consumer that reads it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from adapters.dynamodb.event_store import DynamoDbEventStore
from adapters.dynamodb.feed import NOTED, PAGES, DynamoDbFeed, from_item
from adapters.dynamodb.items import Item
from adapters.dynamodb.stream_images import commit_of
from application.ports import FailureSink, Unavailable
from application.publishing.feed import Cursor, FeedPage, FeedReader, FeedWriter
from edge.deliveries.feeding import feed, report
from skafu.simulation.dynamodb import EXCEPTIONS, condition_failed, put, throttle
from skafu.simulation.faults import Fault
from skafu.simulation.world import Killed, World

PROCESSES = 3
PAGE = 4  # events that the consumer reads at once
READS = 12  # times that it reads while events are coming


class FeedTable:
    """The calls of the feed; all its reads are strongly consistent."""

    exceptions = EXCEPTIONS

    def __init__(self, world: World) -> None:
        self.items: dict[tuple[str, int], Item] = {}
        self._world = world

    def put_item(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._world.call("PutItem of the feed", self._put, given)

    def get_item(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._world.call("GetItem of the feed", self._get, given["Key"])

    def query(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._world.call("Query of the feed", self._query, given)

    def batch_get_item(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own arguments
        return self._world.call("BatchGetItem of the feed", self._get_all, given["RequestItems"])

    def _put(self, given: dict[str, Any]) -> dict[str, Any]:
        return put(self._world, partial(self._insert, given))

    def _insert(self, given: dict[str, Any]) -> None:
        item = given["Item"]
        if not self.holds(self.items.get(key_of(item)), given):
            raise condition_failed()
        self.items[key_of(item)] = item

    def holds(self, found: Item | None, given: dict[str, Any]) -> bool:
        """Tell whether the condition holds: the key is free, or the end is raised."""
        if found is None:
            return True
        end = given.get("ExpressionAttributeValues", {}).get(":end")
        return end is not None and int(found["end"]["N"]) < int(end["N"])

    def _get(self, key: Item) -> dict[str, Any]:
        self._throttle()
        found = self.items.get(key_of(key))
        return {} if found is None else {"Item": found}

    def _get_all(self, asked: dict[str, Any]) -> dict[str, Any]:
        self._throttle()
        ((table, wanted),) = asked.items()
        found = (self.items.get(key_of(key)) for key in wanted["Keys"])
        return {"Responses": {table: [item for item in found if item is not None]}}

    def _query(self, given: dict[str, Any]) -> dict[str, Any]:
        self._throttle()
        first = int(given["ExpressionAttributeValues"][":n"]["N"])
        start = int(given.get("ExclusiveStartKey", {"page": {"N": "-1"}})["page"]["N"])
        numbers = sorted(n for name, n in self.items if name == PAGES and n >= first and n > start)
        if not given.get("ScanIndexForward", True):
            numbers.reverse()
        taken = numbers[: given["Limit"]]
        last = {"feed": {"S": PAGES}, "page": {"N": str(taken[-1])}} if taken else None
        more = {"LastEvaluatedKey": last} if len(taken) < len(numbers) else {}
        return {"Items": [self.items[PAGES, number] for number in taken], **more}

    def _throttle(self) -> None:
        throttle(self._world, Fault.QUERY_THROTTLED, "Query")


def key_of(item: Item) -> tuple[str, int]:
    return item["feed"]["S"], int(item["page"]["N"])


class SteppedFeed(DynamoDbFeed):
    """Records ends one after the other: a task of the simulator has one thread."""

    def record_ends(self, page: FeedPage) -> None:
        for entry in page.entries:
            self._note(entry.aggregate, entry.last)
        self._note(NOTED, page.number)


class Feeding:
    """FeedWriter's processes, each with one batch at a time, and a consumer of the feed."""

    def __init__(
        self,
        world: World,
        table: FeedTable,
        store: DynamoDbEventStore,
        writer: type[FeedWriter],
        failures: FailureSink,
    ) -> None:
        client: Any = table
        self._table = table
        self.feed = SteppedFeed(client, "feed")
        self.read: list[dict[str, Any]] = []
        """The events that the consumer has read, in its order."""
        self._cursor = Cursor()
        self._world = world
        self._reader = FeedReader(self.feed, store)
        self.fresh: Callable[[], FeedWriter] = lambda: writer(
            self.feed, store, lambda: world.now, partial(report, failures), self._sleep
        )
        self._free = [self.fresh() for _ in range(PROCESSES)]

    def write(self, event: dict[str, Any]) -> dict[str, Any]:
        """Feed a batch in a free process; one that dies is replaced."""
        writer = self._free.pop(self._world.rng.randrange(len(self._free)))
        try:
            return feed(event, commit_of, writer)
        except Unavailable:
            return again(event)
        except Killed:
            writer = self.fresh()
            raise
        finally:
            self._free.append(writer)

    def pages(self) -> list[FeedPage]:
        """Return the whole feed, as it is stored."""
        pages = sorted(key for key in self._table.items if key[0] == PAGES)
        return [from_item(self._table.items[key]) for key in pages]

    def follow(self) -> None:
        """Read now and then, from where the last answer ended."""
        for _ in range(READS):
            for _ in range(self._world.rng.choice((1, 10, 30))):
                self._world.pause()
            self._read()

    def finish(self) -> None:
        """Read what is left."""
        while self._read():
            continue

    def _read(self) -> bool:
        try:
            found = self._reader.read(self._cursor, self._world.rng.randint(1, PAGE))
        except (Killed, Unavailable):
            return True
        self.read += found.events
        self._cursor = found.cursor
        return found.more

    def _sleep(self, _: float) -> None:
        self._world.pause()


def again(event: dict[str, Any]) -> dict[str, Any]:
    """Return an answer after which the whole batch is delivered again."""
    first = event["Records"][0]["dynamodb"]["SequenceNumber"]
    return {"batchItemFailures": [{"itemIdentifier": first}]}
