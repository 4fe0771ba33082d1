"""What happens in a running stack: the lines of JSON that its parts write, as they come."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Entry = dict[str, Any]


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


def happened(followers: list[Follower]) -> list[Entry]:
    """What was added to all files, in the order of time."""
    entries = [entry for follower in followers for entry in follower.entries()]
    return sorted(entries, key=lambda entry: float(entry.get("at", 0)))
