"""Who may do what: the one table that the code uses and the documents print."""

from enum import StrEnum

from application.writing.requests import Actor
from edge.caller import Caller, Forbidden


class Who(StrEnum):
    """Who may send a command, besides Admin, who may send any to any aggregate.

    `OWNER`: everybody who is signed in, to what is theirs (Developers only read).
    `WORKER`: machines, which report on work that they did. `ADMIN`: nobody else.
    A machine that acts on behalf of a person may send what an owner sends, to what is theirs.
    """

    OWNER = "owner"
    WORKER = "worker"
    ADMIN = "admin"


def actor(caller: Caller, who: Who) -> Actor:
    """The caller as one who commands. Raises `Forbidden`."""
    if caller.is_admin:
        return Actor(owner=caller.owner, may_command_all=True)
    if caller.is_machine:
        return _machine(caller, who)
    if who is not Who.OWNER:
        raise Forbidden("This command is not yours to send.")
    if caller.is_developer:
        raise Forbidden("Developers may read, not command.")
    return Actor(owner=caller.owner)


def _machine(caller: Caller, who: Who) -> Actor:
    if who is Who.ADMIN:
        raise Forbidden("This command is not a machine's to send.")
    if caller.on_behalf_of:
        return Actor(owner=caller.on_behalf_of, machine=caller.owner)
    if who is not Who.WORKER:
        raise Forbidden("A machine sends this command on behalf of a person: onBehalfOf.")
    return Actor(owner=caller.owner, may_command_all=True)
