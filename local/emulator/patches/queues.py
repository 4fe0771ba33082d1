"""SQS: no message is lost between threads; SQS → Lambda takes a malformed batch failure for a
failure, as AWS does.

Stock MiniStack appends messages on one thread while another replaces the whole list, which now and
then loses one (60 of 1237 in a storm), and takes a failure identifier that it does not know for
success, which deletes the message.
"""

import inspect
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from local.emulator import changes, faults, settings
from local.emulator.activity import UNSTARTABLE
from local.emulator.patching import Function, expect, replace
from local.emulator.stream_reader import reported_failures
from local.emulator.upstream import Untyped, eventbridge, lambda_svc, sqs

lock = threading.RLock()
# How soon a message comes again whose function cannot be imported; it uses up no receive.
RETRY_SECONDS = 1.0


def locked(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Untyped, **kwargs: Untyped) -> Untyped:
        with lock:
            return function(*args, **kwargs)

    return run


def failed_messages(
    mapping: dict[str, Any], result: dict[str, Any], batch: list[dict[str, Any]]
) -> set[str]:
    """Ids of the messages that stay in the queue."""
    every = {message["id"] for message in batch}
    if result.get("error") or result.get("throttle"):
        return every
    if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or ()):
        return set()
    reported = set(reported_failures(result.get("body")))
    return {str(identifier) for identifier in reported} if reported <= every else every


def run_batch(
    mapping: dict[str, Any],
    function: dict[str, Any],
    event: dict[str, Any],
    batch: list[dict[str, Any]],
    queue_url: str,
    queue_name: str,
) -> None:
    """Invoke the function on a batch, then delete what it has dealt with."""
    with held(batch, function):
        result = lambda_svc._execute_function(function, event)
    if UNSTARTABLE in result:
        make_visible(batch, RETRY_SECONDS)
        return
    failed = failed_messages(mapping, result, batch)
    done = [message for message in batch if message["id"] not in failed]
    again = [message for message in done if faults.current.strikes("duplicateQueue")]
    make_visible(again)
    sqs._delete_messages_for_esm(queue_url, {m["receipt_handle"] for m in done if m not in again})
    changes.deliveries.set()
    mapping["LastProcessingResult"] = (
        "PROBLEM: Function call failed" if failed else f"OK - {len(done)} records"
    )
    if failed:
        lambda_svc.logger.warning(
            "%s failed on %d of %d messages of %s",
            mapping["FunctionName"],
            len(failed),
            len(batch),
            queue_name,
        )


@contextmanager
def held(batch: list[dict[str, Any]], function: dict[str, Any]) -> Iterator[None]:
    """Deliver messages to nobody else while the function may work on them.

    AWS refuses a queue whose messages come back sooner than that; with patience ours may.
    """
    due = [message["visible_at"] for message in batch]
    config = function.get("config") or function
    allowed = float(config.get("Timeout", 3)) * settings.patience()
    until = [max(at, time.time() + allowed) for at in due]
    move(batch, due, until)
    try:
        yield
    finally:
        move(batch, until, due)


@locked
def move(messages: list[dict[str, Any]], before: list[float], to: list[float]) -> None:
    """Change when messages are visible; the function may have set that itself meanwhile."""
    for message, old, new in zip(messages, before, to, strict=True):
        if message["visible_at"] == old:
            message["visible_at"] = new


@locked
def make_visible(messages: list[dict[str, Any]], seconds: float = 0.0) -> None:
    """Deliver messages once more, as if this delivery had not been; that costs them no receive."""
    for message in messages:
        message["visible_at"] = time.time() + seconds
        message["receive_count"] -= 1


def concurrency(original: Function) -> Function:
    """A limit that a template takes from a parameter is text; stock MiniStack then polls no queue.

    More batches at once than this machine has cores would only start more environments, each of
    which takes seconds of a core.
    """

    def run(mapping: dict[str, Any], *rest: Untyped) -> int:
        scaling = mapping.get("ScalingConfig") or {}
        most = min(int(scaling.get("MaximumConcurrency") or settings.CORES), settings.CORES)
        known = {**mapping, "ScalingConfig": {**scaling, "MaximumConcurrency": most}}
        return original(known, *rest)  # type: ignore[no-any-return] # MiniStack has no types

    return run


@locked
def relocate() -> None:
    """Name the queues of an earlier run by the port of this one: their URLs are their keys."""
    for (account, region, url), queue in list(sqs._queues._data.items()):
        current = sqs._queue_url_for_account(account, queue["name"])
        if url != current:
            del sqs._queues._data[account, region, url]
            queue["url"] = current
            sqs._queues.set_scoped(account, region, current, queue)
    sqs._rebuild_queue_name_index()


def mixed(original: Function) -> Function:
    @locked
    def receive(queue_url: str, count: int) -> list[dict[str, Any]]:
        queue = sqs._get_q(queue_url)
        if not queue["is_fifo"] and faults.current.strikes("shuffleQueue"):
            faults.current.shuffle(queue["messages"])
        return original(queue_url, count)  # type: ignore[no-any-return] # MiniStack has no types

    return receive


def apply() -> None:
    sqs._queues_lock = lock
    for name, handler in sqs._HANDLERS.items():
        if not inspect.iscoroutinefunction(handler):
            sqs._HANDLERS[name] = locked(handler)
    expect(sqs, "_queue_url_for_account", "84f56260ad93")
    expect(sqs, "_rebuild_queue_name_index", "a73806a0000f")
    replace(sqs, "_collect_msgs", "308a6eb1b3d4", locked)
    replace(sqs, "_dlq_sweep", "6a77691e1671", locked)
    replace(sqs, "_expire_retained", "c0da3361632b", locked)
    replace(eventbridge, "_dispatch_to_sqs", "eb75981283a2", locked)
    replace(sqs, "_receive_messages_for_esm", "f230dbcd4974", mixed)
    expect(sqs, "_delete_messages_for_esm", "c1686f29b48b")
    replace(lambda_svc, "_sqs_esm_concurrency", "d3e9d1e865aa", concurrency)
    expect(lambda_svc, "_poll_sqs", "e438a6a1e094")
    replace(lambda_svc, "_run_sqs_batch", "f9bf630aabf3", lambda _: run_batch)
