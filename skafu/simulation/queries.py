"""QueryApi, as far as clients of the simulator ask it: past states of one thing."""

from dataclasses import dataclass
from typing import Any

from domain.contents import contents
from edge.caller import Caller
from edge.http.problems import EXPECTED, problem_of
from edge.queries.history import get_state
from edge.queries.routes import QueryPorts
from kernel.aggregate import AnyAggregate
from kernel.messages import AggregateId
from skafu.simulation.entrances import refusal
from skafu.simulation.proxy import Answer
from skafu.simulation.world import Killed, World


@dataclass(frozen=True, slots=True)
class Question:
    """A question for the state of something after one of its events."""

    who: Caller
    kind: AnyAggregate
    thing: str
    version: int

    @property
    def aggregate(self) -> AggregateId:
        return self.kind.id(self.thing)


@dataclass(slots=True)
class Asked:
    """A question that was asked, with the steps of its beginning and end, and its answer."""

    question: Question
    began: int
    ended: int
    answer: Answer


class Queries:
    """Answers questions from the event store, as `GET …/state?version=` does below its router."""

    def __init__(self, world: World, store: Any) -> None:  # noqa: ANN401 - a store without its client
        self.asked: list[Asked] = []
        self._world = world
        nothing: Any = None
        self._ports = QueryPorts(contents, nothing, store, nothing, clock=lambda: world.now)

    def ask(self, question: Question) -> None:
        began = self._world.step
        answer = self._answer(question)
        self._world.note(f"state of {question.thing} at {question.version}: {answer.status}")
        self.asked.append(Asked(question, began, self._world.step, answer))

    def _answer(self, asked: Question) -> Answer:
        try:
            response = get_state(
                asked.kind, self._ports, asked.who, asked.thing, asked.version, None
            )
        except EXPECTED as error:
            return refusal(problem_of(error)[0])
        except Killed:
            return Answer(502)
        body: Any = response.body
        return Answer(response.status_code, body)
