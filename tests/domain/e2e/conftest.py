"""A running stack with the built page, and a real browser; every test opens pages and makes
projects of its own.

The development server's page is a test of its own: to load its hundreds of modules takes a browser
five times as long.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, StorageState, expect, sync_playwright

from local import ports
from local.stack import Options, running_stack
from scripts import chromium
from tests.domain.e2e import web
from tests.domain.e2e.page import KEEP_SOCKETS, SkafuPage
from tests.domain.e2e.stack import OpenPage, Stack, described

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
    """The one whose outputs.json SKAFU_E2E_OUTPUTS names, else one of our own."""
    if outputs := os.environ.get("SKAFU_E2E_OUTPUTS"):
        yield described(json.loads(Path(outputs).read_text()))
        return
    emulator, appsync, port = ports.free(3)
    state_dir, built = tmp_path_factory.mktemp("stack"), tmp_path_factory.mktemp("built")
    options = Options(
        state_dir=state_dir, emulator_port=emulator, appsync_port=appsync, web_port=port
    )
    web.build(built)
    with (
        running_stack(options) as running,
        web.served(state_dir, port, "preview", "--outDir", str(built)),
    ):
        yield described(running.outputs)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=10_000)  # ms; a machine that runs tests is a busy one
    found = chromium.find()
    assert found, chromium.HELP
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def signed_in(stack: Stack, browser: Browser) -> Callable[[str], StorageState]:
    """The browser storage of someone who has signed in; each signs in once."""
    states: dict[str, StorageState] = {}

    def state(role: str) -> StorageState:
        if role not in states:
            context = browser.new_context()
            user = stack.users[role]
            SkafuPage(context.new_page(), stack.web_url).open().sign_in(
                user["email"], user["password"]
            )
            states[role] = context.storage_state()
            context.close()
        return states[role]

    return state


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


@pytest.fixture
def open_page(
    stack: Stack,
    browser: Browser,
    signed_in: Callable[[str], StorageState],
    contexts: list[BrowserContext],
) -> Iterator[OpenPage]:
    """Opens a browser of its own for someone, and has the page live when it returns."""
    pages: list[SkafuPage] = []

    def open_for(role: str, path: str = "/") -> SkafuPage:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        contexts.append(context)
        context.add_init_script(stored(signed_in(role)))
        context.add_init_script(KEEP_SOCKETS)
        page = SkafuPage(context.new_page(), stack.web_url)
        pages.append(page)
        return page.open(path).wait_until_live()

    yield open_for
    assert [problem for page in pages for problem in page.problems] == []


def stored(state: StorageState) -> str:
    """Return a script that fills a new tab's storage; playwright would open a page for that."""
    (origin,) = state["origins"]
    entries = json.dumps([[entry["name"], entry["value"]] for entry in origin["localStorage"]])
    return f"""
        if (sessionStorage.getItem("filled") === null) {{
          for (const [name, value] of {entries}) localStorage.setItem(name, value);
          sessionStorage.setItem("filled", "yes");
        }}
    """


@pytest.fixture
def name() -> str:
    """The page of a project that no other test has."""
    return f"Tortoise {uuid4().hex[:8]}"
