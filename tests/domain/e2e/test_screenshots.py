"""Pictures of the page for the README: `make screenshots` writes them to docs/screenshots/."""

from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.domain.e2e import fortnight
from tests.domain.e2e.page import SHOWN, SkafuPage
from tests.domain.e2e.stack import Stack
from tests.support.paths import DOCS

PROVISIONED = 120_000  # ms: all five steps, on a busy machine
PICTURES = DOCS / "screenshots"
PROJECTS = (
    ("Returns portal", "Labels, refunds and the warehouse's side of every return.", None, ()),
    ("Loyalty", "", None, (("points", "API"),)),
    (
        "Mobile checkout",
        "One-page payment for the app, with wallets and saved cards.",
        "react-template",
        (),
    ),
    (
        "Catalogue search",
        "Typo-tolerant search over two million articles, re-indexed within a minute.",
        "worker-template",
        (),
    ),
    ("Storefront", "The shop that customers see.", "full-stack-template", ()),
)


@pytest.mark.screenshots
@pytest.mark.timeout(300)
def test_pictures_of_the_page(stack: Stack, browser: Browser) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page = SkafuPage(context.new_page(), stack.web_url).open()
    # The owner's list stands in the pictures of the states, which are taken before.
    someone = stack.users["second"]
    page.sign_in(someone["email"], someone["password"])
    make_projects(stack, page)
    provisioning = page.page.locator(".badge", has_text="Provisioning")
    expect(provisioning).to_have_count(0, timeout=SHOWN)
    page.open("/projects").wait_until_live()
    expect(page.project("Storefront")).to_be_visible(timeout=SHOWN)
    take(page, "list")

    page.open_project("Storefront")
    expect(page.heading("Ready")).to_be_visible(timeout=SHOWN)
    deploy(stack, page)
    expect(page.page.get_by_role("table")).to_contain_text("No quota", timeout=SHOWN)
    take(page, "detail")

    page.page.route("**/graphql", fortnight.answer)
    page.page.get_by_role("navigation", name="Main").get_by_role("link", name="Dashboard").click()
    expect(page.page.get_by_text("Deployment to staging failed")).to_be_visible(timeout=SHOWN)
    take(page, "dashboard", whole=True)
    page.page.unroute("**/graphql")
    page.page.go_back()

    page.page.emulate_media(color_scheme="dark")
    page.tab("History")
    page.page.get_by_role("link", name="Deployment failed").click()
    expect(page.page.get_by_role("table")).to_contain_text("FAILED", timeout=SHOWN)
    take(page, "history")

    page.page.emulate_media(color_scheme="light")
    page.add_service("checkout", '{"memory": 512, "timeout": 10}')
    page.fill_service("checkout", '{"memory": 1024}')
    page.send("Add service")
    expect(page.alert).to_be_visible()
    take(page, "error")

    page.open("/projects/new").wait_until_live()
    expect(page.page.get_by_role("link", name="Worker", exact=True)).to_be_visible(timeout=SHOWN)
    take(page, "new-project")
    page.page.get_by_role("link", name="SAM API", exact=True).click()
    page.on_page("Name").fill("Orders")
    page.on_page("Region").select_option("eu-west-1")
    page.create_filled()
    expect(page.heading("Orders is ready")).to_be_visible(timeout=PROVISIONED)
    take(page, "provisioning")

    page.page.set_viewport_size({"width": 390, "height": 844})
    page.open("/projects").wait_until_live()
    expect(page.project("Storefront")).to_be_visible(timeout=SHOWN)
    take(page, "phone")
    context.close()


def make_projects(stack: Stack, page: SkafuPage) -> None:
    token = page.id_token()
    for name, description, template, services in PROJECTS:
        data = {
            "name": name,
            "description": description or None,
            "templateId": template,
            "services": [{"serviceName": s, "serviceType": t} for s, t in services],
        }
        answer = stack.command(token, "/projects", data)
        assert answer.status_code == 202, answer.text
        page.see_project(name)


def deploy(stack: Stack, page: SkafuPage) -> None:
    """Report what a pipeline does: two deployments that went well, and one that did not."""
    token = page.id_token()
    path = page.page.url.removeprefix(stack.web_url) + "/deployments"
    for environment, outcome in (
        ("staging", {"url": "https://staging.example.com"}),
        ("production", {"url": "https://storefront.example.com"}),
        ("staging", {"reason": "Stack update rolled back: No quota"}),
    ):
        deployment = str(uuid4())
        data = {"environment": environment, "revision": uuid4().hex, "deploymentId": deployment}
        assert stack.command(token, path, data).status_code == 202
        end = "fail" if "reason" in outcome else "complete"
        assert stack.command(token, f"{path}/{deployment}/{end}", outcome).status_code == 202


def take(page: SkafuPage, name: str, *, whole: bool = False) -> None:
    page.page.mouse.move(0, 0)
    page.page.wait_for_timeout(500)  # until the last transition has ended
    page.page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)
