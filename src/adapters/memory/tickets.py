"""Tickets in memory: the twin of the DynamoDB ones, under the same contract."""

from dataclasses import dataclass, field

from application.writing.deferral import Ticket, TicketConflict


@dataclass
class MemoryTickets:
    """Tickets in one process."""

    tickets: dict[str, Ticket] = field(default_factory=dict)

    def get(self, key: str) -> Ticket | None:
        return self.tickets.get(key)

    def put(self, ticket: Ticket, replaces: Ticket | None) -> None:
        found = self.tickets.get(ticket.key)
        if (found and found.guard) != (replaces and replaces.guard):
            raise TicketConflict(ticket.key)
        self.tickets[ticket.key] = ticket
