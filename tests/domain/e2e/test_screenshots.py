"""Pictures of the page for the README: `make screenshots` writes them to docs/screenshots/."""

import pytest
from playwright.sync_api import Browser, expect

from tests.domain.e2e.page import SHOWN, SkafuPage
from tests.domain.e2e.stack import Stack
from tests.support.paths import DOCS

PICTURES = DOCS / "screenshots"
PROJECTS = (
    ("Returns portal", "Labels, refunds and the warehouse's side of every return.", ()),
    ("Loyalty", "", (("points", "API"),)),
    (
        "Mobile checkout",
        "One-page payment for the app, with wallets and saved cards.",
        (("payments", "API"), ("wallets", "WORKER")),
    ),
    (
        "Catalogue search",
        "Typo-tolerant search over two million articles, re-indexed within a minute.",
        (("search", "API"), ("indexer", "WORKER"), ("console", "FRONTEND")),
    ),
    ("Storefront", "The shop that customers see.", ()),
)


@pytest.mark.screenshots
@pytest.mark.timeout(300)
def test_pictures_of_list_detail_and_error(stack: Stack, browser: Browser) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page = SkafuPage(context.new_page(), stack.web_url).open()
    owner = stack.users["owner"]
    page.sign_in(owner["email"], owner["password"])
    make_projects(stack, page)
    take(page, "list")

    page.open_project("Storefront")
    page.add_service("checkout", '{"memory": 512, "timeout": 10}')
    page.add_service("shop-window", kind="Front end")
    page.add_service("image-resizer", kind="Worker")
    page.page.locator("summary").first.click()
    take(page, "detail")

    page.fill_service("checkout", '{"memory": 1024}')
    page.send("Add service")
    expect(page.alert).to_be_visible()
    take(page, "error")
    context.close()


def make_projects(stack: Stack, page: SkafuPage) -> None:
    token = page.id_token()
    for name, description, services in PROJECTS:
        data = {
            "name": name,
            "description": description or None,
            "services": [{"serviceName": s, "serviceType": t} for s, t in services],
        }
        assert stack.command(token, "/projects", data).status_code == 202
        expect(page.project(name)).to_be_visible(timeout=SHOWN)


def take(page: SkafuPage, name: str) -> None:
    page.page.mouse.move(0, 0)
    page.page.wait_for_timeout(500)  # until the last transition has ended
    page.page.screenshot(path=PICTURES / f"{name}.png")
