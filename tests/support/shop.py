"""A shop with keys: a store, an office for keys, and warm processes of both APIs."""

from datetime import UTC, datetime

from adapters.appsync.queries import AppSyncQueries
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.feed import MemoryFeed
from application.commit import Commit
from application.publishing.feed import FeedReader
from edge.commands import api as command_api
from edge.commands.api import Commands
from edge.queries import api as query_api
from edge.queries.routes import QueryPorts
from tests.support.api import Api, Person
from tests.support.fakes import Clock
from tests.support.graphql_session import Session
from tests.support.kitchen.contents import kitchen
from tests.support.kitchen.events import TeapotMade
from tests.support.kitchen.teapot import teapot
from tests.support.sealers import KeyOffice

ANN = Person("ann-sub", "ann", email="ann.canary@example.com", name="Ann Canary")
ROOT = Person("root-sub", "root", "Admin", email="root@example.com")


class Shop:
    def __init__(self) -> None:
        self.store = MemoryEventStore()
        self.office = KeyOffice()
        # Keys that the API makes itself are of the real time, so that is where the clocks stand.
        self.clock = Clock(datetime.now(UTC))

    def process(self, person: Person = ANN) -> Api:
        """The command API, as it is after a cold start."""
        sealer = self.office.sealer()
        commands = Commands.over(kitchen, self.store, self.clock, {}, lambda _: None, sealer=sealer)
        return Api(command_api.build(commands), person)

    def queries(self, person: Person = ANN) -> Api:
        """The query API, as it is after a cold start."""
        ports = QueryPorts(
            kitchen,
            AppSyncQueries(Session({}), kitchen.read_models),
            self.store,
            FeedReader(MemoryFeed(), self.store),
            clock=self.clock,
            sealer=self.office.sealer(),
        )
        return Api(query_api.build(ports), person)

    def commits(self) -> list[Commit]:
        return [c for stream, _ in self.store.heads() for c in self.store.read(stream)]

    def created(self) -> TeapotMade:
        recorded = next(iter(self.commits()[0].recorded(teapot.events)))
        assert isinstance(recorded.event, TeapotMade)
        return recorded.event
