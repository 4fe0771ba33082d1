"""Deferred commands: each that was taken has one outcome, and that was right."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, NamedTuple

from application.failures import Failure
from application.writing.deferral import Status, Ticket, ticket_key
from edge.errors import ERRORS, kebab, problem_type
from kernel.errors import AggregateNotFound
from skafu.simulation.answers import check_answer, right_answers
from skafu.simulation.clients import Sending
from skafu.simulation.deferring import Kept
from skafu.simulation.divergence import Divergence
from skafu.simulation.integrating import Integration
from skafu.simulation.lookups import Found
from skafu.simulation.proxy import Answer
from skafu.simulation.system import System

PROBLEMS = {row.error.__name__: row.answer.problem for row in ERRORS}
NOT_FOUND = problem_type(AggregateNotFound)
"""The problem of an event that may be early, and is delivered again."""


class Run(NamedTuple):
    """One attempt, from its opening to its outcome, if it has one."""

    opened: Kept
    decided: Kept | None


def check_tickets(system: System, found: Found) -> None:
    senders: dict[str, list[Sending]] = defaultdict(list)
    for sending in system.log.sendings:
        if sending.deferred:
            identity = sending.wish.who.owner, sending.wish.command_id
            senders[ticket_key(identity)].append(sending)
            senders[ticket_key(identity, sending.wish.aggregate)].append(sending)
    for sent in senders.values():
        check_reuse(sent)
    for key, kept in system.tickets.history.items():
        runs = list(runs_of(kept))
        for run in runs:
            check_run(run, senders[key], found)
        for run in runs[-1:]:
            started = (key, run.opened.ticket.attempt) in system.workflow.started
            if started and run.decided is None:
                raise Divergence("ticket", f"{run.opened.ticket} was started and has no outcome")


def check_reuse(sendings: Sequence[Sending]) -> None:
    """Check that a key is refused only where another command was deferred under it."""
    for sending in sendings:
        refused = sending.answer and sending.answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
        same = [one for one in sendings if one.wish.aggregate == sending.wish.aggregate]
        if refused and all(content(other) == content(sending) for other in same):
            raise Divergence("ticket", f"{sending.wish.command_id} was never another's key")


def content(sending: Sending) -> dict[str, Any]:
    return {name: v for name, v in sending.wish.item.items() if name != "correlationId"}


def runs_of(kept: Sequence[Kept]) -> Iterator[Run]:
    """Yield the attempts. Raises `Divergence` when one is opened or decided twice."""
    opened: Kept | None = None
    for one in kept:
        if one.ticket.status is Status.PENDING:
            if opened is not None:
                yield Run(opened, None)
            opened = one
        elif opened is None or one.ticket.attempt != opened.ticket.attempt:
            raise Divergence("ticket", f"{one.ticket} was decided twice, or never opened")
        else:
            yield Run(opened, one)
            opened = None
    if opened is not None:
        yield Run(opened, None)


def check_run(run: Run, senders: Sequence[Sending], found: Found) -> None:
    """Check that the outcome is an answer that was right at some moment of the attempt."""
    if run.decided is None or run.decided.ticket.status is Status.FAILED:
        return
    faults: list[Divergence] = []
    for sending in senders:
        if not run.opened.ticket.is_for(sending.wish.aggregate):
            continue
        try:
            return check_answer(answered(sending, run.opened, run.decided), found)
        except Divergence as divergence:
            faults.append(divergence)
    raise faults[0] if faults else Divergence("ticket", f"nobody sent {run.opened.ticket}")


def answered(sending: Sending, opened: Kept, decided: Kept) -> Sending:
    """Return the sending as if the outcome had answered it, since the ticket was opened."""
    return replace(
        sending,
        deferred=False,
        began=opened.step,
        began_at=opened.milliseconds,
        ended=decided.step,
        ended_at=decided.milliseconds,
        answer=answer_of(decided.ticket),
    )


def answer_of(ticket: Ticket) -> Answer:
    if ticket.status is Status.REFUSED:
        problem = ticket.outcome["problem"]
        return Answer(problem["status"], problem)
    return Answer(202, dict(ticket.outcome), f'"{ticket.outcome["version"]}"')


def lasting(sending: Sending, system: System) -> Sending:
    """Return the sending with the time in which it may take effect: mostly until its answer."""
    if not sending.is_lasting:
        return sending
    return replace(sending, ended=system.world.step, ended_at=system.world.milliseconds)


def check_events(integration: Integration, system: System, found: Found) -> None:
    """Check that each event was done with once its command was recorded or refused for good.

    One whose command finds nothing waits among the dead letters. What was reported was right, too.
    """
    dead = {message.hint.aggregate for message in integration.queue.dead}
    for key, sending in integration.sendings.items():
        possible = set(right_answers(lasting(sending, system), found))
        reported = {problem_of(failure) for failure in integration.refusals.reported[key]}
        if wrong := reported - {one.problem for one in possible}:
            raise Divergence("event", f"{key} was reported as {wrong}; right was {possible}")
        if key in dead:
            wanted = {HTTPStatus.NOT_FOUND}
        elif reported - {NOT_FOUND}:
            continue
        else:
            wanted = {HTTPStatus.ACCEPTED}
        if not any(one.status in wanted for one in possible):
            raise Divergence("event", f"{key} of {sending.wish.operation.name}: {possible}")


def problem_of(failure: Failure) -> str:
    """Return the end of the problem's type; a failure holds the name of its error's class."""
    name = failure.why.partition(":")[0].partition(" ")[0]
    return PROBLEMS.get(name) or kebab(name)
