"""The trial of the examples: each is sent to the real rules, after the commands it is given."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.contents import contents
from edge.http.problems import EXPECTED, problem_of
from kernel.operation import Example, Json, Operation
from skafu.completeness.missing import Missing, file_of, raised
from skafu.reach.example_run import RecordsNothing, Refused, run
from skafu.reach.quiet import quiet


def named(refused: Refused, what: str) -> Missing:
    file, name = file_of(refused.operation.command.__module__), refused.operation.name
    if isinstance(refused.error, RecordsNothing):
        return Missing(file, f"the {what} of {name} records nothing")
    if not isinstance(refused.error, EXPECTED):
        return raised(refused.error, file)
    return Missing(file, f"the {what} of {name} is refused: {reason(refused.error)}")


def reason(error: Exception) -> str:
    problem, _ = problem_of(error)
    faults = [f"{fault.path}: {fault.message}" for fault in problem.errors or ()]
    return "; ".join(faults) or problem.detail


def missing() -> Iterator[Missing]:
    """Name an operation that is refused once, not again for each that is given it."""
    with quiet():
        found = [trial for each in contents.operations for trial in trials(each)]
    alone = {trial.operation for trial, refused in found if trial.operation is refused.operation}
    for trial, refused in found:
        if trial.operation is refused.operation:
            yield named(refused, f"{trial.payload} example")
        elif refused.operation not in alone:
            name = trial.operation.name
            yield named(refused, f"typical example (as {name} is given it)")


@dataclass(frozen=True, slots=True)
class Trial:
    operation: Operation
    payload: str


def trials(operation: Operation) -> Iterator[tuple[Trial, Refused]]:
    """Yield the payloads that are refused, each with the reason."""
    if operation.example is None:
        return
    for payload, data in payloads(operation.example).items():
        try:
            run(operation, operation.example, data)
        except Refused as refused:
            yield Trial(operation, payload), refused


def payloads(example: Example) -> Mapping[str, Json]:
    others = {f"other, {name}": data for name, data in example.others.items()}
    return {"typical": example.typical, "largest": example.largest, **others}
