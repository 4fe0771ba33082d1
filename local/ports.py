"""The process that listens on a port."""

import fcntl
import os
import random
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

LISTEN = "0A"
BELOW_EPHEMERAL = range(20_000, 32_000)
CLAIMS = Path(tempfile.gettempdir()) / f"skafu-ports-{os.getuid()}"


class PortTaken(Exception):
    """A port of the stack is in use by another process, or meant for another part."""

    def __init__(self, port: int, use: str, option: str) -> None:
        super().__init__(f"Port {port} is {use}choose another port with {option}.")


class NoPortLeft(Exception):
    """Every port for stacks beside others is taken."""


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
    """Ports for a stack beside others: nobody listens on them, and until this process has ended no
    other process is given them here, also while what listens there is killed and started again.
    """
    given = list(islice(filter(_claimed, _others_than_the_kernel_gives()), count))
    if len(given) < count:
        raise NoPortLeft(
            f"Fewer than {count} ports from {BELOW_EPHEMERAL[0]} to {BELOW_EPHEMERAL[-1]} are free;"
            f" other processes hold their claims in {CLAIMS}."
        )
    return given


def _others_than_the_kernel_gives() -> Iterator[int]:
    """Those below the ports of outgoing connections, from a random one on, once around."""
    first = random.choice(BELOW_EPHEMERAL)
    yield from range(first, BELOW_EPHEMERAL.stop)
    yield from range(BELOW_EPHEMERAL.start, first)


def _claimed(port: int) -> bool:
    """Claim a port by a lock, which ends with this process however it ends: it is never closed."""
    CLAIMS.mkdir(parents=True, exist_ok=True)
    claim = os.open(CLAIMS / str(port), os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        taken = True
    else:
        taken = listens(port)
    if taken:
        os.close(claim)
    return not taken
