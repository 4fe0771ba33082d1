"""A project's page, tab by tab: what was configured, deployed, found and done, and when."""

from typing import Literal
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.domain.e2e.page import SHOWN, SkafuPage
from tests.domain.e2e.stack import OpenPage, Stack
from tests.domain.e2e.test_everybody import violations


@pytest.fixture
def project_page(open_page: OpenPage, name: str) -> SkafuPage:
    page = open_page("owner")
    page.create_project(name, "Slow and steady")
    page.open_project(name)
    return page


def project_id(page: SkafuPage) -> str:
    return page.page.url.partition("/projects/")[2].partition("/")[0].partition("?")[0]


def deploy(stack: Stack, page: SkafuPage, environment: str) -> str:
    """Start a deployment as a pipeline does; return the path of it."""
    path = f"/projects/{project_id(page)}/deployments"
    deployment = str(uuid4())
    data = {"environment": environment, "revision": "4fe1c0de", "deploymentId": deployment}
    answer = stack.command(page.id_token(), path, data)
    assert answer.status_code == 202, answer.text
    return f"{path}/{deployment}"


def configure(page: SkafuPage) -> None:
    page.choose("Configure…")
    page.field("Runtime").select_option("python3.13")
    page.field("Region").fill("eu-west-1")
    page.field("Features").fill("sign-in, ci")
    page.button("Add a variable").click()
    page.field("Name of variable 1").fill("LOG_LEVEL")
    page.field("Value of variable 1").fill("INFO")
    page.send("Save changes")


@pytest.mark.feature("R35")
def test_a_configuration_is_saved_and_shown(project_page: SkafuPage) -> None:
    configure(project_page)
    expect(project_page.fact("Runtime")).to_have_text("python3.13", timeout=SHOWN)
    expect(project_page.fact("Region")).to_have_text("eu-west-1")
    expect(project_page.fact("Features")).to_contain_text("sign-in")
    project_page.fact("Variables").get_by_text("1 set").click()
    expect(project_page.fact("Variables")).to_contain_text("LOG_LEVEL=INFO")


def test_a_mistake_in_a_configuration_stands_at_its_field(project_page: SkafuPage) -> None:
    project_page.choose("Configure…")
    project_page.field("Region").fill("Ireland")
    project_page.send("Save changes")
    expect(project_page.dialog).to_contain_text("The code of an AWS region")
    expect(project_page.field("Runtime")).to_be_focused()
    expect(project_page.field("Region")).to_have_attribute("aria-invalid", "true")


@pytest.mark.feature("R34")
def test_deployments_arrive_live_and_are_filtered_by_the_address(
    stack: Stack, open_page: OpenPage, project_page: SkafuPage
) -> None:
    project_page.tab("Deployments")
    expect(project_page.heading("Not deployed yet")).to_be_visible()
    table = project_page.page.get_by_role("table")
    with project_page.without_reload():
        staging = deploy(stack, project_page, "staging")
        expect(table).to_contain_text("Running", timeout=SHOWN)
        data = {"url": "https://staging.example.org"}
        stack.command(project_page.id_token(), f"{staging}/complete", data)
        expect(table).to_contain_text("Completed", timeout=SHOWN)
        production = deploy(stack, project_page, "production")
        stack.command(project_page.id_token(), f"{production}/fail", {"reason": "No quota"})
        expect(table).to_contain_text("No quota", timeout=SHOWN)
    expect(table.get_by_role("link", name="staging.example.org")).to_be_visible()
    project_page.page.get_by_label("Status").select_option(label="Failed")
    expect(table.get_by_role("row")).to_have_count(2)
    second = open_page("owner", project_page.page.url.partition(stack.web_url)[2])
    expect(second.page.get_by_role("table").get_by_role("row")).to_have_count(2)
    second.tab("Overview")
    expect(second.page.get_by_text("50 %")).to_be_visible()
    expect(second.page.get_by_text("1 of 2 that ended")).to_be_visible()


