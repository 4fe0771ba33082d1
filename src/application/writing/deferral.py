"""Commands that are run later: each has a ticket, which tells what became of it for seven days."""

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

KEPT = timedelta(days=7)
ATTEMPTS = 3


class Status(StrEnum):
    """`failed`: given up; whether events were recorded is told by sending the command again."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Ticket:
    """One deferred command. `attempt` counts how often it was opened anew, from 1.

    `request` is what to run, sealed where people are; it is kept while the command is pending.
    `outcome` is JSON: the answer of an accepted command, the problem of a refused one.
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

    @property
    def guard(self) -> tuple[int, Status]:
        return self.attempt, self.status


class TicketConflict(Exception):
    """The ticket is not what was read."""


class DeferredCommandNotFound(NotFound):
    """Only deferred commands are kept track of, for seven days, each for its sender."""

    text = "There is no such deferred command."


class Tickets(Protocol):
    def get(self, key: str) -> Ticket | None:
        """Read strongly. Raises `Unavailable`."""
        ...

    def put(self, ticket: Ticket, replaces: Ticket | None) -> None:
        """Raises `TicketConflict` unless what is stored has `replaces`' attempt and status (or is
        not there), and `Unavailable` when it is unknown whether anything was stored.
        """
        ...


class Workflow(Protocol):
    def start(self, ticket: Ticket) -> None:
        """Have `Worker.run` called with the ticket's key and attempt, at least once."""
        ...


def ticket_key(identity: Identity) -> str:
    """One for each principal and command id; nobody can make another's."""
    return hashlib.sha256("\n".join(identity).encode()).hexdigest()


@dataclass(frozen=True)
class Deferral:
    """Takes commands now and has them run later."""

    tickets: Tickets
    workflow: Workflow
    clock: Clock

    def defer(
        self, identity: Identity, subject: str, fingerprint: str, request: Callable[[], bytes]
    ) -> Ticket:
        """The command's ticket; sent again, a pending or accepted command has the same one.

        One that was refused or failed is run afresh, as it would be if it were not deferred.
        Raises `CommandIdReused` and `Unavailable`.
        """
        fresh = Ticket(ticket_key(identity), identity[1], subject, fingerprint, self._expires())
        for _ in range(ATTEMPTS):
            try:
                return self._started(self._opened(fresh, request))
            except TicketConflict:
                continue  # the same command, sent twice at once
        raise Unavailable(fresh.key)

    def _expires(self) -> int:
        return int((self.clock() + KEPT).timestamp())

    def _opened(self, fresh: Ticket, request: Callable[[], bytes]) -> Ticket:
        found = self.tickets.get(fresh.key)
        if found is None or not living(found, self.clock):
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

    def _started(self, ticket: Ticket) -> Ticket:
        # One that is pending may never have been started: its first sender may have died.
        if ticket.status is Status.PENDING:
            self.workflow.start(ticket)
        return ticket


def living(ticket: Ticket, clock: Clock) -> bool:
    """DynamoDB takes up to two days to remove what has expired."""
    return ticket.expires > clock().timestamp()


Outcome = tuple[Status, Mapping[str, Any]]


@dataclass(frozen=True)
class Worker:
    """Runs what was deferred; any number of executions of one attempt have one outcome."""

    tickets: Tickets
    execute: Callable[[Ticket], Outcome]

    def run(self, key: str, attempt: int) -> None:
        """Raises what `execute` raises: then nothing is decided, and it may be run again."""
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
