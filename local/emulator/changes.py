"""Which parts of the state may have changed since they were saved; see patches/state.py."""

import threading

# Positions in streams, and queues.
deliveries = threading.Event()
# The tables themselves; their items are in the journal.
tables = threading.Event()
# All else: people, parameters, stacks, functions.
settings = threading.Event()


def mark_all() -> None:
    for event in (deliveries, tables, settings):
        event.set()


def taken(event: threading.Event) -> bool:
    """Whether something had changed; what changes from now on is another change."""
    was_set = event.is_set()
    event.clear()
    return was_set
