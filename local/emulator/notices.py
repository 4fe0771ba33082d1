"""What the kernel tells of folders: whether their files have to be looked at again at all."""

import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

Folders = Callable[[], Iterable[str]]


class Notices:
    """Tells whether anything may have changed in folders since it was asked last.

    Where no kernel tells (it is not Linux, or watches as much as it will), anything always may.
    `folders` yields those to watch: a change may have made others.
    """

    def __init__(self, folders: Folders) -> None:
        self._folders, self._kernel, self._complete = folders, listening(), False

    def __del__(self) -> None:
        if self._kernel is not None:
            self._kernel.close()

    def stirred(self) -> bool:
        """Tell so. New folders are watched before the caller looks at what is in them."""
        if self._kernel is None:
            return True
        if not self._kernel.read(timeout=0) and self._complete:
            return False
        self._complete = self._watch()
        return True

    def _watch(self) -> bool:
        """Watch all folders; return False if one has gone, or there are too many."""
        with suppress(OSError):
            for folder in self._folders():
                self._kernel.add_watch(folder, changes())
            return True
        return False


def listening() -> Any:  # noqa: ANN401 - the library has no types
    """Return a connection to the kernel's notices, or None."""
    if sys.platform == "linux":
        from inotify_simple import INotify  # type: ignore[import-untyped] # it ships no types

        with suppress(OSError):
            return INotify()
    return None


def changes() -> int:
    """Return what counts as a change. That a file was opened or read does not."""
    from inotify_simple import flags, masks

    within = flags.CREATE | flags.DELETE | flags.MODIFY | flags.ATTRIB | masks.MOVE
    return int(within | flags.DELETE_SELF | flags.MOVE_SELF)
