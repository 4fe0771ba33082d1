"""Serve MiniStack, patched: `.tools/ministack/bin/python -m local.emulator`, configured by
environment variables.

GATEWAY_PORT (4566), STATE_DIR (absent: nothing is kept), SKAFU_FUNCTION_PYTHON (the functions'
interpreter), SKAFU_CODE_DIR (where packages are unpacked), SKAFU_EXECUTIONS_KEPT (how many
ended executions of a state machine are kept), SKAFU_PATIENCE (how many times as long functions and
the gateway may take as on AWS; 1), SKAFU_STOCK=1 (no patches; the tests
show what they are for with it). Standard input is a leash: when its other end closes, the emulator
saves its state and stops.
"""

import asyncio
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable

from local.emulator import settings

settings.prepare()  # MiniStack reads its environment when it is imported

from local.emulator import environments, forks, lifetimes, middleware, upstream  # noqa: E402 - after the settings above
from local.emulator.middleware import Application  # noqa: E402 - after the settings above
from local.emulator.patches import apply  # noqa: E402 - after the settings above


def application() -> Application:
    if settings.stock():
        stock: Application = upstream.app.app
        return stock
    apply()
    if forks.possible():
        threading.Thread(target=environments.preload, daemon=True, name="skafu-preload").start()
    return middleware.Emulator(upstream.app.app)


async def serve() -> None:
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config

    upstream.hypercorn_compat.install()
    config = Config()
    config.bind = [f"127.0.0.1:{settings.port()}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1.0
    config.loglevel = "WARNING"
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        lifetimes.stopping.set()
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    hold_leash(lambda: loop.call_soon_threadsafe(stop))
    seldom_collected()
    await hypercorn_serve(application(), config, shutdown_trigger=stopped.wait)
    upstream.lambda_runtime.reset()


def seldom_collected() -> None:
    """Look less often for garbage that goes in circles: it took a tenth of the processor time."""
    gc.freeze()  # what was imported stays
    gc.set_threshold(20_000, 20, 50)


def hold_leash(let_go: Callable[[], object]) -> None:
    """Stop when the process that started this one is gone, however it went."""
    if sys.stdin.isatty() or os.environ.get("SKAFU_LEASH") != "stdin":
        return

    def wait() -> None:
        while sys.stdin.buffer.read(1024):
            pass
        let_go()

    threading.Thread(target=wait, daemon=True, name="skafu-leash").start()


asyncio.run(serve())
# Threads that wait for functions or queues must not hold up the end.
os._exit(0)
