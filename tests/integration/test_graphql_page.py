"""The page of the local AppSync, in a browser: it opens as a user of the stack."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from local.stack import Stack
from scripts import chromium

RUN = ".graphiql-execute-button"
ANSWER = ".result-window"


@pytest.fixture
def page(running: Stack) -> Iterator[Page]:
    found = chromium.find()
    assert found, chromium.HELP
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{running.options.appsync_port}/")
        yield page
        browser.close()


def test_it_opens_as_the_first_user_and_answers(page: Page) -> None:
    refused: list[int] = []
    page.on("response", lambda answer: refused.append(answer.status) if not answer.ok else None)
    expect(page.locator("#mode option:checked")).to_have_text("owner@skafu.dev")
    page.click(RUN)
    expect(page.locator(ANSWER)).to_contain_text("queryType", timeout=15_000)
    assert refused == []


def test_it_offers_everybody(page: Page) -> None:
    offered = page.locator("#users option")
    expect(offered).to_have_text(
        [
            "owner@skafu.dev",
            "second@skafu.dev",
            re.compile("Developer"),
            re.compile("Admin"),
        ]
    )
    page.select_option("#mode", label="admin@skafu.dev (Admin)")
    page.click(RUN)
    expect(page.locator(ANSWER)).to_contain_text("queryType", timeout=15_000)


def test_without_a_credential_it_asks_for_one_and_not_for_the_schema(page: Page) -> None:
    expect(page.locator("#mode option:checked")).to_have_text("owner@skafu.dev")
    page.wait_for_load_state("networkidle")  # it asks for the schema as the first user
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.select_option("#mode", "apiKey")
    expect(page.locator("#caller")).to_have_text("paste a token or the API key")
    page.wait_for_timeout(500)
    assert sent == []
