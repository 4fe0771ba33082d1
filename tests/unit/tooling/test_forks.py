"""Environments that the fork server has started, as the emulator holds them."""

import fcntl
import io
import os
import resource
import subprocess
from collections.abc import Iterator

import pytest

from local.emulator.forks import Forked

MANY = 1024  # `select` takes no descriptor from here on


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process whose clients have all of the small descriptors."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(2 * MANY, hard), hard))
    opened = os.pidfd_open

    def far(pid: int) -> int:
        near = opened(pid)
        try:
            return fcntl.fcntl(near, fcntl.F_DUPFD_CLOEXEC, MANY)
        finally:
            os.close(near)

    monkeypatch.setattr(os, "pidfd_open", far)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("crowded")
def test_a_process_is_waited_for_however_many_clients_there_are() -> None:
    child = subprocess.Popen(["sleep", "60"])
    forked = Forked(child.pid, io.StringIO(), io.StringIO(), io.StringIO())

    assert forked.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        forked.wait(0.01)
    forked.kill()
    assert forked.wait(60) == 0
    assert forked.poll() == 0
    child.wait()
