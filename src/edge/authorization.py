"""Authorization: the role of a command decides who may send it."""

from edge.caller import Caller, Forbidden
from kernel.actor import Actor
from kernel.operation import Who


def actor(caller: Caller, who: Who | None) -> Actor:
    """Return the caller as an actor. Raises `Forbidden`.

    Only Admin may send a command without a role.
    """
    if caller.is_admin:
        return Actor(owner=caller.owner, may_command_all=True)
    if caller.is_machine:
        return _machine(caller, who)
    if who is not Who.OWNER:
        raise Forbidden("You are not allowed to send this command.")
    if caller.is_developer:
        raise Forbidden("Developers may read, but not send commands.")
    return Actor(owner=caller.owner)


def _machine(caller: Caller, who: Who | None) -> Actor:
    if who not in (Who.OWNER, Who.WORKER):
        raise Forbidden("Machines are not allowed to send this command.")
    if caller.on_behalf_of:
        return Actor(owner=caller.on_behalf_of, machine=caller.owner)
    if who is not Who.WORKER:
        raise Forbidden(
            "A machine must name the user for whom it sends this command, as `onBehalfOf`."
        )
    return Actor(owner=caller.owner, may_command_all=True)
