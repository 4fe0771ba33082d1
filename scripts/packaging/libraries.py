"""The libraries of a package: installed for the target, without what no function uses."""

import os
import re
import shutil
import subprocess
from collections.abc import Collection, Iterator
from pathlib import Path

from scripts.packaging.target import NotPackaged, Target

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "src" / "requirements.txt"
# A service that is called; boto3 describes each in a file, 28 MB in all.
CALLED = re.compile(r'\b(?:aws|new)_client\("([a-z0-9-]+)"')
UNUSED_FOLDERS = ("boto3/data", "boto3/examples", "bin")
UNUSED_FILES = ("*.pyi", "py.typed", "*.h", "*.c", "*.pyx", "*.pxd")
# Some libraries ask for their own version when they are imported.
METADATA = "METADATA"


def install(target: Target, folder: Path) -> None:
    """Install what the lock file lists, hashes checked; raises `NotPackaged`.

    Wheels are chosen for the target, so its Python is not needed here.
    """
    command = [
        uv(), "pip", "install", "--quiet", "--system-certs", "--no-config",
        "--require-hashes", "--no-deps", "--only-binary", ":all:", "--link-mode", "copy",
        "--python-version", target.version, "--python-platform", target.platform,
        "--target", str(folder), "--requirements", str(LOCK),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotPackaged(f"No libraries for {target}:\n{done.stderr.strip()}")


def uv() -> str:
    own = ROOT / ".tools" / "uv" / "bin" / "uv"
    found = str(own) if os.access(own, os.X_OK) else shutil.which("uv")
    if not found:
        raise NotPackaged("uv is neither in .tools/ nor on PATH: run `make setup`.")
    return found


def services(src: Path) -> list[str]:
    """Return the AWS services of which the sources make a client."""
    texts = (file.read_text(encoding="utf-8") for file in src.rglob("*.py"))
    return sorted({name for text in texts for name in CALLED.findall(text)})


def prune(folder: Path, called: Collection[str]) -> None:
    """Remove what no function uses: it would be copied to each new execution environment."""
    for path in [*unused(folder, called)]:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def unused(folder: Path, called: Collection[str]) -> Iterator[Path]:
    described = (folder / "botocore" / "data").iterdir()
    yield from (s for s in described if s.is_dir() and s.name not in called)
    yield from (folder / name for name in UNUSED_FOLDERS if (folder / name).exists())
    yield from (path for name in UNUSED_FILES for path in folder.rglob(name))
    yield from (path for path in folder.rglob("tests") if path.is_dir())
    installed = (path for info in folder.glob("*.dist-info") for path in info.iterdir())
    yield from (path for path in installed if path.name != METADATA)
    yield from (path for path in folder.glob(".*"))
