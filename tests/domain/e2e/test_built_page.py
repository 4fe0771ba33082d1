"""The page that `vite build` makes works as the development server's page does."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser

from local import ports
from tests.domain.e2e.page import SkafuPage
from tests.domain.e2e.stack import Stack
from tests.support.paths import ROOT

FRONTEND = ROOT / "frontend"
VITE = ("node", str(FRONTEND / "node_modules/vite/bin/vite.js"))
OUTPUTS = ("amplify_outputs.json", "skafu_outputs.json")


@pytest.fixture
def outputs(stack: Stack, tmp_path: Path) -> Path:
    """A folder with what the deployment says of itself."""
    for name in OUTPUTS:
        answer = requests.get(f"{stack.web_url}/{name}", timeout=10)
        answer.raise_for_status()
        (tmp_path / name).write_bytes(answer.content)
    return tmp_path


@pytest.fixture
def built_url(outputs: Path, tmp_path: Path) -> Iterator[str]:
    built = str(tmp_path / "dist")
    subprocess.run([*VITE, "build", "--outDir", built], cwd=FRONTEND, check=True)
    (port,) = ports.free(1)
    with subprocess.Popen(
        [*VITE, "preview", "--outDir", built, "--port", str(port), "--strictPort"],
        cwd=FRONTEND,
        env={**os.environ, "SKAFU_OUTPUTS_DIR": str(outputs)},
    ) as server:
        url = f"http://127.0.0.1:{port}"
        wait_for(url)
        yield url
        server.terminate()


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            requests.get(url, timeout=5).raise_for_status()
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)


@pytest.mark.feature("R35")
def test_the_built_page_signs_in_creates_and_keeps_its_addresses(
    stack: Stack, browser: Browser, built_url: str, name: str
) -> None:
    context = browser.new_context()
    page = SkafuPage(context.new_page(), built_url).open()
    owner = stack.users["owner"]
    page.sign_in(owner["email"], owner["password"])
    page.create_project(name)
    project_id = page.open_project(name)
    page.open(f"/projects/{project_id}").wait_until_live()
    page.add_service("checkout")
    assert page.problems == []
    context.close()
