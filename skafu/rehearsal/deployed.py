"""The deployed code: a folder, or a commit of this repository, unpacked for a while."""

import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def code_of(named: str) -> Iterator[Path]:
    """Yield the folder of the code while the block runs. Raises `BadParameter`."""
    if named and (Path(named) / "src").is_dir():
        yield Path(named)
        return
    commit = git("rev-parse", "--verify", "--end-of-options", f"{named}^{{commit}}")
    archive = commit and git("archive", commit.decode().strip(), "src")
    if not archive:
        raise typer.BadParameter(
            f"{named} must be a folder with src/ in it, or a commit, branch or tag of {ROOT}."
        )
    with TemporaryDirectory() as folder:
        with tarfile.open(fileobj=BytesIO(archive)) as packed:
            packed.extractall(folder, filter="data")
        yield Path(folder)


def git(*words: str) -> bytes:
    """Return what git says; nothing if it refuses."""
    return subprocess.run(["git", "-C", ROOT, *words], capture_output=True, check=False).stdout
