"""A running stack with the built page, and a real browser; every test opens pages and makes
projects of its own.

The development server's page is a test of its own: to load its hundreds of modules takes a browser
five times as long.
"""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from local import ports
from local.outputs import SEEDS
from local.stack import Options, running_stack
from scripts import chromium
from tests.domain.e2e import web
from tests.domain.e2e.browsers import Browsers
from tests.domain.e2e.page import SkafuPage
from tests.domain.e2e.stack import OpenPage, Stack, described
from tests.support.api_client import Json

QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The one whose outputs.json SKAFU_E2E_OUTPUTS names, else one for each process.

    Tests look at all that a person has, so no other test may act for the same person meanwhile.
    """
    if outputs := os.environ.get("SKAFU_E2E_OUTPUTS"):
        yield described(json.loads(Path(outputs).read_text()))
        return
    with running(tmp_path_factory) as found:
        yield described(found)


@contextmanager
def running(folders: pytest.TempPathFactory) -> Iterator[Json]:
    """Run a stack with the built page, and yield its outputs."""
    emulator, appsync, port = ports.free(3)
    state_dir, built = folders.mktemp("stack"), web.built(folders)
    options = Options(
        state_dir=state_dir,
        emulator_port=emulator,
        appsync_port=appsync,
        web_port=port,
        seeds=SEEDS,
    )
    with (
        running_stack(options) as stack,
        web.served(state_dir, port, "preview", "--outDir", str(built)),
    ):
        yield stack.outputs


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=60_000)  # ms; a machine that runs tests is a busy one
    found = chromium.find()
    assert found, chromium.HELP
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def browsers(stack: Stack, browser: Browser) -> Browsers:
    return Browsers(stack, browser)


@pytest.fixture
def open_page(stack: Stack, browsers: Browsers) -> Iterator[OpenPage]:
    """Opens a browser of its own for someone, and has the page live when it returns."""
    pages: list[SkafuPage] = []
    with ExitStack() as borrowed:

        def open_for(role: str, path: str = "/") -> SkafuPage:
            context = borrowed.enter_context(browsers.borrowed(role))
            page = SkafuPage(context.new_page(), stack.web_url)
            pages.append(page)
            return page.open(path).wait_until_live()

        yield open_for
        assert [problem for page in pages for problem in page.problems] == []


@pytest.fixture
def name() -> str:
    """The page of a project that no other test has."""
    return f"Tortoise {uuid4().hex[:8]}"
