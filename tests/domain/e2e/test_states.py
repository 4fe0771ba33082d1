"""Pictures of every state of the page, in light, in dark and on a phone.

`make screenshots` writes them to test-results/states/. Each state meets WCAG 2.2 AA, and none is
wider than its window.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from scripts.run import RESULTS
from tests.domain.e2e import fortnight
from tests.domain.e2e.held import held
from tests.domain.e2e.page import SHOWN, SkafuPage
from tests.domain.e2e.stack import Stack
from tests.domain.e2e.test_dashboard import measure
from tests.domain.e2e.test_everybody import violations
from tests.domain.e2e.test_story import DONE, publish, slug_of

pytestmark = [pytest.mark.screenshots, pytest.mark.timeout(900)]

FORMS: tuple[tuple[int, int, Literal["light", "dark"]], ...] = (
    (1280, 800, "light"),
    (1280, 800, "dark"),
    (390, 844, "light"),
)
STATES = RESULTS / "states"


@dataclass
class Gallery:
    """One browser of somebody, of which pictures are taken."""

    stack: Stack
    page: SkafuPage
    found: list[str] = field(default_factory=list)

    def take(self, name: str, *, whole: bool = False) -> None:
        """Take a picture of what is in the window, or of the whole page."""
        page = self.page.page
        for width, height, scheme in FORMS:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.mouse.move(0, 0)
            page.wait_for_timeout(300)  # until the layout has followed
            self.found += [f"{name} {width} {scheme}: {one}" for one in violations(page)]
            if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
                self.found.append(f"{name} {width}: wider than its window")
            page.screenshot(path=STATES / f"{name}-{width}-{scheme}.png", full_page=whole)
        page.set_viewport_size({"width": 1280, "height": 800})
        page.emulate_media(color_scheme="light")

    def send(self, path: str, data: dict[str, object], method: str = "POST") -> str:
        answer = self.stack.command(self.page.id_token(), path, data, method)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["aggregateId"])


@pytest.fixture(scope="module")
def galleries(stack: Stack, browser: Browser) -> Iterator[Callable[[str], Gallery]]:
    """Opens a browser of somebody; at the end nothing was found in any."""
    STATES.mkdir(parents=True, exist_ok=True)
    contexts: list[BrowserContext] = []
    opened: list[Gallery] = []

    def gallery(role: str) -> Gallery:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        contexts.append(context)
        one = Gallery(stack, SkafuPage(context.new_page(), stack.web_url))
        user = stack.users[role]
        one.page.open().sign_in(user["email"], user["password"])
        opened.append(one)
        return one

    yield gallery
    for context in contexts:
        context.close()
    assert [problem for one in opened for problem in (*one.found, *one.page.problems)] == []


@pytest.fixture(scope="module")
def owner(galleries: Callable[[str], Gallery]) -> Gallery:
    return galleries("owner")


@pytest.fixture(scope="module")
def admin(galleries: Callable[[str], Gallery]) -> Gallery:
    return galleries("admin")


@pytest.fixture(scope="module")
def templates(admin: Gallery) -> dict[str, str]:
    """Publish one that works, one that cannot be rendered; return their ids."""
    token, leaf = admin.page.id_token(), [{"name": "leaf", "type": "TEXT", "label": "Leaf"}]
    return {
        "works": publish(admin.stack, token, "Tea house", "# <%= name %>\n", leaf),
        "fails": publish(admin.stack, token, "Broken pot", "# <%= features[9] %>\n", leaf),
    }


@pytest.fixture(scope="module")
def project(owner: Gallery) -> str:
    """A project with services, deployments and an analysis; return its path."""
    services = [
        {"serviceName": "checkout", "serviceType": "API", "configuration": {"memory": 512}},
        {"serviceName": "mailer", "serviceType": "WORKER"},
    ]
    configuration = {
        "runtime": "python3.13", "region": "eu-west-1", "features": ["sign-in", "ci"],
        "environment": {"LOG_LEVEL": "INFO"},
    }  # fmt: skip
    data = {
        "name": "Storefront",
        "description": "The shop that customers see.",
        "services": services,
    }
    id = owner.send("/projects", {**data, "configuration": configuration})
    for environment, end, more in (
        ("staging", "complete", {"url": "https://staging.example.com"}),
        ("production", "fail", {"reason": "Stack update rolled back: No quota"}),
        ("staging", None, {}),
    ):
        deployment = str(uuid4())
        path = f"/projects/{id}/deployments"
        sent = {"environment": environment, "revision": "4fe1c0de", "deploymentId": deployment}
        owner.send(path, dict(sent))
        if end:
            owner.send(f"{path}/{deployment}/{end}", dict(more))
    owner.send("/analyses", {"projectId": id, "kind": "COST"})
    return f"/projects/{id}"


def opened(one: Gallery, path: str, heading: str) -> SkafuPage:
    page = one.page.open(path).wait_until_live()
    expect(page.heading(heading).first).to_be_visible(timeout=SHOWN)
    return page


def test_of_projects(owner: Gallery, galleries: Callable[[str], Gallery], project: str) -> None:
    empty = galleries("second")
    opened(empty, "/projects", "projects")
    empty.take("projects-empty")
    page = opened(owner, project, "Storefront")
    for n in range(3):
        owner.send("/projects", {"name": f"Loyalty {n}", "description": "Points and tiers."})
    page.open("/projects?view=cards").wait_until_live()
    page.see_project("Loyalty 2")
    owner.take("projects-cards")
    page.open("/projects?view=table").wait_until_live()
    page.see_project("Loyalty 2")
    owner.take("projects-rows")
    page.button("Archived").click()
    page.page.wait_for_timeout(1000)
    owner.take("projects-filtered")
    page.open("/projects?q=loyal").wait_until_live()
    expect(page.project("Loyalty 2")).to_be_visible(timeout=SHOWN)
    owner.take("projects-search")
    page.open("/projects?q=zebra").wait_until_live()
    expect(page.heading("No project has")).to_be_visible(timeout=SHOWN)
    owner.take("projects-no-hit")
    everybody = galleries("admin")
    opened(everybody, "/projects", "rojects")
    everybody.page.see_project("Storefront")
    everybody.take("projects-everybody")
    owner.page.page.route("**/graphql", lambda route: route.abort())
    page.page.reload()
    expect(page.alert.or_(page.button("Try again")).first).to_be_visible(timeout=SHOWN)
    owner.take("projects-error")
    owner.page.page.unroute("**/graphql")


def test_of_a_project(owner: Gallery, project: str) -> None:
    page = opened(owner, project, "Storefront")
    expect(page.page.get_by_text("1 of 2 that ended")).to_be_visible(timeout=SHOWN)
    owner.take("project-overview")
    for tab in ("Services", "Deployments", "Analysis", "History"):
        page.tab(tab)
        page.page.wait_for_timeout(2000)
        owner.take(f"project-{tab.lower()}")
    page.button("State").click()
    owner.take("project-history-state")
    page.open("/projects/01900000-0000-7000-8000-000000000000")
    expect(page.heading("Project not found")).to_be_visible(timeout=SHOWN)
    owner.take("dialogs-not-found")


def test_of_dialogs(owner: Gallery, project: str) -> None:
    page = opened(owner, project, "Storefront")
    page.page.locator(".page-header").get_by_role("button", name="More about").click()
    owner.take("dialogs-menus")
    page.page.keyboard.press("Escape")
    for action, name in (
        ("Configure…", "configure"),
        ("Archive…", "archive"),
        ("Delete…", "delete"),
    ):
        page.choose(action)
        owner.take(f"dialogs-{name}")
        page.button("Cancel").click()
    page.button("Edit").click()
    page.field("Name").fill("Shopfront")
    page.page.keyboard.press("Escape")
    owner.take("dialogs-discard")
    page.button("Keep editing").click()
    owner.send(project, {"name": "Storefront two"}, "PATCH")
    expect(page.dialog).to_contain_text("Storefront two", timeout=SHOWN)
    owner.take("dialogs-conflict-notice")
    page.send("Save changes")
    page.page.wait_for_timeout(1000)
    owner.take("dialogs-conflict")
    page.page.keyboard.press("Escape")
    page.button("Throw away").click()
    page.fill_service("checkout", '{"memory": 1024}')
    owner.take("dialogs-service")
    page.send("Add service")
    expect(page.alert).to_be_visible()
    owner.take("dialogs-error")
    page.field("Service name").fill("search")
    page.page.route("**/projects/**", lambda route: None)
    page.send("Add service")
    page.page.wait_for_timeout(500)
    owner.take("dialogs-sending")
    page.page.unroute("**/projects/**")
    page.page.context.set_offline(True)
    page.page.wait_for_timeout(1000)
    owner.take("dialogs-offline")
    page.page.context.set_offline(False)


def test_of_an_archived_project(owner: Gallery) -> None:
    id = owner.send("/projects", {"name": "Old shop", "description": "Closed in May."})
    page = opened(owner, f"/projects/{id}", "Old shop")
    page.choose("Archive…")
    page.send("Archive project")
    expect(page.heading("Archived")).to_be_visible(timeout=SHOWN)
    owner.take("dialogs-toasts")
    owner.take("project-archived")
    page.button("Restore").click()
    owner.take("dialogs-restore")
    page.button("Cancel").click()


@pytest.mark.usefixtures("templates")
def test_of_a_new_project(owner: Gallery) -> None:
    page = opened(owner, "/projects/new", "New project")
    expect(page.page.get_by_role("link", name="Tea house", exact=True)).to_be_visible(timeout=SHOWN)
    owner.take("new-project-gallery")
    page.page.get_by_role("link", name="Tea house", exact=True).click()
    expect(page.on_page("Leaf")).to_be_visible()
    owner.take("new-project-parameters")
    page.button("Review").click()
    expect(page.alert).to_be_visible()
    owner.take("new-project-mistakes")
    page.on_page("Name").fill("Tea house online")
    page.on_page("Region").select_option("eu-west-1")
    page.on_page("Runtime").select_option("python3.13")
    page.review()
    owner.take("new-project-review")


def test_of_provisioning(owner: Gallery, templates: dict[str, str]) -> None:
    page = owner.page
    settings = {"runtime": "python3.13", "region": "eu-west-1"}
    data = {"configuration": settings, "templateParameters": {"leaf": "sage"}}
    for kind, name, before, seen in (
        ("works", "running", "REPOSITORY", "[data-step=REPOSITORY][data-state=run]"),
        ("fails", "undoing", "Undo ANALYSIS", "[data-step=ANALYSIS][data-state=undoing]"),
    ):
        id = owner.send("/projects", {"name": f"Tea {name}", "configuration": settings})
        path = f"/projects/{id}"
        with held(owner.stack, before):
            owner.send(f"{path}/provisioning", {"templateId": templates[kind]})
            page.open(f"{path}/provisioning").wait_until_live()
            expect(page.page.locator(seen)).to_be_visible(timeout=DONE)
        owner.take(f"provisioning-{name}")
        if name == "running":
            opened(owner, path, "Tea running")
            note = page.page.get_by_text("Provisioning, attempt 1")
            expect(note).to_be_visible(timeout=SHOWN)
            owner.take("project-provisioning-overview")
    id = owner.send("/projects", {"name": "Tea failed", "templateId": templates["fails"], **data})
    page.open(f"/projects/{id}/provisioning")
    expect(page.heading("Tea failed was not set up")).to_be_visible(timeout=DONE)
    owner.take("provisioning-failed")
    page.button("Change parameters").click()
    owner.take("provisioning-retry")
    page.button("Cancel").click()
    id = owner.send("/projects", {"name": "Tea ready", "templateId": templates["works"], **data})
    page.open(f"/projects/{id}/provisioning")
    expect(page.heading("Tea ready is ready")).to_be_visible(timeout=DONE)
    owner.take("provisioning-completed")
    page.open(f"/projects/{id}/repository")
    expect(page.page.get_by_role("tree")).to_be_visible(timeout=SHOWN)
    owner.take("project-repository")


def test_of_the_dashboard(
    owner: Gallery, galleries: Callable[[str], Gallery], templates: dict[str, str]
) -> None:
    configuration = {"runtime": "python3.13", "region": "eu-west-1"}
    wish = {"templateId": templates["fails"], "configuration": configuration}
    owner.send("/projects", {"name": "Returns portal", **wish})
    loyalty = owner.send("/projects", {"name": "Loyalty"})
    deployment = f"/projects/{loyalty}/deployments"
    sent = {"environment": "production", "revision": "4fe1c0de", "deploymentId": str(uuid4())}
    owner.send(deployment, dict(sent))
    owner.send(f"{deployment}/{sent['deploymentId']}/fail", {"reason": "No quota"})
    calls, page = "**/graphql", owner.page.page
    page.route(calls, fortnight.answer)
    opened(owner, "/dashboard", "Dashboard")
    for words in ("Deployment to production failed", "Provisioning failed at Repository"):
        expect(page.get_by_text(words).first).to_be_visible(timeout=DONE)
    owner.take("dashboard-charts", whole=True)
    for _ in ("deployments", "rates"):
        owner.page.button("As a table").first.click()
    owner.take("dashboard-tables", whole=True)
    page.unroute(calls)
    page.route(calls, when_asked_for_rows(lambda route: None))
    page.reload()
    expect(page.locator(".bone").first).to_be_attached(timeout=SHOWN)
    owner.take("dashboard-loading", whole=True)
    page.unroute(calls)
    page.route(calls, when_asked_for_rows(lambda route: route.abort()))
    page.reload()
    expect(owner.page.heading("could not be read")).to_have_count(2, timeout=SHOWN)
    owner.take("dashboard-error", whole=True)
    page.unroute(calls)
    nobody = galleries("second")
    opened(nobody, "/dashboard", "No deployments in these 14 days")
    expect(nobody.page.page.get_by_text("Nothing: every project")).to_be_visible(timeout=SHOWN)
    nobody.take("dashboard-nothing", whole=True)
    everybody, now = galleries("admin"), datetime.now(UTC)
    for minutes in range(40, 50):
        at = now - timedelta(minutes=minutes)
        measure(owner.stack, at, latency=40 + 7 * (minutes % 4), events=10 + 3 * (minutes % 5))
    opened(everybody, "/dashboard", "The pipeline in the last hour")
    slowest = everybody.page.page.get_by_role("img", name="What 99 of 100 took at most")
    expect(slowest).to_be_visible(timeout=SHOWN)
    everybody.take("dashboard-pipeline", whole=True)
    for _ in ("latencies", "events"):
        everybody.page.button("As a table").first.click()
    everybody.take("dashboard-minutes", whole=True)


def when_asked_for_rows(do: Callable[[Route], None]) -> Callable[[Route], None]:
    """Return what treats the questions for one's days and projects so, and lets others pass."""

    def handle(route: Route) -> None:
        asked = route.request.post_data or ""
        concerned = "analyticsByUser" in asked or "projectsByUser" in asked
        return do(route) if concerned else route.fallback()

    return handle


def test_of_templates(admin: Gallery, templates: dict[str, str]) -> None:
    page = opened(admin, "/templates", "Templates")
    expect(page.page.get_by_role("link", name="Tea house", exact=True)).to_be_visible(timeout=SHOWN)
    admin.take("templates-gallery")
    page.open(f"/templates/{slug_of('Tea house')}").wait_until_live()
    expect(page.heading("Tea house")).to_be_visible(timeout=SHOWN)
    admin.take("templates-template")
    files = [{"path": "README.md", "content": "# <%= name %>\n\nOf <%= leaf %>.\n"}]
    admin.send(f"/templates/{templates['works']}", {"files": files}, "PATCH")
    page.open(f"/templates/{slug_of('Tea house')}/revise").wait_until_live()
    expect(page.button("Publish revision 2")).to_be_enabled(timeout=SHOWN)
    admin.take("templates-revise")
    page.open(f"/templates/{slug_of('Tea house')}").wait_until_live()
    page.button("More: copy id, deprecate").click()
    page.page.get_by_role("menuitem", name="Deprecate…").click()
    admin.take("templates-deprecate")
