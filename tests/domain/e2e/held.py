"""Runs of a saga that stand still, so that what they are at can be looked at."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import yaml

from tests.domain.e2e.stack import Stack

HELD = 600  # seconds; longer than anybody looks


@contextmanager
def held(stack: Stack, state: str) -> Iterator[None]:
    """Have the runs of creations that begin meanwhile wait before a state of their machine.

    The machine is through in a second or two, and rows of commits that lie so close together may
    be written as one: a page need never have been told of what was in between.
    """
    machines = stack.aws.client("stepfunctions")
    found = machines.list_state_machines()["stateMachines"]
    (arn,) = (one["stateMachineArn"] for one in found if "project-creation" in one["name"])
    whole = machines.describe_state_machine(stateMachineArn=arn)["definition"]
    machines.update_state_machine(stateMachineArn=arn, definition=waiting(whole, state))
    try:
        yield
    finally:
        machines.update_state_machine(stateMachineArn=arn, definition=whole)


def waiting(definition: str, state: str) -> str:
    """Return the definition with a wait in the place of a state, which follows it then."""
    changed: dict[str, Any] = yaml.safe_load(definition)
    states, later = changed["States"], f"{state}, later"
    states[later] = states[state]
    states[state] = {"Type": "Wait", "Seconds": HELD, "Next": later}
    return json.dumps(changed)
