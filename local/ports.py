"""The process that listens on a port."""

import socket
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

LISTEN = "0A"


class PortTaken(Exception):
    """A port of the stack is in use by another process, or meant for another part."""

    def __init__(self, port: int, use: str, option: str) -> None:
        super().__init__(f"Port {port} is {use}choose another port with {option}.")


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def require_free(ports: Mapping[str, int]) -> None:
    """Raise PortTaken for the first port (by option) that is in use, or is there twice."""
    known: dict[int, str] = {}
    for option, port in ports.items():
        if port in known:
            raise PortTaken(port, f"that of {known[port]}: ", option)
        if listens(port):
            raise PortTaken(port, f"in use by {holder(port)}. Stop it, or ", option)
        known[port] = option


def holder(port: int) -> str:
    """The process that listens on a port, for people to read."""
    return _from_proc(port) or _from_lsof(port) or "a process of another user"


def _from_proc(port: int) -> str | None:
    inodes = {f"socket:[{inode}]" for inode in _listening(port)}
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(descriptor.readlink()) in inodes:
                return _described(descriptor.parts[2])
        except OSError:
            continue
    return None


def _listening(port: int) -> list[str]:
    """Inodes of the sockets that listen on a port (/proc/net/tcp: local address, state, inode)."""
    rows = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if Path(table).exists():
            rows += [line.split() for line in Path(table).read_text().splitlines()[1:]]
    return [
        row[9] for row in rows if row[3] == LISTEN and int(row[1].rpartition(":")[2], 16) == port
    ]


def _described(pid: str) -> str:
    command = (
        Path(f"/proc/{pid}/cmdline")
        .read_bytes()
        .replace(b"\0", b" ")
        .decode(errors="replace")
        .strip()
    )
    return f"process {pid} ({command[:120]})"


def _from_lsof(port: int) -> str | None:
    try:
        answer = subprocess.run(
            ["lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc"],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return None
    found = {line[0]: line[1:] for line in answer.stdout.splitlines() if line}
    return f"process {found['p']} ({found.get('c', '?')})" if "p" in found else None


def free(count: int) -> list[int]:
    """Ports that nothing listens on, for a stack beside others."""
    with ExitStack() as held:
        taken = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in taken]
