"""The parts of the state that may have changed since they were saved; see patches/state.py."""

import threading

# Positions in streams, and queues.
deliveries = threading.Event()
# The tables themselves; their items are in the journal.
tables = threading.Event()
# Executions of state machines: they change in the background, without a request.
executions = threading.Event()
# Stacks: the largest of what seldom changes.
stacks = threading.Event()
# All else: people, parameters, functions.
settings = threading.Event()


def mark_all() -> None:
    for event in (deliveries, tables, executions, stacks, settings):
        event.set()


def taken(event: threading.Event) -> bool:
    """Tell if something had changed, and begin to watch for the next change."""
    was_set = event.is_set()
    event.clear()
    return was_set
