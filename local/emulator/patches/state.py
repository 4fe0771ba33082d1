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
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from local.emulator import changes, endings
from local.emulator.patches import queues, restarts, tables
from local.emulator.patching import Function, expect, replace
from local.emulator.upstream import app, cloudformation, dynamodb, persistence, sqs

SAVE_SECONDS = 1.0
# The positions in streams. They are copied before the queues, which then hold at least what was
# read up to there, and written after them, so that a crash in between leaves the older positions.
POSITIONS = "lambda"
DELIVERIES = (POSITIONS, "sqs")
TABLES = "dynamodb"
EXECUTIONS = "stepfunctions"
STACKS = "cloudformation"
# Logs and metrics are saved at a graceful stop only.
UNSAVED = ("cloudwatch", "cloudwatch_logs")
GetState = Callable[[], Any]
CopyState = Callable[[GetState], object]
_writing = threading.Lock()
_saved_for_good = threading.Event()


def save_for_ever() -> None:
    while True:
        time.sleep(SAVE_SECONDS)
        try:
            save_changes()
        except OSError as error:
            endings.unsaved(error)
        except RuntimeError:
            logging.getLogger("skafu").exception("the state could not be saved; trying again")
            changes.mark_all()


def save_changes() -> None:
    if deploying():
        return  # half a deployment could be neither continued nor repeated
    states = app._build_persistence_save_dict()
    names = changed(states)
    copies = copied(states, names, on_loop)
    if deploying():  # it has begun meanwhile: some copies are from before, some from after
        changes.mark_all()
        return
    with _writing:
        if not _saved_for_good.is_set():
            put(copies)


def deploying() -> bool:
    statuses = [stack.get("StackStatus", "") for stack in cloudformation._stacks.all_values()]
    return any(status.endswith("_IN_PROGRESS") and "REVIEW" not in status for status in statuses)


def changed(states: Mapping[str, GetState]) -> set[str]:
    names: set[str] = set()
    if changes.taken(changes.tables) or tables.defined_anew():
        names |= {TABLES}
    if changes.taken(changes.deliveries):
        names |= {*DELIVERIES}
    if changes.taken(changes.executions):
        names |= {EXECUTIONS}
    if changes.taken(changes.settings):
        names |= {*states} - {TABLES, *DELIVERIES, STACKS, *UNSAVED}
    if changes.taken(changes.stacks):
        names |= {STACKS}
    return names & {*states}


def save(states: Mapping[str, GetState], names: set[str], copy_tables: CopyState) -> None:
    put(copied(states, names, copy_tables))


def copied(
    states: Mapping[str, GetState], names: set[str], copy_tables: CopyState
) -> dict[str, object]:
    """Return copies of the states, positions first."""
    return {
        name: (copy_tables if name == TABLES else steady)(states[name])
        for name in sorted(names, key=lambda name: (name != POSITIONS, name))
    }


def put(copies: dict[str, object]) -> None:
    """Write the copies, then put them in place, positions last."""
    written = [write(name, copies[name]) for name in reversed(copies) if copies[name] is not None]
    for fresh in written:
        fresh.replace(fresh.with_suffix(".json"))
    if TABLES in copies:
        tables.journal.forget()  # only now is the journal before the copy needed no more


def on_loop(get_state: GetState) -> object:
    """No write may fall between the copy of the tables and the next journal."""

    async def call() -> object:
        return get_state()

    return asyncio.run_coroutine_threadsafe(call(), app._MAIN_LOOP).result()


def steady(get_state: GetState, tries: int = 5) -> object:
    """A service's state; copied again when another thread changed it meanwhile."""
    for _ in range(tries - 1):
        try:
            return get_state()
        except RuntimeError:
            time.sleep(0.01)
    return get_state()


def write(name: str, state: object) -> Path:
    """Write a state beside the older one, in MiniStack's own form."""
    content = {"__ministack_format__": persistence._state_format_version(name), "payload": state}
    fresh = Path(persistence.STATE_DIR) / f"{name}.fresh"
    fresh.write_text(json.dumps(content, default=persistence._json_default))
    return fresh


def save_all(_: Function) -> Function:
    """At a graceful stop, on the event loop; nothing older is written over it."""

    def run(states: Mapping[str, GetState]) -> None:
        with _writing:
            save(states, {*states}, copy_tables=steady)
            _saved_for_good.set()

    return run


def load(_: Function) -> Function:
    """Restore what was saved; MiniStack's own goes on without what it cannot read."""

    def run() -> None:
        for name, module in app._state_map.items():
            restore(name, module)
        queues.relocate()
        replay()
        release_messages()
        save({TABLES: dynamodb.get_state}, {TABLES}, copy_tables=steady)
        threading.Thread(target=save_for_ever, daemon=True, name="skafu-saver").start()
        restarts.resume_all()

    return run


def restore(name: str, module: str) -> None:
    try:
        data = persistence.load_state(name)
        if data is None and (Path(persistence.STATE_DIR) / f"{name}.json").exists():
            raise ValueError("the file is broken, or of a newer version of the emulator")
        if data:
            app._get_module(module).load_persisted_state(data)
    except Exception as error:  # each service reads its state in its own way
        endings.unreadable(error, name)


def replay() -> None:
    try:
        tables.replay()
    except (OSError, LookupError, TypeError, ValueError) as error:
        endings.unreadable(error, TABLES)


@queues.locked
def release_messages() -> None:
    """Make messages visible again: their receivers are gone since the restart."""
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
