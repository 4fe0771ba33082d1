"""Who may do what: the one table that the code uses and the documents print."""

from enum import StrEnum

from application.execute import Actor
from handlers.caller import Caller, Forbidden


class Who(StrEnum):
    """Who may send a command, besides Admin, who may send any to any aggregate.

    `OWNER`: everybody who is signed in, to what is theirs (Developers only read).
    `WORKER`: machines, which report on work that they did. `ADMIN`: nobody else.
    """

    OWNER = "owner"
    WORKER = "worker"
    ADMIN = "admin"


def actor(caller: Caller, who: Who) -> Actor:
    """The caller as one who commands. Raises `Forbidden`."""
    if caller.is_admin:
        return Actor(owner=caller.owner, may_command_all=True)
    if caller.is_machine and who is Who.WORKER:
        return Actor(owner=caller.owner, may_command_all=True)
    if who is not Who.OWNER or caller.is_machine:
        raise Forbidden("This command is not yours to send.")
    if caller.is_developer:
        raise Forbidden("Developers may read, not command.")
    return Actor(owner=caller.owner)