@pytest.mark.feature("W9")
def test_the_history_says_who_did_what_and_shows_any_version(
    project_page: SkafuPage, name: str
) -> None:
    project_page.add_service("checkout", '{"retries": 5}')
    project_page.button("Edit checkout").click()
    project_page.field("Configuration").fill('{"retries": 3}')
    project_page.send("Save changes")
    expect(project_page.page.locator(".pending-note")).to_have_count(0, timeout=SHOWN)
    project_page.tab("History")
    page = project_page.page
    timeline = page.get_by_role("region", name="Timeline").get_by_role("listitem")
    expect(timeline.locator("strong")).to_have_text(
        ["Service changed", "Service added", "Project created"], timeout=SHOWN
    )
    expect(page.get_by_text("by owner@skafu.dev,").first).to_be_visible()
    changed = page.get_by_role("row").filter(has_text="retries")
    expect(changed.locator(".was")).to_contain_text("5")
    expect(changed.locator(".is")).to_contain_text("3")

    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(
        f"{project_page.web_url}/projects/{project_id(project_page)}/history/2"
    )
    expect(page.get_by_text("version 1 → 2")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="State").click()
    state = page.get_by_role("table", name="Every field at this version")
    expect(state).to_contain_text(name)
    expect(state).not_to_contain_text("checkout")
    page.reload()
    expect(page.get_by_text("version 0 → 1")).to_be_visible(timeout=SHOWN)
    page.get_by_role("button", name="Events").click()
    expect(page.get_by_text("Project created #1")).to_be_visible()


@pytest.mark.feature("W9")
def test_what_happens_while_one_reads_the_history_comes_into_it(
    stack: Stack, project_page: SkafuPage
) -> None:
    project_page.tab("History")
    timeline = project_page.page.get_by_role("region", name="Timeline").get_by_role("listitem")
    expect(timeline).to_have_count(1, timeout=SHOWN)
    path = f"/projects/{project_id(project_page)}"
    stack.command(project_page.id_token(), path, {"description": "Quick"}, "PATCH")
    expect(timeline.first).to_contain_text("Project description changed", timeout=SHOWN)
    expect(timeline).to_have_count(2)


@pytest.mark.feature("K3")
def test_an_analysis_is_requested_and_its_result_appears(project_page: SkafuPage) -> None:
    configure(project_page)
    project_page.tab("Analysis")
    project_page.button("Request an analysis").click()
    project_page.send("Request an analysis")
    expect(project_page.page.get_by_text("Completed", exact=True)).to_be_visible(timeout=SHOWN)
    expect(project_page.page.get_by_role("article").first).to_be_visible()


def test_a_developer_is_not_offered_the_history(
    open_page: OpenPage, project_page: SkafuPage, name: str
) -> None:
    developer = open_page("developer", f"/projects/{project_id(project_page)}/history")
    expect(developer.heading("This history is not yours to read")).to_be_visible(timeout=SHOWN)
    tabs = developer.page.get_by_role("navigation", name="Project", exact=True)
    expect(tabs.get_by_role("link", name="History")).to_have_count(0)
    expect(developer.heading(name)).to_be_visible()


def test_a_theme_is_chosen_and_kept(open_page: OpenPage) -> None:
    page = open_page("owner")
    ground = "getComputedStyle(document.body).backgroundColor"
    page.page.locator(".account").click()
    page.button("Dark").click()
    assert page.page.evaluate(ground) == "rgb(13, 19, 23)"
    page.page.reload()
    assert page.page.evaluate(ground) == "rgb(13, 19, 23)"
    page.wait_until_live()
    page.page.locator(".account").click()
    page.button("System").click()
    page.page.keyboard.press("Escape")
    expect(page.button("System")).to_have_count(0)
    expect(page.page.locator(".account")).to_be_focused()
    assert page.page.evaluate(ground) == "rgb(245, 247, 248)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_tab_meets_wcag_aa_in_both_themes_and_fits_a_phone(
    stack: Stack, project_page: SkafuPage, scheme: Literal["light", "dark"]
) -> None:
    page = project_page.page
    page.emulate_media(color_scheme=scheme)
    configure(project_page)
    deploy(stack, project_page, "production")
    stack.command(
        project_page.id_token(),
        "/analyses",
        {"projectId": project_id(project_page), "kind": "COST"},
    )
    project_page.add_service("checkout", '{"memory": 512}')
    for tab in ("Overview", "Services", "Deployments", "Analysis", "History"):
        project_page.tab(tab)
        page.wait_for_timeout(500)
        assert (tab, violations(page)) == (tab, [])
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), tab
        assert (tab, violations(page)) == (tab, [])
        page.set_viewport_size({"width": 1280, "height": 720})
    project_page.choose("Configure…")
    assert violations(page) == []
    project_page.button("Cancel").click()
    page.locator(".account").click()
    assert violations(page) == []


@pytest.mark.parametrize("view", ["cards", "table"])
def test_both_views_of_the_list_meet_wcag_aa_and_fit_a_phone(
    open_page: OpenPage, name: str, view: str
) -> None:
    page = open_page("owner")
    page.create_project(name)
    page.open(f"/projects?view={view}").wait_until_live()
    expect(page.project(name)).to_be_visible(timeout=SHOWN)
    page.page.emulate_media(color_scheme="dark")
    assert violations(page.page) == []
    page.page.set_viewport_size({"width": 390, "height": 844})
    assert page.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert violations(page.page) == []
