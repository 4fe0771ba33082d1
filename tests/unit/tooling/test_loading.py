"""How the command line imports its commands."""

import signal
import subprocess
import sys

IMPORTING = """
import signal
from skafu.loading import ended_by_ctrl_c
{before}
with ended_by_ctrl_c():
    try:
        {meanwhile}
    except BaseException:
        pass
{after}
"""
CTRL_C = "signal.raise_signal(signal.SIGINT)"


def ran(
    before: str = "pass", meanwhile: str = "pass", after: str = "pass"
) -> subprocess.CompletedProcess[str]:
    source = IMPORTING.format(before=before, meanwhile=meanwhile, after=after)
    command = [sys.executable, "-c", source]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_ctrl_c_during_an_import_ends_the_process_whatever_would_catch_it() -> None:
    assert ran(meanwhile=CTRL_C).returncode == -signal.SIGINT


def test_ctrl_c_that_is_ignored_stays_ignored() -> None:
    ignore = "signal.signal(signal.SIGINT, signal.SIG_IGN)"
    assert ran(before=ignore, meanwhile=CTRL_C, after=CTRL_C).returncode == 0


def test_ctrl_c_after_an_import_is_an_exception_again() -> None:
    assert "KeyboardInterrupt" in ran(after=CTRL_C).stderr
