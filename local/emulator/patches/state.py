"""Saved state: written while the emulator runs, so that it survives `kill -9`, not only a graceful
stop.

What is promised, with STATE_DIR set: a DynamoDB write that was answered is never lost, and its
stream record is delivered at least once. How far a mapping has read is saved before the queues are,
and both every second, so what is lost with a queue is read again from the stream. All else (users,
parameters, stacks) is saved within a second.
"""

import asyncio
import threading
import time
from typing import Any

from local.emulator.patches import queues, tables
from local.emulator.patching import Function, expect, replace
from local.emulator.upstream import Untyped, app, cloudformation, dynamodb, persistence, sqs

SAVE_SECONDS = 1.0
# Order matters: positions in streams first, then the queues which the records before them have
# reached.
OFTEN = ("lambda", "sqs")
# Logs and metrics are saved at a graceful stop only.
SELDOM = ("cloudwatch", "cloudwatch_logs", "dynamodb", *OFTEN)


class Saver:
    """Writes what has changed. Requests mark what they may have changed; see middleware.py."""

    def __init__(self) -> None:
        self.often = threading.Event()
        self.rest = threading.Event()
        self.tables = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True, name="skafu-saver").start()

    def _run(self) -> None:
        while True:
            time.sleep(SAVE_SECONDS)
            self.save()

    def save(self) -> None:
        if deploying():
            return  # half a deployment could be neither continued nor repeated
        states = app._build_persistence_save_dict()
        if taken(self.tables):
            asyncio.run_coroutine_threadsafe(save_tables(), app._MAIN_LOOP).result()
        if taken(self.often):
            save_each(states, OFTEN)
        if taken(self.rest):
            save_each(states, [name for name in states if name not in SELDOM])


saver = Saver()


def deploying() -> bool:
    statuses = [stack.get("StackStatus", "") for stack in cloudformation._stacks.all_values()]
    return any(status.endswith("_IN_PROGRESS") and "REVIEW" not in status for status in statuses)


def taken(event: threading.Event) -> bool:
    was_set = event.is_set()
    event.clear()
    return was_set


def save_each(states: dict[str, Any], names: Untyped) -> None:
    for name in names:
        if name in states and (state := steady(states[name])) is not None:
            persistence.save_state(name, state)


def steady(get_state: Untyped, tries: int = 5) -> Untyped:
    """A service's state; copied again when another thread changed it meanwhile."""
    for _ in range(tries - 1):
        try:
            return get_state()
        except RuntimeError:
            time.sleep(0.01)
    return get_state()


async def save_tables() -> None:
    """On the event loop: no write may fall between the copy of the tables and the next journal."""
    persistence.save_state("dynamodb", dynamodb.get_state())
    tables.journal.forget()


def load(original: Function) -> Function:
    def run() -> None:
        original()
        tables.replay()
        release_messages()
        persistence.save_state("dynamodb", dynamodb.get_state())
        tables.journal.forget()
        saver.start()

    return run


@queues.locked
def release_messages() -> None:
    """Who had received a message before the restart is gone: let the next one have it."""
    for queue in sqs._queues.all_values():
        for message in queue["messages"]:
            if message.get("receive_count"):
                message["visible_at"] = min(message["visible_at"], time.time())


def apply() -> None:
    replace(app, "_load_persisted_state", "03de3b870e8f", load)
    replace(sqs, "get_state", "759c348b6e84", queues.locked)
    expect(persistence, "save_state", "58a955110973")
    expect(persistence, "load_state", "1796603c91a1")
    expect(app, "_build_persistence_save_dict", "9a6393cc953d")
