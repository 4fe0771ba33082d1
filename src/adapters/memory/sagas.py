"""The table of sagas in memory: the twin of the DynamoDB one, under the same contract."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from application.sagas.ports import BegunRun, Waiting
from application.sagas.tasks import RunKey
from kernel.messages import AggregateId


@dataclass
class MemorySagaTable:
    """What sagas wait for, and the runs that the sweep looks after, in one process."""

    waiting_steps: dict[AggregateId, Waiting] = field(default_factory=dict)
    runs: dict[str, BegunRun] = field(default_factory=dict)
    last_page: int = 0

    def wait(self, waiting: Waiting) -> None:
        held = self.waiting_steps.get(waiting.asked, waiting)
        if held.deadline <= waiting.deadline:
            self.waiting_steps[waiting.asked] = waiting

    def waiting(self, asked: AggregateId) -> Waiting | None:
        return self.waiting_steps.get(asked)

    def forget(self, waiting: Waiting) -> None:
        held = self.waiting_steps.get(waiting.asked)
        if held is not None and held.token == waiting.token:
            del self.waiting_steps[waiting.asked]

    def waits(self) -> Iterator[Waiting]:
        yield from list(self.waiting_steps.values())

    def add(self, begun: BegunRun) -> None:
        self.runs[begun.run.event_id] = begun

    def remove(self, run: RunKey) -> None:
        self.runs.pop(run.event_id, None)

    def begun(self) -> Iterator[BegunRun]:
        yield from list(self.runs.values())

    def page(self) -> int:
        return self.last_page

    def turn_to(self, page: int) -> None:
        self.last_page = page
