"""The ends of an emulator that cannot keep or read its state: it stops rather than pretend."""

import os
import sys
from typing import NoReturn

from local.state import UNSAVED


def unsaved(error: OSError) -> NoReturn:
    """End at once, since a change could not be written; it was not answered."""
    end(f"The state could not be written: {error.strerror or error}.", UNSAVED)


def unreadable(error: Exception, what: str) -> NoReturn:
    """End at once and leave the files as they are: saving would overwrite the broken one."""
    end(f"The saved state of {what} cannot be read: {error}. Nothing of it was changed.", 1)


def end(text: str, code: int) -> NoReturn:
    try:
        print(text, file=sys.stderr, flush=True)  # noqa: T201 - the log is our standard error
    finally:
        os._exit(code)
