"""The page as it is served to the tests: built, as people get it, or by the development server."""

import fcntl
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from playwright.sync_api import APIResponse, Route

from local.stack import vite
from tests.support.paths import ROOT

FRONTEND = ROOT / "frontend"
START_SECONDS = 120


def built(folders: pytest.TempPathFactory) -> Path:
    """Return the page, built by the first of the processes among which the tests are dealt out."""
    own = folders.getbasetemp()
    folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    page = folder / "page"
    with (folder / "page.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not page.exists():
            build(folder / "making")
            (folder / "making").rename(page)
    return page


def build(folder: Path) -> None:
    command = ["node", str(vite()), "build", "--outDir", str(folder)]
    subprocess.run(command, cwd=FRONTEND, check=True)


@contextmanager
def served(outputs: Path, port: int, *arguments: str) -> Iterator[str]:
    """Serve the page, with what a deployment says of itself in a folder; yield its address.

    Without arguments it is the development server that does.
    """
    command = ["node", str(vite()), *arguments, "--port", str(port), "--strictPort"]
    environment = {**os.environ, "SKAFU_OUTPUTS_DIR": str(outputs)}
    with subprocess.Popen(command, cwd=FRONTEND, env=environment) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url)
            yield url
        finally:
            server.terminate()


def wait_for(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            requests.get(url, timeout=60).raise_for_status()
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)


def fetched(route: Route) -> APIResponse:
    """Return what the server answers; where it has just closed a connection, over another one."""
    return route.fetch(max_retries=3)
