"""The page of the API: read, authorize with the token of the web page, try a command."""

import pytest
from playwright.sync_api import Browser, expect

from tests.domain.e2e.browsers import Browsers
from tests.domain.e2e.stack import Stack

CREATE = "#operations-Projects-create_project_rest"


@pytest.mark.feature("C27")
def test_a_command_can_be_tried_as_the_page_says(
    stack: Stack, browser: Browser, browsers: Browsers
) -> None:
    (stored,) = browsers.state("owner")["origins"]
    (token,) = [i["value"] for i in stored["localStorage"] if i["name"].endswith(".idToken")]
    page = browser.new_page()
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)

    page.goto(f"{stack.command_api_url}/docs")
    expect(page.locator("h3.opblock-tag").first).to_contain_text("Projects")
    expect(page.locator(".opblock-summary").first).to_contain_text("/projects")
    expect(page.locator(".opblock-summary-method").first).to_have_text("POST")
    expect(page.locator(".servers")).to_contain_text(stack.command_api_url)
    expect(page.locator(".info")).to_contain_text("How to get a token")

    page.click(".btn.authorize")
    page.locator(".auth-container input").first.fill(token)
    page.locator(".auth-btn-wrapper .authorize").first.click()
    page.locator(".auth-btn-wrapper .btn-done").first.click()
    for part in (".opblock-summary-control", ".try-out__btn", ".execute"):
        page.click(f"{CREATE} {part}")
    answer = page.locator(f"{CREATE} .live-responses-table tbody .response-col_status")
    expect(answer.first).to_contain_text("202")
    page.close()
    assert errors == []
