"""A small interpreter of state machines: as much of Amazon States Language as sagas use."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from application.sagas.tasks import Task
from skafu.simulation.in_process import Answered, Failed, failure_of

Json = dict[str, Any]
TERMINAL = "States.ALL"


@dataclass(frozen=True)
class Machine:
    """Interprets a definition; `do` is the function, `answered` waits for tokens."""

    definition: Json
    do: Callable[[Task], None]
    answered: Answered
    new_token: Callable[[], str]

    def run(self, given: Mapping[str, Any]) -> str:
        """Return the name of the state in which the execution ends."""
        data, name = dict(given), self.definition["StartAt"]
        while True:
            state = self.definition["States"][name]
            match state["Type"]:
                case "Succeed" | "Fail":
                    return str(name)
                case "Choice":
                    name = next(self._chosen(state, data), state["Default"])
                case "Pass":
                    data[state["ResultPath"].removeprefix("$.")] = state["Result"]
                    name = state["Next"]
                case "Task":
                    name = self._task(state, data)
                case other:
                    raise AssertionError(other)

    def _chosen(self, state: Json, data: Json) -> Iterator[str]:
        for choice in state["Choices"]:
            if (choice["Variable"].removeprefix("$.") in data) is choice["IsPresent"]:
                yield choice["Next"]

    def _task(self, state: Json, data: Json) -> str:
        assert state["ResultPath"] is None
        try:
            self._tried(state, data)
        except Failed as error:
            for caught in state["Catch"]:
                if matches(caught["ErrorEquals"], error.failure["Error"]):
                    if caught["ResultPath"] is not None:
                        data[caught["ResultPath"].removeprefix("$.")] = dict(error.failure)
                    return str(caught["Next"])
            raise
        return str(state["Next"])

    def _tried(self, state: Json, data: Json) -> None:
        left = {number: retry["MaxAttempts"] for number, retry in enumerate(state["Retry"])}
        while True:
            try:
                self._once(state, data)
                return
            except Exception as error:
                failure = failure_of(error)
                for number, retry in enumerate(state["Retry"]):
                    if matches(retry["ErrorEquals"], failure["Error"]) and left[number]:
                        left[number] -= 1
                        break
                else:
                    raise Failed(failure) from error

    def _once(self, state: Json, data: Json) -> None:
        if "lambda" not in state["Resource"]:
            return  # it reports to the bus
        token = self.new_token()
        payload = filled(
            state["Parameters"]["Payload"], {"$": data, "$$": {"Task": {"Token": token}}}
        )
        self.do(Task.from_json(payload))
        if state["Resource"].endswith(".waitForTaskToken"):
            failure = self.answered(token, timedelta(seconds=state["TimeoutSeconds"]))
            if failure is not None:
                raise Failed(failure)


def matches(names: Sequence[str], error: str) -> bool:
    return TERMINAL in names or error in names


def filled(template: Json, roots: Mapping[str, Json]) -> Json:
    """Return the parameters with their paths replaced by what is there."""
    return {
        name.removesuffix(".$"): found(value, roots) if name.endswith(".$") else value
        for name, value in template.items()
    }


def found(path: str, roots: Mapping[str, Json]) -> Any:  # noqa: ANN401 - JSON
    root, *names = path.split(".")
    value: Any = roots[root]
    for name in names:
        value = value[name]
    return value
