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
import uuid
import weakref
import zipfile
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from local.emulator import forks
from local.emulator.runtime import END_OF_LOG, SPANS
from local.emulator.sources import watch

SOURCE_MARKER = "skafu-source.json"
KEY_PREFIX = "lambda."
DEFAULT_ACCOUNT = "000000000000"
_unpacking, _forking = threading.Lock(), threading.Lock()
# What functions have imported, on this machine: of libraries, and of the packages that are pure.
MODULES = Path(sys.prefix) / "skafu-modules.txt"
# Packages of the sources that read no environment (tests/test_architecture.py): their modules are
# imported once for all functions.
PURE = {"kernel", "domain", "projections"}
RUNTIME = Path(__file__).with_name("runtime.py")
SYSTEM = {"PATH": os.environ.get("PATH", ""), "LANG": "en_US.UTF-8", "TZ": ":UTC"}
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


class EnvironmentDied(Exception):
    """The process ended without an answer."""


class InitFailed(Exception):
    """The handler could not be imported: the error as Lambda words it, and the traceback."""

    def __init__(self, error: dict[str, Any], traceback: str) -> None:
        super().__init__(error, traceback)
        self.error, self.traceback = error, traceback


class Process:
    """One running execution environment."""

    def __init__(self, code: Code, variables: dict[str, str]) -> None:
        self._log: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self.function = variables.get("AWS_LAMBDA_FUNCTION_NAME", "")
        self.popen = started(code, variables)
        register(self)
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


_processes: "weakref.WeakSet[Process]" = weakref.WeakSet()
_registering = threading.Lock()
"""Threads start processes while others ask which there are."""


def register(process: Process) -> None:
    with _registering:
        _processes.add(process)


def running() -> dict[str, list[int]]:
    """Return the ids of the processes of each function that has any."""
    found: dict[str, list[int]] = {}
    with _registering:
        processes = list(_processes)
    for process in processes:
        if process.alive():
            found.setdefault(process.function, []).append(process.popen.pid)
    return found


Started: TypeAlias = "subprocess.Popen[str] | forks.Forked"


def started(code: Code, variables: dict[str, str]) -> Started:
    """Start the process of an environment: by a fork where that is possible, as it is quicker."""
    if code.packaged or not forks.possible():
        return spawned(code, variables)
    try:
        return branch(code).start(code.root, variables)
    except OSError:
        fork_server.cache_clear()
        _branches.clear()
        return spawned(code, variables)


def spawned(code: Code, variables: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*interpreter(code), str(RUNTIME)],
        cwd=code.root, env=variables, text=True, encoding="utf-8", errors="replace",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@cache
def fork_server() -> forks.ForkServer:
    # The address tells this emulator's processes from those of another one.
    variables = {**SYSTEM, "AWS_ENDPOINT_URL": own_endpoint()}
    return forks.ForkServer.begun(interpreter(Code(Path(), packaged=False)), variables)


_branches: dict[Path, tuple[int, forks.ForkServer]] = {}


def branch(code: Code) -> forks.ForkServer:
    """Return the fork server that has imported the pure modules of the sources as they are now."""
    with _forking:
        generation = watch.generation(code.root)
        known = _branches.get(code.root)
        if known is None or known[0] != generation:
            modules = [name for name in remembered() if is_pure(name)]
            made = fork_server().branch(code.root, modules, not watch.young(code.root))
            known = _branches[code.root] = generation, made
        return known[1]


def is_pure(module: str) -> bool:
    return module.partition(".")[0] in PURE


def remember(code: Code, libraries: Collection[str], sources: Collection[str]) -> None:
    """Let environments to come begin with what this one has imported."""
    if not code.packaged and forks.possible():
        modules = [*libraries, *filter(is_pure, sources)]
        threading.Thread(target=preload, args=[modules], daemon=True, name="skafu-preload").start()


def preload(modules: Collection[str] = ()) -> None:
    """Import libraries in the fork server: these, and those of earlier runs."""
    with _forking:
        known = remembered()
        wanted = list(dict.fromkeys([*known, *modules]))
        if wanted != known:
            keep(wanted)
            _branches.clear()
        with suppress(OSError):  # the server is gone; the next environment starts another one
            fork_server().load([name for name in wanted if not is_pure(name)])


def remembered() -> list[str]:
    try:
        return MODULES.read_text().split()
    except OSError:
        return []


def keep(modules: Collection[str]) -> None:
    """Write the file anew at once: other emulators may read it."""
    fresh = MODULES.with_suffix(f".{os.getpid()}")
    with suppress(OSError):  # the next run imports them again
        fresh.write_text("".join(f"{name}\n" for name in modules))
        fresh.replace(MODULES)


def interpreter(code: Code) -> list[str]:
    """The functions' Python; a package that carries its dependencies sees no others."""
    python = os.environ.get("SKAFU_FUNCTION_PYTHON", sys.executable)
    return [python, "-I", "-X", "utf8", *(["-S"] if code.packaged else [])]


def own_endpoint() -> str:
    return f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}"


def variables_of(
    config: dict[str, Any], code: Code, credentials: dict[str, str], region: str, endpoint: str
) -> dict[str, str]:
    """The environment of a function: Lambda's own variables and the template's, nothing of this
    machine's user.
    """
    name = config["FunctionName"]
    own = (config.get("Environment") or {}).get("Variables") or {}
    return {
        **SYSTEM,
        **recorded_spans(),
        **bytecode(code),
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


def recorded_spans() -> dict[str, str]:
    """Let a function record its spans, if the emulator was told where (`spans.py`)."""
    file = os.environ.get(SPANS)
    return {SPANS: file} if file else {}


def bytecode(code: Code) -> dict[str, str]:
    """Keep an environment from leaving bytecode that a second save would not be told from."""
    return {} if code.packaged or not watch.young(code.root) else {"SKAFU_NO_BYTECODE": "1"}


def access_key(account: str, function: str) -> str:
    """A key that names the function, as a role's own key does on AWS; MiniStack reads an account in
    one of twelve digits, so those of other accounts stay.
    """
    return f"{KEY_PREFIX}{function}" if account == DEFAULT_ACCOUNT else account
