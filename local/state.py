"""The state folder of a stack: it bears our mark, and its files are whole.

The emulator imports this module in an environment of its own: it needs the standard library alone.
"""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

MARKER = ".skafu-state"
MARK = "The state of `skafu dev`: `skafu dev --fresh` deletes everything in this folder.\n"
TABLES = "dynamodb.json"
# What earlier versions, which left no mark, wrote into the folder.
LEFT = {
    "emulator", "lock", "logs", "code", "sam", "api-key", "processes.json", "read-models.json",
    "outputs.json", "skafu_outputs.json", "amplify_outputs.json",
}  # fmt: skip
TELLING = (TABLES, "journal-*.jsonl")  # of "emulator": others may have a folder of this name
API_KEY = re.compile(r"da2-[0-9a-z]{20,}")
UNSAVED = 74
"""The emulator's exit code when it cannot write its state: EX_IOERR of sysexits.h."""


class StateUnusable(Exception):
    """The state folder is somebody else's, or what it holds cannot be read."""


def claim(folder: Path, *, fresh: bool) -> None:
    """Make the folder if there is none, and mark it as ours.

    A folder with files of others is used, but never marked. Raises `StateUnusable` if a fresh start
    would empty such a folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / MARKER).is_file():
        strange = strangers(folder)
        if fresh and strange:
            raise StateUnusable(
                f"--fresh would delete everything in {folder}, which is no state folder of "
                f"`skafu dev`: it holds {strange[0]}. Nothing was deleted; name another folder."
            )
        if not strange:
            (folder / MARKER).write_text(MARK)


def strangers(folder: Path) -> list[str]:
    """Return what is not ours in a folder without a mark; nothing, if it is one that we left."""
    names = sorted(entry.name for entry in folder.iterdir())
    strange = [name for name in names if name.removesuffix(".new") not in LEFT]
    telling = (found for pattern in TELLING for found in (folder / "emulator").glob(pattern))
    return strange if strange or any(telling) else names


def wipe(folder: Path) -> None:
    """Delete everything in a folder that was claimed."""
    for entry in folder.iterdir():
        if entry.name not in ("lock", MARKER):
            shutil.rmtree(entry) if is_folder(entry) else entry.unlink()


def is_folder(entry: Path) -> bool:
    """Tell if it is a folder of its own; what a link leads to is not ours to delete."""
    return entry.is_dir() and not entry.is_symlink()


def require_whole(folder: Path) -> None:
    """Read every state file. Raises `StateUnusable` with the name of the first broken one."""
    for file, fault in faults(folder):
        raise StateUnusable(
            f"{file} {fault}. It was left as it is, and nothing was started. Put a good copy in "
            "its place, or begin anew with --fresh."
        )


def faults(folder: Path) -> Iterator[tuple[Path, str]]:
    emulator, key = folder / "emulator", folder / "api-key"
    saved = [*sorted(emulator.glob("*.json")), *sorted(folder.glob("read-models.json"))]
    yield from ((file, fault) for file in saved if (fault := broken(file)))
    tables = emulator / TABLES
    if not tables.exists() and (any(emulator.glob("*.json")) or any(emulator.glob("*.jsonl"))):
        yield tables, "is missing, although other files of the state are there"
    if key.exists() and not API_KEY.fullmatch(text_of(key).strip()):
        yield key, "does not hold an API key"


def broken(file: Path) -> str | None:
    """Return what is wrong with a file of one JSON object."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    except ValueError:
        return "is cut off or broken: it is not JSON"
    return None if isinstance(found, dict) else "does not hold a state"


def text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
