"""Answers to steps that wait: what they asked for has ended."""

from application.sagas.ports import Executions, SagaTable, Waiting
from application.sagas.runs import Runs
from application.sagas.tasks import sentence
from kernel.messages import Event, plain_id
from kernel.saga import Question, Step


def question_of(step: Step) -> Question:
    if step.question is None:
        raise AssertionError(f"{step.name} asks nothing")
    return step.question


def answer(runs: Runs, table: SagaTable, executions: Executions, waiting: Waiting) -> bool:
    """Let the step go on or fail if what it waits for has ended; tell whether it has."""
    question = question_of(runs.saga(waiting.run).step[waiting.step])
    found: type[Event] | None = runs.answer(question, plain_id(waiting.asked))
    if found is None:
        return False
    why = question.answers[found]
    if why is None:
        executions.go_on(waiting.token)
        table.forget(waiting)
    else:
        fail(table, executions, waiting, why)
    return True


def fail(table: SagaTable, executions: Executions, waiting: Waiting, why: str) -> None:
    """Let the step fail, for this reason."""
    table.note(waiting.run, waiting.step, sentence(why))
    executions.fail(waiting.token)
    table.forget(waiting)
