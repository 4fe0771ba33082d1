"""Projects are found by words, from the keyboard, and what was found stays live."""

import re

import pytest
from playwright.sync_api import expect

from tests.domain.e2e.page import SHOWN
from tests.domain.e2e.stack import OpenPage, Stack
from tests.domain.e2e.test_everybody import violations


@pytest.mark.feature("R15", "R29")
def test_a_project_is_found_by_words_and_stays_live(
    stack: Stack, open_page: OpenPage, name: str
) -> None:
    page, word = open_page("owner"), f"mühle{name.rpartition(' ')[2]}"
    sent = {"name": f"{name} {word}", "description": "Grinds"}
    created = stack.command(page.id_token(), "/projects", sent)
    id = created.json()["aggregateId"]
    page.see_project(word)
    page.page.keyboard.press("/")
    box = page.on_page("Search projects")
    expect(box).to_be_focused()

    page.page.keyboard.type(f"grin {word.replace('ü', 'u')[:-1].upper()}")
    expect(page.page).to_have_url(re.compile("q=grin"))
    expect(page.page.locator("[data-project-id]")).to_have_count(1, timeout=SHOWN)
    expect(page.project(word)).to_be_visible()
    assert violations(page.page) == []

    stack.command(page.id_token(), f"/projects/{id}", {"name": f"{word} renamed"}, "PATCH")
    expect(page.project("renamed")).to_be_visible(timeout=SHOWN)
    stack.command(page.id_token(), f"/projects/{id}/archive", {})
    expect(page.heading("No project has")).to_be_visible(timeout=SHOWN)
    assert violations(page.page) == []
    page.button("Look in the archive").click()
    expect(page.project("renamed")).to_be_visible(timeout=SHOWN)

    box.focus()
    page.page.keyboard.press("Escape")
    expect(page.page).not_to_have_url(re.compile("q="))


@pytest.mark.feature("R15", "R29")
def test_everybodys_projects_are_found_by_those_who_read_all(
    stack: Stack, open_page: OpenPage, name: str
) -> None:
    owner, word = open_page("owner"), f"kiosk{name.rpartition(' ')[2]}"
    stack.command(owner.id_token(), "/projects", {"name": f"{name} {word}"})
    owner.see_project(word)

    page = open_page("developer")
    box = page.on_page("Search projects")
    expect(box).to_be_visible()  # the list is loaded after all else
    page.page.keyboard.press("/")
    expect(box).to_be_focused()
    page.page.keyboard.type(word[:-1].upper())
    expect(page.page).to_have_url(re.compile("q=KIOSK"))
    expect(page.page.locator("[data-project-id]")).to_have_count(1, timeout=SHOWN)
    expect(page.project(word)).to_be_visible()
    assert violations(page.page) == []
