"""The page is for everybody: by keyboard, by screen reader, on a telephone."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.domain.e2e.page import SHOWN
from tests.domain.e2e.stack import OpenPage
from tests.support.paths import ROOT

AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
SETTLED = """
async () => {
  const ends = (animation) => Number.isFinite(animation.effect?.getComputedTiming().endTime);
  const running = () => document.getAnimations().filter(ends);
  do {
    await Promise.allSettled(running().map((animation) => animation.finished));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  } while (running().some((animation) => animation.playState === 'running'));
}
"""
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(page: Page) -> list[str]:
    """Return axe's findings against WCAG 2.2 AA, as lines to read."""
    page.evaluate(SETTLED)  # colours are measured, so every transition has to have ended
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate(
        """tags => axe.run(document, {
            runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'],
        })""",
        STANDARD,
    )
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def test_list_detail_and_forms_meet_wcag_aa(open_page: OpenPage, name: str) -> None:
    page = open_page("owner")
    page.create_project(name, "Slow and steady")
    assert violations(page.page) == []
    page.fill_project("")
    page.button("Add a service to start with").click()
    page.button("Review").click()
    expect(page.alert).to_be_visible()
    assert violations(page.page) == []
    page.to_list()
    page.open_project(name)
    page.add_service("checkout", '{"memory": 512}')
    assert violations(page.page) == []
    page.fill_service("checkout")
    page.send("Add service")
    expect(page.alert).to_be_visible()
    assert violations(page.page) == []


def test_what_only_readers_see_meets_wcag_aa(open_page: OpenPage) -> None:
    assert violations(open_page("developer").page) == []


def test_sign_in_meets_wcag_aa(open_page: OpenPage) -> None:
    page = open_page("second")
    page.sign_out()
    expect(page.button("Sign in")).to_be_visible()
    assert violations(page.page) == []


def test_a_project_is_created_by_keyboard_alone(open_page: OpenPage, name: str) -> None:
    page = open_page("owner")
    keys = page.page.keyboard
    for link in ("New project", "Without a template"):
        tab_to(page.page.get_by_role("link", name=link))
        keys.press("Enter")
    expect(page.heading("New project")).to_be_focused()
    tab_to(page.on_page("Name"))
    keys.type(name)
    keys.press("Enter")
    tab_to(page.button("Create project"))
    keys.press("Enter")
    expect(page.heading(name)).to_be_visible(timeout=SHOWN)


def tab_to(wanted: Locator) -> None:
    """Press Tab until this has the focus."""
    expect(wanted).to_be_visible()
    for _ in range(60):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        wanted.page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached by Tab")


def test_escape_closes_a_form_without_typed_text(open_page: OpenPage, name: str) -> None:
    page = open_page("owner")
    page.create_project(name)
    page.open_project(name)
    page.button("Edit").click()
    expect(page.dialog).to_be_visible()
    page.page.keyboard.press("Escape")
    expect(page.dialog).to_have_count(0)


@pytest.mark.parametrize("width", [320, 768])
def test_nothing_is_wider_than_a_small_screen(open_page: OpenPage, name: str, width: int) -> None:
    page = open_page("owner")
    page.page.set_viewport_size({"width": width, "height": 640})
    page.create_project(f"{name} {'W' * 60}")
    fits = "document.documentElement.scrollWidth <= window.innerWidth"
    assert page.page.evaluate(fits)
    page.open_project(name)
    page.add_service(
        f"checkout-{'w' * 60}", '{"a-long-name-of-a-setting": "and its even longer value"}'
    )
    page.page.locator("summary").first.click()
    assert page.page.evaluate(fits)
    page.button("Add service").click()
    assert page.page.evaluate(fits)
