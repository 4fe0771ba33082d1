"""Answers to steps that wait: what they asked for has ended."""

from application.sagas.ports import Executions, SagaTable, Waiting
from application.sagas.runs import Runs, question_of
from application.sagas.tasks import sentence
from kernel.messages import plain_id


def answer(runs: Runs, table: SagaTable, executions: Executions, waiting: Waiting) -> bool:
    """Let the step go on or fail if what it has asked for has ended; tell whether it has."""
    step, asked = runs.saga(waiting.run).step[waiting.step], plain_id(waiting.asked)
    question = question_of(step)
    found = runs.answer(question, asked)
    if found is None or not runs.has_asked(waiting.run, step, asked):
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
