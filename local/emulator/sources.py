"""The source folders that functions run from, and what was changed in them.

Every invocation compares the folder with what its environment was started from, so that no event
reaches code that was replaced before. A scan of three hundred files takes a millisecond; where the
kernel tells that nothing has changed, there is none.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from local.emulator.notices import Notices

LOOK_SECONDS = 0.2
# Looks by itself between two that scan whatever the kernel tells: of what another machine has
# changed on a shared disk it tells nothing.
QUICK_LOOKS = 9
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
    _notices: Notices = field(init=False)

    def __post_init__(self) -> None:
        self._notices = Notices(lambda: folders(str(self.root)))
        self._notices.stirred()
        self._stamps = dict(stamps(str(self.root)))

    def look(self, *, thoroughly: bool = False) -> int:
        """Compare the folder with what was seen last; return the generation that it is at.

        Unless `thoroughly`, only if something in it has stirred.
        """
        with self._lock:
            if not (self._notices.stirred() or thoroughly):
                return self.generation
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

    def changed(self, *, thoroughly: bool = False) -> Change | None:
        """Look, and return what was changed since the last call."""
        self.look(thoroughly=thoroughly)
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
    for entry in kept(folder):
        yield from stamps(entry.path) if entry.is_dir() else stamp(entry)


def folders(folder: str) -> Iterator[str]:
    """Yield the folder and those in it, each before what is in it is read."""
    yield folder
    for entry in kept(folder):
        if entry.is_dir():
            yield from folders(entry.path)


def kept(folder: str) -> "Iterator[os.DirEntry[str]]":
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        yield from filter(is_kept, entries)


def is_kept(entry: "os.DirEntry[str]") -> bool:
    if entry.name.startswith(".") or entry.name.endswith("~"):
        return False
    return entry.name != "__pycache__" or not entry.is_dir()


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
        for number in count():
            time.sleep(LOOK_SECONDS)
            for sources in list(self._folders.values()):
                self._look(sources, thoroughly=number % (QUICK_LOOKS + 1) == 0)

    def _look(self, sources: Sources, *, thoroughly: bool) -> None:
        if change := sources.changed(thoroughly=thoroughly):
            with self._changed:
                self._changed.notify_all()
            self.on_change(change)


watch = SourceWatch()
