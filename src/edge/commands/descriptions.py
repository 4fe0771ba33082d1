"""Descriptions of the operations that take commands, for the OpenAPI document."""

import inspect

from kernel.operation import Operation, Who

SENDERS = {
    Who.OWNER: (
        "For the owner, for machines that act on behalf of the owner, and for Admin. What belongs "
        "to somebody else is answered with 404."
    ),
    Who.WORKER: "For machines, which report the work that they have done, and for Admin.",
    Who.ADMIN: "For Admin alone.",
}
CREATORS = "For everybody who is signed in, except Developers: what they create is theirs."
BATCH = """Send up to 100 commands in one request; each succeeds or fails by itself.

The answer has one result for each command, in their order, with the status that the command would
have been answered with alone. Give the request an `Idempotency-Key`: when it is sent again, the
commands that succeeded have no second effect, and get the same answer. Commands that the time did
not suffice for are answered with 503 (`out-of-time`).
"""
MACHINE = """Send one command, or up to 100, as a machine that signs its requests with AWS IAM.

With `onBehalfOf`, the machine acts for that user and may do what the owner may do. Without it, it
may report on its own work. One command is answered with 202 or a problem; several, given as
`commands`, are answered with one result each, as `POST /commands` does.
"""


def description(operation: Operation, other_style: str) -> str:
    """Return what the command does, who may send it, and its route in the other style."""
    what = inspect.cleandoc(operation.command.__doc__ or "")
    return f"{what}\n\n{senders(operation)}\n\nThe same command in the other style: {other_style}."


def senders(operation: Operation) -> str:
    if operation.creates and operation.who is Who.OWNER:
        return CREATORS
    return SENDERS[operation.who or Who.ADMIN]


def named(parameter: str, operation: Operation) -> str:
    """Return the description of an id in a path: `id`, or that of a part such as `serviceId`."""
    noun = operation.aggregate_type if parameter == "id" else parameter.removesuffix("Id")
    return f"The id of the {noun.lower()}."
