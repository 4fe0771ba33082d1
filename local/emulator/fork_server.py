"""Forks execution environments from a process that has imported the libraries already.

`python fork_server.py <descriptor>`: the other end of that socket sends JSON, a message each, and
hands over three descriptors with a request to fork. A new environment then imports the project's
own modules only, which takes a third of the time. Like runtime.py it runs on the interpreter of the
functions and knows the standard library only.
"""

import gc
import importlib.util
import json
import os
import socket
import sys
import time
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
            load(request["load"])
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


def load(names: list[str]) -> None:
    for name in names:
        try:
            importlib.import_module(name)
        except Exception:
            continue  # the function that needs it reports it
    gc.collect()
    gc.freeze()


def fork(
    channel: socket.socket, runtime: ModuleType, request: dict[str, Any], descriptors: list[int]
) -> int:
    pid = os.fork()
    if pid == 0:
        channel.close()
        become(runtime, request, descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    return pid


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
