"""The fork server as the emulator sees it: environments that start without importing libraries."""

import json
import os
import select
import signal
import socket
import subprocess
import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Any

SERVER = Path(__file__).with_name("fork_server.py")
MAX_ANSWER = 1 << 16


@cache
def possible() -> bool:
    """Tell if this system can fork a process and hold on to it: Linux, since 5.3."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return os.environ.get("SKAFU_FORK") != "0"


class Forked:
    """A forked environment, with as much of `Popen` as the emulator and MiniStack use."""

    def __init__(self, pid: int, stdin: IO[str], stdout: IO[str], stderr: IO[str]) -> None:
        self.pid, self.stdin, self.stdout, self.stderr = pid, stdin, stdout, stderr
        self._handle = os.pidfd_open(pid)

    def __del__(self) -> None:
        os.close(self._handle)

    def poll(self) -> int | None:
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        ended = self._ended(timeout)
        if ended is None:
            raise subprocess.TimeoutExpired(f"environment {self.pid}", timeout or 0)
        return ended

    def _ended(self, timeout: float | None) -> int | None:
        """Return 0 once the process has ended; its exit code is the fork server's to know."""
        # Not `select`: it takes no descriptor above 1023, and many clients have one each.
        waiting = select.poll()
        waiting.register(self._handle, select.POLLIN)
        return 0 if waiting.poll(None if timeout is None else timeout * 1000) else None

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, number)


class ForkServer:
    """A process that forks environments: the first for its interpreter, or a branch of that one."""

    def __init__(self, channel: socket.socket, process: object = None) -> None:
        self._channel, self._process, self._lock = channel, process, threading.Lock()
        self._loaded: set[str] = set()

    def __del__(self) -> None:
        # It then ends; the environments that it forked go on.
        self._channel.close()

    @classmethod
    def begun(cls, command: Sequence[str], variables: Mapping[str, str]) -> "ForkServer":
        """Start the process for an interpreter."""
        ours, theirs = channel()
        process = subprocess.Popen(
            [*command, str(SERVER), str(theirs.fileno())],
            env=dict(variables), stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()],
        )  # fmt: skip
        theirs.close()
        return cls(ours, process)

    def branch(self, folder: Path, modules: Sequence[str], bytecode: bool) -> "ForkServer":
        """Fork a server that has imported modules of a folder, too. Raises OSError."""
        ours, theirs = channel()
        request = {"branch": modules, "folder": str(folder), "bytecode": bytecode}
        try:
            with self._lock:
                self._ask(request, [theirs.fileno()])
        finally:
            theirs.close()
        return ForkServer(ours)

    def start(self, folder: Path, variables: Mapping[str, str]) -> Forked:
        """Fork an environment. Raises OSError when the server is gone."""
        (their_in, stdin), (stdout, their_out), (stderr, their_err) = (os.pipe() for _ in range(3))
        ours = text(stdin, "w"), text(stdout, "r"), text(stderr, "r")
        theirs = [their_in, their_out, their_err]
        request = {"folder": str(folder), "variables": dict(variables)}
        try:
            with self._lock:
                # Before the next request no child is collected, so the number is still the child's.
                return Forked(int(self._ask(request, theirs)["pid"]), *ours)
        finally:
            for descriptor in theirs:
                os.close(descriptor)

    def load(self, modules: Collection[str]) -> None:
        """Import libraries in the server, for the environments to come."""
        with self._lock:
            missing = [name for name in modules if name not in self._loaded]
            if missing:
                self._ask({"load": missing})
            self._loaded.update(missing)

    def _ask(self, request: object, descriptors: Sequence[int] = ()) -> dict[str, Any]:
        socket.send_fds(self._channel, [json.dumps(request).encode()], descriptors)
        answer = self._channel.recv(MAX_ANSWER)
        if not answer:
            raise ConnectionError("the fork server has ended")
        return dict(json.loads(answer))


def channel() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def text(descriptor: int, mode: str) -> IO[str]:
    return os.fdopen(descriptor, mode, encoding="utf-8", errors="replace")
