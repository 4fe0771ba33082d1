"""Deferred commands: each has a ticket, which holds its outcome for seven days."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol

from application.ports import Clock, Unavailable
from application.writing.identity import Identity
from application.writing.requests import CommandIdReused
from kernel.errors import NotFound
from kernel.messages import AggregateId

RETENTION = timedelta(days=7)
ATTEMPTS = 3


class Status(StrEnum):
    """The status of a deferred command.

    `failed`: it was given up. To learn if it recorded events, send it again.
    """

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Ticket:
    """One deferred command. `attempt` counts from 1: a refused or failed command may be run again.

    `request` is the command to run, sealed if there is a sealer; a ticket holds it while pending.
    `outcome` is JSON: the answer to an accepted command, the problem of a refused one. `aggregate`
    is the stream that the command is for; older tickets do not tell.
    """

    key: str
    command_id: str
    subject: str
    fingerprint: str
    expires: int
    attempt: int = 1
    status: Status = Status.PENDING
    request: bytes | None = None
    outcome: Mapping[str, Any] = field(default_factory=dict)
    aggregate: AggregateId | None = None

    def is_for(self, aggregate: AggregateId | None) -> bool:
        return None in (self.aggregate, aggregate) or self.aggregate == aggregate

    @property
    def guard(self) -> tuple[int, Status]:
        return self.attempt, self.status


class TicketConflict(Exception):
    """The ticket has changed since it was read."""


class DeferredCommandNotFound(NotFound):
    """Only deferred commands are kept track of, for seven days, each for its sender."""

    text = "There is no such deferred command."


class Tickets(Protocol):
    """Tickets by key."""

    def get(self, key: str) -> Ticket | None:
        """Read a ticket strongly. Raises `Unavailable`."""
        ...

    def put(self, ticket: Ticket, replaces: Ticket | None) -> None:
        """Store a ticket in the place of `replaces`, or as the first one.

        Raises `TicketConflict` if the stored ticket has another attempt or status, and
        `Unavailable` if it is unknown whether anything was stored.
        """
        ...


class Workflow(Protocol):
    """The workflow that runs deferred commands."""

    def start(self, ticket: Ticket) -> None:
        """Cause `Worker.run` to be called with the ticket's key and attempt, at least once."""
        ...


def ticket_key(identity: Identity, aggregate: AggregateId | None = None) -> str:
    """Return the key of a principal's command; no other principal can produce it.

    One command id may be used for several aggregates, and is several commands then. The first has
    the key without an aggregate.
    """
    parts = identity if aggregate is None else (*identity, aggregate)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def ticket_of(tickets: Tickets, identity: Identity, aggregate: AggregateId | None) -> Ticket | None:
    """Return the ticket of the command for the aggregate, or of the first one with this id."""
    first = tickets.get(ticket_key(identity))
    if first is None or first.is_for(aggregate):
        return first
    return tickets.get(ticket_key(identity, aggregate))


@dataclass(frozen=True)
class Deferral:
    """Accepts commands now, to be run later."""

    tickets: Tickets
    workflow: Workflow
    clock: Clock

    def defer(
        self,
        identity: Identity,
        aggregate: AggregateId,
        subject: str,
        fingerprint: str,
        request: Callable[[], bytes],
    ) -> Ticket:
        """Return the command's ticket; a pending or accepted command sent again has the same one.

        A refused or failed command is run again, as it would be if it were not deferred.
        Raises `CommandIdReused` and `Unavailable`.
        """
        fresh = Ticket(
            ticket_key(identity),
            identity[1],
            subject,
            fingerprint,
            self._expires(),
            aggregate=aggregate,
        )
        for _ in range(ATTEMPTS):
            try:
                return self._start(self._open(fresh, identity, request))
            except TicketConflict:
                continue  # the same id, used twice at once
        raise Unavailable(fresh.key)

    def _expires(self) -> int:
        return int((self.clock() + RETENTION).timestamp())

    def _open(self, fresh: Ticket, identity: Identity, request: Callable[[], bytes]) -> Ticket:
        found = self.tickets.get(fresh.key)
        if found and is_current(found, self.clock) and not found.is_for(fresh.aggregate):
            fresh = replace(fresh, key=ticket_key(identity, fresh.aggregate))
            found = self.tickets.get(fresh.key)
        if found is None or not is_current(found, self.clock):
            attempt = 1 if found is None else found.attempt + 1
        elif found.fingerprint != fresh.fingerprint:
            raise CommandIdReused(fresh.command_id)
        elif found.status in (Status.PENDING, Status.ACCEPTED):
            return found
        else:
            attempt = found.attempt + 1
        opened = replace(fresh, attempt=attempt, request=request())
        self.tickets.put(opened, replaces=found)
        return opened

    def _start(self, ticket: Ticket) -> Ticket:
        # A pending one may never have been started: the process that opened it may have died.
        if ticket.status is Status.PENDING:
            self.workflow.start(ticket)
        return ticket


def is_current(ticket: Ticket, clock: Clock) -> bool:
    """Tell whether the ticket is still valid: DynamoDB may remove it two days too late."""
    return ticket.expires > clock().timestamp()


Outcome = tuple[Status, Mapping[str, Any]]


@dataclass(frozen=True)
class Worker:
    """Runs deferred commands; any number of executions of one attempt have one outcome."""

    tickets: Tickets
    execute: Callable[[Ticket], Outcome]

    def run(self, key: str, attempt: int) -> None:
        """Run one attempt, unless its outcome is known.

        Raises whatever `execute` raises; the attempt then has no outcome and may be run again.
        """
        ticket = self.tickets.get(key)
        if ticket is None or ticket.guard != (attempt, Status.PENDING):
            return
        status, outcome = self.execute(ticket)
        try:
            self.tickets.put(
                replace(ticket, status=status, outcome=outcome, request=None), replaces=ticket
            )
        except TicketConflict:
            return  # another execution was first, or this one before its answer was lost
