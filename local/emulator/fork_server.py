"""Forks execution environments from a process that has imported the libraries already.

`python fork_server.py <descriptor>`: the other end of that socket sends JSON, a message each, and
hands over three descriptors with a request to fork. A branch is a fork that serves in the same way,
at a socket handed over, with modules of the project besides: a new environment imports only what is
its own, which takes a fifth of the time. Like runtime.py this runs on the interpreter of the
functions and knows the standard library only.
"""

import gc
import importlib.util
import json
import os
import socket
import sys
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

MAX_MESSAGE = 1 << 18
STREAMS = 3


def load_runtime() -> ModuleType:
    path = Path(__file__).with_name("runtime.py")
    spec = importlib.util.spec_from_file_location("skafu_runtime", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def serve(channel: socket.socket, runtime: ModuleType) -> None:
    while True:
        message, descriptors, *_ = socket.recv_fds(channel, MAX_MESSAGE, STREAMS)
        if not message:
            return
        reap()
        request = json.loads(message)
        if "load" in request:
            load(request["load"], runtime.SERVICE)
            answer: dict[str, Any] = {}
        else:
            answer = {"pid": fork(channel, runtime, request, descriptors)}
        channel.send(json.dumps(answer).encode())


def reap() -> None:
    """Collect the children that have ended; until then nobody else gets their numbers."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def load(names: list[str], service: str) -> None:
    """Import modules, and have botocore read the descriptions of services."""
    for name in names:
        try:
            if name.startswith(service):
                describe(name.removeprefix(service))
            else:
                importlib.import_module(name)
        except Exception:
            continue  # the function that needs it reports it
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)  # of all functions: they live shortly


def describe(service: str) -> None:
    """Make a client, so that all sessions find what was read for it: they share one reader."""
    session: Any = importlib.import_module("botocore.session")
    if not hasattr(session.create_loader, "cache_info"):
        session.create_loader = cache(session.create_loader)
    session.Session().create_client(
        service, "us-east-1", aws_access_key_id="none", aws_secret_access_key="none"
    )


def fork(
    channel: socket.socket, runtime: ModuleType, request: dict[str, Any], descriptors: list[int]
) -> int:
    pid = os.fork()
    if pid == 0:
        channel.close()
        if "branch" in request:
            become_branch(runtime, request, *descriptors)
        become(runtime, request, descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    return pid


def become_branch(runtime: ModuleType, request: dict[str, Any], descriptor: int) -> None:
    """Import modules of the project and serve until nobody asks any more; it does not return."""
    try:
        sys.dont_write_bytecode = not request["bytecode"]
        sys.path.insert(0, request["folder"])
        load(request["branch"], runtime.SERVICE)
        sys.path.remove(request["folder"])
        serve(socket.socket(fileno=descriptor), runtime)
        # Its environments may outlive its work, and have no other parent to collect them.
        with suppress(ChildProcessError):
            while True:
                os.wait()
    finally:
        os._exit(0)


def become(runtime: ModuleType, request: dict[str, Any], descriptors: list[int]) -> None:
    """Turn a fresh child into the environment of one function; it does not return."""
    code = 1
    try:
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.environ.clear()
        os.environ.update(request["variables"])
        time.tzset()
        os.chdir(request["folder"])
        runtime.main()
        code = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), load_runtime())
