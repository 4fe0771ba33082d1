"""Another domain, tried with nothing left out: `make test` leaves out what cannot tell it."""

import subprocess
import sys

import pytest

from tests.support.paths import ROOT


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_everything_holds_with_another_domain() -> None:
    command = (sys.executable, "-m", "scripts.try_domain", "examples/orders", "--whole")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
