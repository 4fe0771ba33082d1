"""The activity of a running stack: the lines of JSON that its parts write, as they come."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Entry = dict[str, Any]
REPORT, HOLD_SECONDS = "report", 1.0


@dataclass
class Follower:
    """Reads a growing file from where it left off."""

    file: Path
    _position: int = 0

    def entries(self) -> Iterator[Entry]:
        """The whole lines that were added since the last call."""
        with self.file.open("rb") as file:
            file.seek(self._position)
            added = file.read()
        whole = added[: added.rfind(b"\n") + 1]
        self._position += len(whole)
        for line in whole.splitlines():
            with suppress(ValueError):
                yield json.loads(line)


@dataclass
class Happenings:
    """Yield the lines added to several files, in the order of time.

    Reports are held back for a moment: a function reports an error before its log, with the
    traceback, is told of.
    """

    followers: Sequence[Follower]
    clock: Callable[[], float] = time.time
    _held: list[Entry] = field(default_factory=list)

    def new(self) -> list[Entry]:
        """Return the activity since the last call."""
        added = [entry for follower in self.followers for entry in follower.entries()]
        added.sort(key=lambda entry: float(entry["at"]))
        self._held += [entry for entry in added if entry["kind"] == REPORT]
        due = [entry for entry in self._held if self.clock() - entry["at"] > HOLD_SECONDS]
        self._held = [entry for entry in self._held if entry not in due]
        return [entry for entry in added if entry["kind"] != REPORT] + due
