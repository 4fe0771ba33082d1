"""The effect of a command appears by itself, for those who may see it and for nobody else."""

import jwt
import pytest
from playwright.sync_api import Browser, WebSocketRoute, expect

from tests.domain.e2e.page import SHOWN, SkafuPage
from tests.domain.e2e.stack import OpenPage, Stack


@pytest.mark.feature("R35")
def test_someone_signs_in_creates_a_project_and_adds_a_service(
    stack: Stack, browser: Browser, name: str
) -> None:
    owner = stack.users["owner"]
    context = browser.new_context()
    page = SkafuPage(context.new_page(), stack.web_url).open()
    page.sign_in(owner["email"], owner["password"])
    with page.without_reload():
        page.create_project(name, "Slow and steady")
        page.open_project(name)
        page.add_service("checkout", '{"memory": 512}')
    expect(page.service("checkout")).to_contain_text("API")
    assert page.problems == []
    context.close()


@pytest.mark.feature("R34", "R35")
def test_a_second_browser_of_the_same_owner_sees_both_live(open_page: OpenPage, name: str) -> None:
    first, second = open_page("owner"), open_page("owner")
    with second.without_reload():
        first.create_project(name)
        second.see_project(name)
        first.open_project(name)
        second.open_project(name)
        second.tab("Services")
        first.add_service("checkout")
        expect(second.service("checkout")).to_be_visible(timeout=SHOWN)
    assert second.until(
        lambda: {"onCreateProject", "onCreateService"} <= {*dict(second.frames.rows)}
    )


@pytest.mark.feature("R34")
def test_services_of_a_new_project_arrive_with_it(open_page: OpenPage, name: str) -> None:
    page = open_page("owner")
    page.fill_project(name)
    page.button("Add a service to start with").click()
    page.on_page("Service name").fill("storefront")
    page.on_page("Type").select_option(label="Front end")
    page.create_filled()
    expect(page.heading(name)).to_be_visible(timeout=SHOWN)
    page.to_list()
    page.button("Cards").click()
    expect(page.project(name)).to_contain_text("1 service", timeout=SHOWN)
    page.open_project(name)
    page.tab("Services")
    expect(page.service("storefront")).to_contain_text("Front end", timeout=SHOWN)


@pytest.mark.feature("R34")
def test_another_owner_receives_no_frame_and_finds_nothing(
    stack: Stack, open_page: OpenPage, name: str
) -> None:
    second = open_page("second")
    owner = open_page("owner")
    owner.create_project(name)
    project_id = owner.open_project(name)
    owner.add_service("checkout")

    # Frames of another's rows would have come before those of one's own later row.
    token = second.id_token()
    mine = stack.command(token, "/projects", {"name": f"Mine {name}"}).json()["aggregateId"]
    second.see_project(f"Mine {name}")
    assert second.until(lambda: mine in {row for _, row in second.frames.rows})
    counts = jwt.decode(token, options={"verify_signature": False})["sub"]
    assert {row for _, row in second.frames.rows} <= {mine, counts}
    assert second.frames.acknowledged >= 6
    expect(second.connection).to_have_text("Live")

    document = "query ($id: ID!) { getProject(id: $id) { id } }"
    assert stack.query(second.id_token(), document, id=project_id)["data"]["getProject"] is None
    second.open(f"/projects/{project_id}")
    expect(second.heading("Project not found")).to_be_visible()


def test_the_silent_subscriptions_of_another_owner_do_work(open_page: OpenPage, name: str) -> None:
    second = open_page("second")
    second.create_project(name)
    assert second.until(lambda: "onCreateProject" in dict(second.frames.rows))


