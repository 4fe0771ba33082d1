"""Executions of sagas in memory: the twin of those of Step Functions, under the same contract."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from application.sagas.ports import Execution, ExecutionStatus
from application.sagas.tasks import FAILURE


@dataclass
class MemoryExecutions:
    """Executions that somebody runs later, and the answers to their tokens.

    `kept` is what Step Functions keeps of them: all that goes in, and what is raised.
    """

    kept: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    waiting: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Mapping[str, str] | None] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)

    def start(self, saga: str, name: str, given: Mapping[str, Any]) -> bool:
        if name in self.waiting or name in self.ended:
            return self.waiting.get(name) == given
        self.waiting[name] = given
        self.names.append(name)
        self.kept.append(f"{name} {json.dumps(given)}")
        return True

    def find(self, saga: str, name: str) -> Execution | None:
        if name in self.waiting:
            return Execution(name, "RUNNING", "")
        return Execution(name, self.ended[name], "", "") if name in self.ended else None

    def newest(self, saga: str, status: ExecutionStatus | None = None) -> Iterator[Execution]:
        found = (self.find(saga, name) for name in reversed(self.names))
        yield from (one for one in found if one and status in (None, one.status))

    def go_on(self, token: str) -> None:
        self.answers.setdefault(token, None)

    def fail(self, token: str) -> None:
        self.answers.setdefault(token, FAILURE)
