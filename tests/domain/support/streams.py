"""Streams of projects, made by commands in memory, as many as a measurement needs."""

from adapters.memory.event_store import MemoryEventStore
from domain.project.aggregate import project
from domain.project.commands import ChangeProject, CreateProject
from kernel.messages import AggregateId
from tests.support.desk import Desk
from tests.support.spec import ACTOR


def lives(streams: int) -> MemoryEventStore:
    """Return a store with so many projects, each created and renamed."""
    store = MemoryEventStore()
    for number in range(streams):
        stream = AggregateId(f"PROJECT#01980000-0000-7000-8000-{number:012x}")
        desk = Desk(store, aggregate=project, stream=stream)
        desk.send(CreateProject(name=f"Project {number}", owner=ACTOR))
        desk.send(ChangeProject(name=f"Renamed {number}"))
    return store