@pytest.mark.feature("C11")
def test_a_developer_sees_the_project_live_and_is_told_that_it_is_read_only(
    stack: Stack, open_page: OpenPage, name: str
) -> None:
    developer, owner = open_page("developer"), open_page("owner")
    owner.create_project(name)
    developer.see_project(name)
    expect(developer.page.get_by_text("You may read every project")).to_be_visible()
    expect(developer.page.get_by_role("link", name="New project")).to_have_count(0)
    developer.open_project(name)
    developer.tab("Services")
    for action in ("Edit", "Add service"):
        expect(developer.button(action)).to_have_count(0)
    developer.page.locator(".page-header").get_by_role("button", name="More about").click()
    expect(developer.page.get_by_role("menuitem")).to_have_text(["Copy id"])
    developer.page.keyboard.press("Escape")
    refused = stack.command(developer.id_token(), "/projects", {"name": name})
    assert refused.status_code == 403


@pytest.mark.feature("C11")
def test_an_admin_changes_the_project_of_somebody_else(open_page: OpenPage, name: str) -> None:
    owner = open_page("owner")
    owner.create_project(name)
    project_id = owner.open_project(name)
    admin = open_page("admin", f"/projects/{project_id}")
    admin.add_service("audit")
    owner.tab("Services")
    expect(owner.service("audit")).to_be_visible(timeout=SHOWN)


@pytest.mark.feature("W13")
def test_a_page_that_lost_its_connection_catches_up(open_page: OpenPage, name: str) -> None:
    page, elsewhere = open_page("owner"), open_page("owner")
    with page.without_reload():
        page.drop_connection()
        expect(page.connection).to_have_text("Reconnecting…")
        elsewhere.create_project(name)
        page.wait_until_live()
        page.see_project(name)


@pytest.mark.feature("W13")
def test_a_page_that_was_offline_catches_up(open_page: OpenPage, name: str) -> None:
    page, elsewhere = open_page("owner"), open_page("owner")
    with page.without_reload():
        page.page.context.set_offline(True)
        expect(page.connection).to_have_text("Offline")
        elsewhere.create_project(name)
        expect(page.project(name)).to_have_count(0)
        expect(page.page.locator(".banner").get_by_text("You are offline.")).to_be_visible()
        page.page.context.set_offline(False)
        page.see_project(name)
        page.wait_until_live()


class WeakDelivery:
    """Sends each frame twice, and after its successor: as weak as AppSync may be, at its worst."""

    def __init__(self) -> None:
        self.held: list[str] = []
        self.delivered = 0

    def __call__(self, route: WebSocketRoute) -> None:
        self.route = route
        route.connect_to_server().on_message(lambda message: self.pass_on(str(message)))

    def pass_on(self, message: str) -> None:
        if '"type":"data"' not in message:
            return self.route.send(message)
        late, self.held = self.held, [message]
        return self.deliver([message, *late])

    def flush(self) -> None:
        self.deliver(self.held)

    def deliver(self, messages: list[str]) -> None:
        for message in messages:
            self.route.send(message)
            self.delivered += 1


@pytest.mark.feature("R34", "W13")
def test_duplicates_and_late_frames_change_nothing(
    stack: Stack, open_page: OpenPage, name: str
) -> None:
    page = open_page("owner")
    weak = WeakDelivery()
    page.page.route_web_socket("**/graphql/realtime**", weak)
    page.open().wait_until_live()
    token = page.id_token()
    project = stack.command(token, "/projects", {"name": name}).json()["aggregateId"]
    page.see_project(name)
    page.button("Cards").click()

    path = f"/projects/{project}"
    for number in range(5):
        stack.command(token, path, {"name": f"{name} {number}"}, "PATCH")
        stack.command(
            token, f"{path}/services", {"serviceName": f"s{number}", "serviceType": "API"}
        )
        expect(page.project(f"{name} {number}")).to_be_visible(timeout=SHOWN)
    expect(page.project(f"{name} 4")).to_contain_text("5 services", timeout=SHOWN)
    weak.flush()
    page.page.wait_for_timeout(500)

    assert weak.delivered > 15
    expect(page.project(f"{name} 4")).to_have_count(1)
    page.open_project(f"{name} 4")
    page.tab("Services")
    expect(page.page.locator(".service-card")).to_have_count(5)
