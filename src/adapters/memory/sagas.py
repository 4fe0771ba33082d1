"""The table of sagas in memory: the twin of the DynamoDB one, under the same contract."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from application.sagas.ports import BegunRun, Noted, Place, Waiting
from application.sagas.tasks import RunKey
from kernel.messages import AggregateId


@dataclass
class MemorySagaTable:
    """What sagas wait for, runs that the sweep looks after, and reasons, in one process."""

    waiting_steps: dict[AggregateId, Waiting] = field(default_factory=dict)
    runs: dict[str, BegunRun] = field(default_factory=dict)
    reasons: dict[str, Noted] = field(default_factory=dict)
    swept_to: Place = field(default_factory=Place)

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
        self.reasons.pop(run.event_id, None)
        self.runs.pop(run.event_id, None)

    def begun(self) -> Iterator[BegunRun]:
        yield from list(self.runs.values())

    def note(self, run: RunKey, step: str | None, reason: str) -> None:
        self.reasons[run.event_id] = Noted(step, reason)

    def noted(self, run: RunKey) -> Noted | None:
        return self.reasons.get(run.event_id)

    def place(self) -> Place:
        return self.swept_to

    def keep(self, place: Place) -> None:
        self.swept_to = place
