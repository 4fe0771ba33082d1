"""Execution environments for Python functions: on the project's interpreter, from src/ or from a
built package.

A function's code is a zip as on AWS. One that holds nothing but SOURCE_MARKER names a folder
instead: its functions run straight from there, and are started anew when a file under it has
changed.
"""

import hashlib
import io
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from local.emulator.runtime import END_OF_LOG

SOURCE_MARKER = "skafu-source.json"
KEY_PREFIX = "lambda."
DEFAULT_ACCOUNT = "000000000000"
_unpacking = threading.Lock()
RUNTIME = Path(__file__).with_name("runtime.py")
WATCH_SECONDS = 0.5
# AWS allows an environment this long to import its handler; a laptop under load gets more.
INIT_SECONDS = 30.0


@dataclass(frozen=True)
class Code:
    """The place of a function's code; `packaged` if its dependencies lie beside it."""

    root: Path
    packaged: bool


def unpack(code_zip: bytes) -> Code:
    """Return the folder of a function's code, extracted once for each distinct package."""
    with _unpacking:
        return _unpacked(code_zip)


@lru_cache(maxsize=64)
def _unpacked(code_zip: bytes) -> Code:
    with zipfile.ZipFile(io.BytesIO(code_zip)) as package:
        if SOURCE_MARKER in package.namelist():
            return Code(Path(json.loads(package.read(SOURCE_MARKER))["root"]), packaged=False)
        return Code(_extracted(package, hashlib.sha256(code_zip).hexdigest()), packaged=True)


def _extracted(package: zipfile.ZipFile, name: str) -> Path:
    folder = Path(os.environ["SKAFU_CODE_DIR"]) / name
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{name[:12]}-"))
        package.extractall(fresh)
        fresh.rename(folder)
    return folder


class SourceWatch:
    """Count the changes under each source folder, so that an environment knows when it is out of
    date.
    """

    def __init__(self) -> None:
        self._seen: dict[Path, int] = {}
        self._generations: dict[Path, int] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.changed: Callable[[], object] = lambda: None

    def generation(self, root: Path) -> int:
        with self._lock:
            if root not in self._generations:
                self._seen[root], self._generations[root] = fingerprint(root), 0
                self._ensure_thread()
            return self._generations[root]

    def _ensure_thread(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._watch, daemon=True, name="skafu-source-watch"
            )
            self._thread.start()

    def _watch(self) -> None:
        while True:
            time.sleep(WATCH_SECONDS)
            for root in list(self._generations):
                self._look(root)

    def _look(self, root: Path) -> None:
        now = fingerprint(root)
        if now == self._seen[root]:
            return
        with self._lock:
            self._seen[root] = now
            self._generations[root] += 1
        self.changed()


def fingerprint(root: Path) -> int:
    """A number that changes when a file that a handler could read is changed, added or removed."""
    return hash(tuple(sorted(_stamps(str(root)))))


def _stamps(folder: str) -> Iterator[tuple[str, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _stamps(entry.path)
            else:
                yield entry.path, entry.stat().st_mtime_ns


watch = SourceWatch()


class EnvironmentDied(Exception):
    """The process ended without an answer."""


class InitFailed(Exception):
    """The handler could not be imported; `args[0]` is the error as Lambda words it."""


class Process:
    """One running execution environment."""

    def __init__(self, code: Code, variables: dict[str, str]) -> None:
        self._log: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self.popen = subprocess.Popen(
            [*interpreter(code), str(RUNTIME)],
            cwd=code.root, env=variables, text=True, encoding="utf-8", errors="replace",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        for target in (self._read_log, self._read_answers):
            threading.Thread(target=target, daemon=True, name="skafu-environment").start()

    def _read_log(self) -> None:
        assert self.popen.stderr
        for line in self.popen.stderr:
            self._log.put(line.rstrip("\n"))
        self._log.put(END_OF_LOG)

    def _read_answers(self) -> None:
        assert self.popen.stdout
        for line in self.popen.stdout:
            self._answers.put(json.loads(line))
        self._answers.put(None)

    def send(self, request: dict[str, Any]) -> None:
        assert self.popen.stdin
        try:
            self.popen.stdin.write(json.dumps(request) + "\n")
            self.popen.stdin.flush()
        except OSError as error:
            raise EnvironmentDied from error

    def receive(self, timeout: float) -> dict[str, Any]:
        """Return the next answer; raise queue.Empty after `timeout` seconds, EnvironmentDied when
        there will be none.
        """
        answer = self._answers.get(timeout=timeout)
        if answer is None:
            raise EnvironmentDied
        return answer

    def log(self) -> str:
        """Return the output since the last call, whole: the process marks the end of each
        invocation.
        """
        lines = []
        try:
            while (line := self._log.get(timeout=1)) != END_OF_LOG:
                lines.append(line)
        except queue.Empty:
            pass
        return "\n".join(lines)

    def alive(self) -> bool:
        return self.popen.poll() is None


def interpreter(code: Code) -> list[str]:
    """The functions' Python; a package that carries its dependencies sees no others."""
    python = os.environ.get("SKAFU_FUNCTION_PYTHON", sys.executable)
    return [python, "-I", "-X", "utf8", *(["-S"] if code.packaged else [])]


def variables_of(
    config: dict[str, Any], code: Code, credentials: dict[str, str], region: str, endpoint: str
) -> dict[str, str]:
    """The environment of a function: Lambda's own variables and the template's, nothing of this
    machine's user.
    """
    name = config["FunctionName"]
    own = (config.get("Environment") or {}).get("Variables") or {}
    return {
        "PATH": os.environ.get("PATH", ""),
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        **own,
        **credentials,
        "AWS_ACCESS_KEY_ID": access_key(credentials["AWS_ACCESS_KEY_ID"], name),
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{config.get('Runtime', 'python3.11')}",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": config.get("Version", "$LATEST"),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
        "AWS_LAMBDA_LOG_GROUP_NAME": (config.get("LoggingConfig") or {}).get("LogGroup")
        or f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": uuid.uuid4().hex,
        "LAMBDA_TASK_ROOT": str(code.root),
        "_HANDLER": config["Handler"],
    }


def access_key(account: str, function: str) -> str:
    """A key that names the function, as a role's own key does on AWS; MiniStack reads an account in
    one of twelve digits, so those of other accounts stay.
    """
    return f"{KEY_PREFIX}{function}" if account == DEFAULT_ACCOUNT else account
