"""The four commands from the page: what is sent, what is waited for, what is said on failure."""

import json
import re
from typing import Literal
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Route, WebSocketRoute, expect

from tests.domain.e2e.page import SHOWN, SkafuPage
from tests.domain.e2e.stack import OpenPage, Stack
from tests.domain.e2e.test_everybody import violations
from tests.domain.e2e.web import fetched

COMMANDS = "**/projects"


class UnavailableAtFirst:
    """Answers the first requests with 503, lets the rest through, and keeps their keys."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.keys: list[str] = []

    def __call__(self, route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        self.keys.append(route.request.headers["idempotency-key"])
        if len(self.keys) > self.failures:
            return route.fallback()
        return route.fulfill(
            status=503,
            headers={
                "Access-Control-Allow-Origin": "*",
                "Access-Control-Expose-Headers": "Retry-After",
                "Content-Type": "application/problem+json",
                "Retry-After": "1",
            },
            body='{"type": "about:blank", "title": "Service Unavailable", "status": 503}',
        )


@pytest.fixture
def project_page(open_page: OpenPage, name: str) -> SkafuPage:
    page = open_page("owner")
    page.create_project(name, "Slow and steady")
    page.open_project(name)
    return page


def test_a_project_gets_another_name_and_description(project_page: SkafuPage, name: str) -> None:
    project_page.button("Edit").click()
    project_page.field("Name").fill(f"Hare {name}")
    project_page.field("Description").fill("")
    project_page.send("Save changes")
    expect(project_page.heading(f"Hare {name}")).to_be_visible(timeout=SHOWN)
    expect(project_page.page.get_by_text("No description")).to_be_visible()


def test_archiving_asks_first_and_then_takes_no_changes(project_page: SkafuPage, name: str) -> None:
    project_page.choose("Archive…")
    expect(project_page.dialog).to_contain_text("no longer changed")
    project_page.send("Archive project")
    expect(project_page.heading("Archived")).to_be_visible(timeout=SHOWN)
    for tab in ("Overview", "Services"):
        project_page.tab(tab)
        for action in ("Edit", "Add service"):
            expect(project_page.button(action)).to_have_count(0)
    project_page.page.get_by_role("link", name="Projects", exact=True).first.click()
    expect(project_page.project(name)).to_have_count(0)
    project_page.button("Archived").click()
    expect(project_page.project(name)).to_be_visible()


def test_an_archived_project_is_restored(project_page: SkafuPage) -> None:
    project_page.choose("Archive…")
    project_page.send("Archive project")
    project_page.button("Restore").click(timeout=SHOWN)
    project_page.send("Restore project")
    expect(project_page.heading("Ready")).to_be_visible(timeout=SHOWN)
    expect(project_page.tab("Services").button("Add service")).to_be_visible()


def test_a_project_is_deleted_by_who_types_its_name(project_page: SkafuPage, name: str) -> None:
    project_page.choose("Delete…")
    project_page.send("Delete project")
    expect(project_page.dialog).to_contain_text("This is not the project")
    project_page.field("Type the project").fill(name)
    project_page.send("Delete project")
    expect(project_page.page).to_have_url(f"{project_page.web_url}/projects")
    expect(project_page.toasts.get_by_text(f"{name} was deleted.")).to_be_visible()
    expect(project_page.project(name)).to_have_count(0, timeout=SHOWN)
    project_page.page.go_back()
    expect(project_page.heading("Project not found")).to_be_visible(timeout=SHOWN)
    project_page.page.get_by_role("link", name="Back to the projects").click()
    expect(project_page.project(name)).to_have_count(0)


def test_archiving_is_offered_instead_of_deleting_and_is_taken_back(
    project_page: SkafuPage,
) -> None:
    project_page.choose("Delete…")
    project_page.button("Archive instead").click()
    project_page.send("Archive project")
    project_page.button("Undo").click()
    expect(project_page.heading("Ready")).to_be_visible(timeout=SHOWN)
    expect(project_page.page.locator(".pending-note")).to_have_count(0, timeout=SHOWN)
    expect(project_page.heading("Ready")).to_be_visible()


def test_a_project_is_not_deleted_while_it_is_deployed(
    stack: Stack, project_page: SkafuPage
) -> None:
    path = project_page.page.url.removeprefix(stack.web_url) + "/deployments"
    deployment = str(uuid4())
    data = {"environment": "production", "deploymentId": deployment}
    assert stack.command(project_page.id_token(), path, data).status_code == 202
    project_page.choose("Delete…")
    delete = project_page.dialog.get_by_role("button", name="Delete project")
    expect(delete).to_be_disabled(timeout=SHOWN)
    expect(project_page.dialog).to_contain_text("Not while a deployment is running.")
    stack.command(project_page.id_token(), f"{path}/{deployment}/complete", {})
    expect(delete).to_be_enabled(timeout=SHOWN)


def test_a_service_is_edited_and_removed(project_page: SkafuPage) -> None:
    project_page.add_service("checkout", '{"memory": 512}')
    project_page.button("Edit checkout").click()
    project_page.field("Service name").fill("payment")
    project_page.field("Type").select_option(label="Worker")
    project_page.field("Configuration").fill("")
    project_page.send("Save changes")
    expect(project_page.service("payment")).to_contain_text("Worker", timeout=SHOWN)
    expect(project_page.service("payment").locator("summary")).to_have_count(0)
    project_page.button("Remove payment").click()
    project_page.send("Remove service")
    expect(project_page.heading("No services yet")).to_be_visible(timeout=SHOWN)
    expect(project_page.page.locator(".pending-note")).to_have_count(0)


def test_escape_asks_before_it_throws_typed_text_away(open_page: OpenPage, name: str) -> None:
    page = open_page("owner")
    page.create_project(name)
    page.open_project(name)
    page.button("Edit").click()
    page.field("Name").fill("Hare")
    for _ in range(3):  # a browser closes a dialog at the second, whatever the page says
        page.page.keyboard.press("Escape")
    expect(page.dialog.get_by_text("Throw your changes away?")).to_be_visible()
    page.button("Keep editing").click()
    expect(page.field("Name")).to_have_value("Hare")
    page.page.keyboard.press("Escape")
    page.button("Throw away").click()
    expect(page.dialog).to_have_count(0)


def test_back_asks_before_it_throws_typed_text_away(project_page: SkafuPage, name: str) -> None:
    project_page.tab("Services").button("Add service").click()
    project_page.field("Service name").fill("checkout")
    project_page.page.go_back()
    expect(project_page.dialog.get_by_text("Throw your changes away?")).to_be_visible()
    project_page.button("Keep editing").click()
    expect(project_page.field("Service name")).to_have_value("checkout")
    project_page.page.go_back()
    project_page.button("Throw away").click()
    expect(project_page.dialog).to_have_count(0)
    expect(project_page.page).not_to_have_url(re.compile("/services$"))
    expect(project_page.heading(name)).to_be_visible()


def test_a_click_outside_closes_a_form_without_text_and_asks_about_one_with(
    project_page: SkafuPage,
) -> None:
    project_page.button("Edit").click()
    expect(project_page.dialog).to_be_visible()
    project_page.page.mouse.click(5, 5)
    expect(project_page.dialog).to_have_count(0)
    project_page.button("Edit").click()
    project_page.field("Name").fill("Hare")
    project_page.page.mouse.click(5, 5)
    expect(project_page.dialog.get_by_text("Throw your changes away?")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_button_of_a_form_is_in_view_on_a_phone(
    open_page: OpenPage, scheme: Literal["light", "dark"]
) -> None:
    page = open_page("owner")
    page.page.emulate_media(color_scheme=scheme)
    page.page.set_viewport_size({"width": 390, "height": 664})
    page.fill_project("Hare")
    for _ in range(3):
        page.button("Add a service to start with").click()
    expect(page.button("Review")).to_be_in_viewport(ratio=1)
    expect(page.on_page("Service name").last).to_be_focused()
    expect(page.on_page("Service name").last).to_be_in_viewport(ratio=1)
    ground = page.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(245, 247, 248)", "dark": "rgb(13, 19, 23)"}[scheme]


def test_the_arrow_of_a_select_stays_when_its_neighbour_shows_a_mistake(
    project_page: SkafuPage,
) -> None:
    project_page.tab("Services").button("Add service").click()
    arrow = project_page.dialog.locator(".amplify-select__icon")
    select = project_page.field("Type")

    def offset() -> float:
        inner, outer = arrow.bounding_box(), select.bounding_box()
        assert inner
        assert outer
        return inner["y"] + inner["height"] / 2 - outer["y"] - outer["height"] / 2

    before = offset()
    project_page.send("Add service")
    expect(project_page.dialog).to_contain_text("Give the service a name.")
    assert (abs(before) < 2, abs(offset() - before) < 1) == (True, True)


def test_only_a_card_that_changes_is_marked(open_page: OpenPage, name: str) -> None:
    page = open_page("owner")
    page.create_project(name)
    page.page.reload()
    card = page.project(name)
    expect(card).to_be_visible(timeout=SHOWN)
    page.wait_until_live()
    expect(page.page.locator(".changed")).to_have_count(0)
    elsewhere = open_page("owner")
    elsewhere.open_project(name)
    elsewhere.button("Edit").click()
    elsewhere.field("Description").fill("Quick")
    elsewhere.send("Save changes")
    expect(card).to_contain_text("Quick", timeout=SHOWN)
    assert "changed" in (card.get_attribute("class") or "").split()
    expect(page.page.locator(".changed")).to_have_count(1)


def test_cards_of_equal_names_are_told_apart_by_their_ids(open_page: OpenPage, name: str) -> None:
    page = open_page("owner")
    page.create_project(name)
    page.fill_project(name)
    page.create_filled()
    expect(page.heading(name)).to_be_visible(timeout=SHOWN)
    page.to_list()
    cards = page.project(name)
    expect(cards).to_have_count(2, timeout=SHOWN)
    shown = cards.locator(".copy-id").all_inner_texts()
    ids = [card.get_attribute("data-project-id") or "" for card in cards.all()]
    assert [text.strip() for text in shown] == [f"…{one[-4:]}" for one in ids]
    page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    cards.first.get_by_role("button", name="Copy the id").click()
    expect(cards.first.get_by_role("button", name="Copied")).to_be_visible()
    assert page.page.evaluate("navigator.clipboard.readText()") == ids[0]


def test_an_admin_sees_whose_project_it_is(
    open_page: OpenPage, project_page: SkafuPage, name: str
) -> None:
    admin = open_page("admin")
    expect(admin.project(name)).to_contain_text("owner@skafu.dev", timeout=SHOWN)
    admin.open_project(name)
    expect(admin.fact("Owner")).to_contain_text("owner@skafu.dev", timeout=SHOWN)
    developer = open_page("developer")
    developer.open_project(name)
    expect(developer.fact("Owner")).to_contain_text("…")


def test_a_forgotten_password_is_explained_where_none_can_be_sent(
    stack: Stack, browser: Browser
) -> None:
    context = browser.new_context()
    page = SkafuPage(context.new_page(), stack.web_url).open()
    expect(page.page.get_by_text("Forgot your password?")).to_contain_text("make dev")
    expect(page.button("Forgot your password?")).to_have_count(0)
    context.close()


@pytest.mark.feature("W7")
def test_the_page_waits_for_the_read_model_when_no_subscription_brings_it(
    open_page: OpenPage, name: str
) -> None:
    page = open_page("owner")
    page.page.route_web_socket("**/graphql/realtime**", without_data)
    page.open().wait_until_live()
    page.fill_project(name)
    page.page.route("**/graphql", lambda route: None)
    page.create_filled()
    expect(page.page.locator(".pending-note")).to_contain_text(name)
    page.page.unroute("**/graphql")
    expect(page.heading(name)).to_be_visible(timeout=SHOWN)
    expect(page.page.locator(".pending-note")).to_have_count(0)


def without_data(route: WebSocketRoute) -> None:
    server = route.connect_to_server()
    server.on_message(lambda message: None if '"data"' in str(message) else route.send(message))


@pytest.mark.feature("C15", "C21")
def test_a_command_is_sent_again_with_the_same_key_until_it_is_answered(
    open_page: OpenPage, name: str
) -> None:
    page = open_page("owner")
    unavailable = UnavailableAtFirst(2)
    page.page.route(COMMANDS, unavailable)
    page.create_project(name)
    assert len(unavailable.keys) == 3
    assert len(set(unavailable.keys)) == 1
    expect(page.project(name)).to_have_count(1)


@pytest.mark.feature("C15")
def test_an_answer_that_got_lost_is_asked_for_again_and_records_nothing_twice(
    open_page: OpenPage, name: str
) -> None:
    page = open_page("owner")
    keys: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            return route.fallback()
        fetched(route)
        return route.abort("connectionreset")

    page.page.route(COMMANDS, lose_the_first_answer)
    page.create_project(name)
    page.page.wait_for_timeout(1_000)
    expect(page.project(name)).to_have_count(1)
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_without_an_answer_the_page_says_so_and_keeps_what_was_typed(
    open_page: OpenPage, name: str
) -> None:
    page = open_page("owner")
    keys: list[str] = []

    def unreachable(route: Route) -> None:
        if route.request.method == "POST":
            keys.append(route.request.headers["idempotency-key"])
        route.abort("connectionrefused")

    page.page.route(COMMANDS, unreachable)
    page.fill_project(name)
    page.create_filled()
    expect(page.page.locator(".retry-note")).to_contain_text("Trying again")
    expect(page.alert).to_contain_text("No answer from the server", timeout=SHOWN)
    page.page.unroute(COMMANDS)
    with page.page.expect_request(
        lambda request: request.method == "POST" and request.url.endswith("/projects")
    ) as sent:
        page.button("Create project").click()
    assert sent.value.headers["idempotency-key"] in keys
    expect(page.heading(name)).to_be_visible(timeout=SHOWN)
    page.to_list()
    expect(page.project(name)).to_have_count(1, timeout=SHOWN)


@pytest.mark.feature("C20")
def test_a_field_that_the_api_refuses_says_why(open_page: OpenPage, name: str) -> None:
    page = open_page("owner")
    page.fill_project(name, "Nothing\0ness")
    page.review()
    with page.page.expect_response(COMMANDS) as answered:
        page.button("Create project").click()
    (fault,) = answered.value.json()["errors"]
    expect(page.alert).to_contain_text("One field needs another look")
    expect(page.on_page("Description")).to_have_attribute("aria-invalid", "true")
    expect(page.page.get_by_text(fault["message"])).to_be_visible()


def test_a_value_beyond_its_cap_is_refused_on_the_page(open_page: OpenPage) -> None:
    page = open_page("owner")
    page.fill_project("x" * 101)
    page.button("Review").click()
    expect(page.page.get_by_text("At most 100 characters; there are 101.")).to_be_visible()
    expect(page.on_page("Name")).to_be_focused()


def test_what_is_missing_is_said_before_anything_is_sent(open_page: OpenPage) -> None:
    page = open_page("owner")
    page.fill_project("")
    page.button("Review").click()
    expect(page.page.get_by_text("Give the project a name.")).to_be_visible()
    expect(page.on_page("Name")).to_be_focused()


@pytest.mark.feature("C13", "C20")
def test_a_broken_rule_is_told_in_words(project_page: SkafuPage) -> None:
    project_page.add_service("checkout")
    project_page.fill_service("checkout")
    project_page.send("Add service")
    expect(project_page.alert).to_contain_text("This name is taken")
    expect(project_page.dialog).to_contain_text("a service named 'checkout' already")
    expect(project_page.field("Service name")).to_have_value("checkout")
    expect(project_page.field("Service name")).to_have_attribute("aria-invalid", "true")


def test_a_configuration_that_is_no_json_object_is_refused_on_the_page(
    project_page: SkafuPage,
) -> None:
    project_page.fill_service("checkout", "[1, 2]")
    project_page.send("Add service")
    expect(project_page.dialog).to_contain_text("The configuration must be a JSON object")


@pytest.mark.feature("C17", "C21")
def test_a_change_to_something_newer_shows_both_and_lets_the_person_choose(
    open_page: OpenPage, project_page: SkafuPage, name: str
) -> None:
    project_id = project_page.page.url.rpartition("/")[2]
    elsewhere = open_page("owner", f"/projects/{project_id}")
    project_page.button("Edit").click()
    project_page.field("Name").fill(f"Mine {name}")
    elsewhere.button("Edit").click()
    elsewhere.field("Name").fill(f"Theirs {name}")
    elsewhere.send("Save changes")
    expect(project_page.dialog).to_contain_text(f"Theirs {name}", timeout=SHOWN)
    project_page.send("Save changes")
    expect(project_page.alert).to_have_count(1)
    expect(project_page.alert).to_contain_text("has changed since you opened this form")
    table = project_page.dialog.get_by_role("table")
    expect(table).to_contain_text("Both changed")
    expect(table).not_to_contain_text("Description")
    project_page.dialog.get_by_role("radio", name="Overwrite with mine").check()
    project_page.send("Continue")
    expect(elsewhere.heading(f"Mine {name}")).to_be_visible(timeout=SHOWN)


@pytest.mark.feature("C17")
def test_a_conflict_is_decided_in_view_on_a_phone(
    stack: Stack, project_page: SkafuPage, name: str
) -> None:
    page = project_page.page
    path = page.url.removeprefix(stack.web_url)
    page.set_viewport_size({"width": 390, "height": 664})
    project_page.button("Edit").click()
    project_page.field("Name").fill(f"Mine {name}")
    theirs = {"description": "All of it. " * 60}
    assert stack.command(project_page.id_token(), path, theirs, "PATCH").status_code == 202
    project_page.button("Compare with mine").click(timeout=SHOWN)
    for action in ("Cancel", "Continue"):
        button = project_page.dialog.get_by_role("button", name=action, exact=True)
        expect(button).to_be_in_viewport(ratio=1)
    expect(project_page.dialog.get_by_role("radio", name="Combine")).to_be_checked()
    assert violations(page) == []
    project_page.send("Continue")
    expect(project_page.heading(f"Mine {name}")).to_be_visible(timeout=SHOWN)
    expect(page.get_by_text("All of it.").first).to_be_visible()


@pytest.mark.feature("C17")
def test_what_others_changed_beside_it_is_combined_without_a_question(
    stack: Stack, project_page: SkafuPage, name: str
) -> None:
    project_page.button("Edit").click()
    project_page.field("Name").fill(f"Mine {name}")
    path = project_page.page.url.removeprefix(stack.web_url)
    stack.command(
        project_page.id_token(),
        f"{path}/services",
        {"serviceName": "checkout", "serviceType": "API"},
    )
    project_page.send("Save changes")
    expect(project_page.heading(f"Mine {name}")).to_be_visible(timeout=SHOWN)
    expect(project_page.alert).to_have_count(0)
    project_page.tab("Services")
    expect(project_page.service("checkout")).to_be_visible(timeout=SHOWN)


def test_an_unknown_project_is_not_found(open_page: OpenPage) -> None:
    page = open_page("owner", "/projects/0198f0a0-0000-7000-8000-000000000000")
    expect(page.heading("Project not found")).to_be_visible()
    page.page.get_by_role("link", name="Back to the projects").click()
    expect(page.page.get_by_role("heading", name="Projects", exact=True)).to_be_visible()


def test_a_list_that_cannot_be_read_says_so_and_is_read_again(open_page: OpenPage) -> None:
    page = open_page("second")
    page.page.route("**/graphql", refuse_lists)
    page.open()
    expect(page.heading("The projects could not be read")).to_be_visible(timeout=SHOWN)
    page.page.unroute("**/graphql")
    page.button("Try again").click()
    expect(page.heading("The projects could not be read")).to_have_count(0)


def refuse_lists(route: Route) -> None:
    """Let the page find its backend, but no projects."""
    if "rojects" in (route.request.post_data or ""):
        route.abort("connectionrefused")
    else:
        route.continue_()


def unreadable_in_the_middle(route: Route) -> None:
    """Answer as AppSync does for a row with a status that the schema does not know."""
    query = str(json.loads(route.request.post_data or "{}").get("query"))
    if "projectsByUser" not in query or "status" not in query.partition("items")[2]:
        return route.fallback()
    answer = fetched(route)
    body = answer.json()
    items = ((body.get("data") or {}).get("projectsByUser") or {}).get("items") or []
    if len(items) > 1:
        items[1] = None
        place = ["projectsByUser", "items", 1, "status"]
        body["errors"] = [{"message": "Can't serialize value", "path": place}]
    return route.fulfill(response=answer, json=body)


def test_a_row_that_cannot_be_read_stays_in_its_place_and_leads_to_its_history(
    open_page: OpenPage, name: str
) -> None:
    page = open_page("owner")
    page.create_project(f"{name} below")
    page.create_project(f"{name} between")
    broken = page.project(f"{name} between").get_attribute("data-project-id")
    page.create_project(f"{name} above")
    page.page.route("**/graphql", unreadable_in_the_middle)
    page.open("/projects").wait_until_live()
    row = page.page.locator(f"[data-project-id='{broken}']")
    expect(row).to_contain_text("This project cannot be shown", timeout=SHOWN)
    shown = page.page.locator("[data-project-id]").all_inner_texts()
    assert (f"{name} above" in shown[0], f"{name} below" in shown[2]) == (True, True)
    row.get_by_role("link", name="History").click()
    expect(page.page.get_by_text("Project created").first).to_be_visible(timeout=SHOWN)


SLOW_COMMANDS = """() => {
  const fetch = window.fetch;
  window.fetch = async (request, options) => {
    const sends = ['POST', 'PATCH'].includes(request.method);
    if (sends) await new Promise((resolve) => setTimeout(resolve, 1500));
    return fetch(request, options);
  };
}"""


def test_an_answer_that_comes_after_the_form_was_closed_leaves_the_next_form_open(
    open_page: OpenPage, name: str
) -> None:
    page = open_page("owner")
    page.create_project(name)
    page.open_project(name)
    page.page.evaluate(SLOW_COMMANDS)
    page.button("Edit").click()
    page.field("Name").fill(f"Hare {name}")
    page.send("Save changes")
    page.button("Cancel").click()
    page.button("Throw away").click()
    page.button("Edit").click()
    page.field("Name").fill("The next one")
    expect(page.heading(f"Hare {name}")).to_be_visible(timeout=SHOWN)
    expect(page.field("Name")).to_have_value("The next one")
