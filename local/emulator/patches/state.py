"""Saved state: written while the emulator runs, so that it survives `kill -9`, not only a graceful
stop.

What is promised, with STATE_DIR set: a DynamoDB write that was answered is never lost, and its
stream record is delivered at least once. How far a mapping has read is never ahead of the queues,
in memory or on the disk: what is lost with a queue is read again from the stream. All else (users,
parameters, stacks) is saved within a second of its change.
"""

import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from local.emulator import changes
from local.emulator.patches import queues, tables
from local.emulator.patching import Function, expect, replace
from local.emulator.upstream import app, cloudformation, dynamodb, persistence, sqs

SAVE_SECONDS = 1.0
# The positions in streams. They are copied before the queues, which then hold at least what was
# read up to there, and written after them, so that a crash in between leaves the older positions.
POSITIONS = "lambda"
DELIVERIES = (POSITIONS, "sqs")
# Logs and metrics are saved at a graceful stop only.
NOT_SETTINGS = ("cloudwatch", "cloudwatch_logs", "dynamodb", *DELIVERIES)
GetState = Callable[[], Any]


def save_for_ever() -> None:
    while True:
        time.sleep(SAVE_SECONDS)
        try:
            save_changes()
        except (OSError, RuntimeError):
            logging.getLogger("skafu").exception("the state could not be saved; trying again")
            changes.mark_all()


def save_changes() -> None:
    if deploying():
        return  # half a deployment could be neither continued nor repeated
    states = app._build_persistence_save_dict()
    if changes.taken(changes.tables):
        asyncio.run_coroutine_threadsafe(save_tables(), app._MAIN_LOOP).result()
    if changes.taken(changes.deliveries):
        save(states, DELIVERIES)
    if changes.taken(changes.settings):
        save(states, [name for name in states if name not in NOT_SETTINGS])


def deploying() -> bool:
    statuses = [stack.get("StackStatus", "") for stack in cloudformation._stacks.all_values()]
    return any(status.endswith("_IN_PROGRESS") and "REVIEW" not in status for status in statuses)


def save(states: Mapping[str, GetState], names: Iterable[str]) -> None:
    """Copy the states, positions first, then write them, positions last."""
    ordered = sorted(set(names) & set(states), key=lambda name: (name != POSITIONS, name))
    copies = [(name, steady(states[name])) for name in ordered]
    for name, state in reversed(copies):
        if state is not None:
            write(name, state)


def save_all(_: Function) -> Function:
    def run(states: Mapping[str, GetState]) -> None:
        save(states, states)

    return run


def steady(get_state: GetState, tries: int = 5) -> object:
    """A service's state; copied again when another thread changed it meanwhile."""
    for _ in range(tries - 1):
        try:
            return get_state()
        except RuntimeError:
            time.sleep(0.01)
    return get_state()


def write(name: str, state: object) -> None:
    """Put a state in the place of the older one, whole or not at all, in MiniStack's own form."""
    content = {"__ministack_format__": persistence._state_format_version(name), "payload": state}
    path = Path(persistence.STATE_DIR) / f"{name}.json"
    fresh = path.with_suffix(".fresh")
    fresh.write_text(json.dumps(content, default=persistence._json_default))
    fresh.replace(path)


async def save_tables() -> None:
    """On the event loop: no write may fall between the copy of the tables and the next journal."""
    save_tables_now()


def save_tables_now() -> None:
    """Only when the copy is written is the journal before it needed no more."""
    write("dynamodb", dynamodb.get_state())
    tables.journal.forget()


def load(original: Function) -> Function:
    def run() -> None:
        original()
        tables.replay()
        release_messages()
        save_tables_now()
        threading.Thread(target=save_for_ever, daemon=True, name="skafu-saver").start()

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
    replace(app, "save_all", "ea253a04fd05", save_all)
    expect(persistence, "save_state", "58a955110973")
    expect(persistence, "load_state", "1796603c91a1")
    expect(app, "_build_persistence_save_dict", "9a6393cc953d")
