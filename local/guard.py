"""Ends the processes of a stack when the one that started them is gone, even by `kill -9`.

`python -m local.guard <state dir>`: standard input is held open by the parent; at its end the
recorded processes are ended. The parent stops the guard before it stops the others itself.
"""

import signal
import sys
from pathlib import Path

from local.processes import end_recorded

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while sys.stdin.buffer.read(1024):
        pass
    end_recorded(Path(sys.argv[1]))
