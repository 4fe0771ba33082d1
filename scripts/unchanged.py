"""Remembers on which files a check passed, so that it need not run again on the same ones."""

import hashlib
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PASSED = ROOT / ".check_cache"
LISTING = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--")


def since_passed(name: str, inputs: Sequence[str]) -> bool:
    """Tell if a check passed when its input files were as they are now."""
    file = PASSED / name
    return bool(inputs) and file.exists() and file.read_text() == fingerprint(inputs)


def remember(name: str, seen: str) -> None:
    """Keep the fingerprint of the files on which a check passed; empty when it did not."""
    PASSED.mkdir(exist_ok=True)
    (PASSED / name).write_text(seen)


def fingerprint(inputs: Sequence[str]) -> str:
    """Digest the names and contents of the files that Git tracks or would track."""
    digest = hashlib.sha256()
    for file in files(inputs):
        content = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "gone"
        digest.update(f"{file} {content}\n".encode())
    return digest.hexdigest()


def files(inputs: Sequence[str]) -> Iterator[Path]:
    listed = subprocess.run((*LISTING, *inputs), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    listed.check_returncode()
    yield from (ROOT / name for name in sorted(set(listed.stdout.split("\0"))) if name)
