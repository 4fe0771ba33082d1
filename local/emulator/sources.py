"""The source folders that functions run from, and what was changed in them.

Every invocation compares the folder with what its environment was started from: a scan of a hundred
files takes a quarter of a millisecond, and no event reaches code that was replaced before.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

LOOK_SECONDS = 0.2
# Python recognises stale bytecode by the whole second of the source's time and its size, so a file
# that is written twice within a second may leave the bytecode of the first.
YOUNG_SECONDS = 2.0

Stamps = dict[str, tuple[int, int, int]]


@dataclass(frozen=True)
class Change:
    """Files that were changed, added or removed, and when the last of them was saved."""

    root: Path
    files: frozenset[str]
    saved: float

    def followed_by(self, later: "Change") -> "Change":
        return Change(self.root, self.files | later.files, later.saved)


@dataclass
class Sources:
    """One folder: `generation` counts its changes."""

    root: Path
    generation: int = 0
    changed_at: float = 0.0
    _stamps: Stamps = field(default_factory=dict)
    _pending: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._stamps = dict(stamps(str(self.root)))

    def look(self) -> int:
        """Compare the folder with what was seen last; return the generation that it is at."""
        with self._lock:
            now = dict(stamps(str(self.root)))
            if changed := {path for path, _ in now.items() ^ self._stamps.items()}:
                self._stamps, self.changed_at = now, time.time()
                self.generation += 1
                self._pending |= changed
                forget_bytecode(changed)
            return self.generation

    def young(self) -> bool:
        """Tell if a file may be saved again within the second that its bytecode is known by."""
        return time.time() - self.changed_at < YOUNG_SECONDS

    def changed(self) -> Change | None:
        """Look, and return what was changed since the last call."""
        self.look()
        with self._lock:
            files, self._pending = self._pending, set()
            if not files:
                return None
            return Change(self.root, frozenset(files), self._saved(files))

    def _saved(self, files: set[str]) -> float:
        """The time of the newest file; of a removed or moved one it says nothing."""
        newest = max((self._stamps[path][0] for path in files if path in self._stamps), default=0)
        return min(max(newest / 1e9, self.changed_at - YOUNG_SECONDS), self.changed_at)


def stamps(folder: str) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """Time, size and inode of every file that a handler could read; not what editors keep aside."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name.endswith("~"):
                continue
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from stamps(entry.path)
            else:
                yield from stamp(entry)


def stamp(entry: "os.DirEntry[str]") -> Iterator[tuple[str, tuple[int, int, int]]]:
    with suppress(FileNotFoundError):  # it was removed meanwhile
        status = entry.stat()
        yield entry.path, (status.st_mtime_ns, status.st_size, status.st_ino)


def forget_bytecode(files: set[str]) -> None:
    for path in map(Path, files):
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
            compiled.unlink(missing_ok=True)


class SourceWatch:
    """Look at every folder in use, when asked and by itself."""

    def __init__(self) -> None:
        self._folders: dict[Path, Sources] = {}
        self._lock = threading.Lock()
        self._changed = threading.Condition()
        self.on_change: Callable[[Change], object] = lambda _: None

    def generation(self, root: Path) -> int:
        """Return the generation that the folder is at now."""
        return self._sources(root).look()

    def young(self, root: Path) -> bool:
        return self._sources(root).young()

    def changed_again(self, root: Path) -> Change | None:
        """Return what was changed since `on_change` was called."""
        return self._sources(root).changed()

    def wait(self, seconds: float) -> None:
        """Wait for the next change of any folder."""
        with self._changed:
            self._changed.wait(seconds)

    def _sources(self, root: Path) -> Sources:
        with self._lock:
            if not self._folders:
                threading.Thread(target=self._watch, daemon=True, name="skafu-sources").start()
            if root not in self._folders:
                self._folders[root] = Sources(root)
            return self._folders[root]

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_SECONDS)
            for sources in list(self._folders.values()):
                self._look(sources)

    def _look(self, sources: Sources) -> None:
        if change := sources.changed():
            with self._changed:
                self._changed.notify_all()
            self.on_change(change)


watch = SourceWatch()
