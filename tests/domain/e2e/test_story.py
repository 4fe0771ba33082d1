"""The main story: from "New project" to an archive, watched in a second browser."""

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Download, expect

from skafu.seeding.folders import read
from tests.domain.e2e.page import SHOWN, SkafuPage
from tests.domain.e2e.stack import OpenPage, Stack
from tests.domain.e2e.test_everybody import violations
from tests.support.paths import ROOT

DONE = 120_000  # ms: all five steps, on a busy machine
STEPS = ("TEMPLATE", "ANALYSIS", "REPOSITORY", "CONFIGURATION", "COMPLETION")


@pytest.fixture
def seeded(stack: Stack, open_page: OpenPage) -> None:
    """Bring the built-in templates, as `make dev` does; those that are there stay."""
    token = open_page("admin").id_token()
    for seed in read(ROOT / "templates"):
        for command in (seed.creation, *seed.changes):
            sent = {"aggregateId": command.target, "data": command.data}
            stack.command(token, f"/commands/{command.command}", sent)


def start(page: SkafuPage, name: str, template: str = "SAM API") -> None:
    """Create a project from a template, by the page."""
    page.page.get_by_role("link", name="New project").click()
    page.page.get_by_role("link", name=template, exact=True).click()
    page.on_page("Name").fill(name)
    page.on_page("Region").select_option("eu-west-1")
    page.create_filled()


@pytest.mark.feature("C8", "R34", "R35")
@pytest.mark.usefixtures("seeded")
def test_a_project_is_made_from_a_template_and_downloaded(open_page: OpenPage, name: str) -> None:
    first, second = open_page("owner"), open_page("owner")
    start(first, name)
    expect(first.page).to_have_url(re.compile("/provisioning$"), timeout=SHOWN)
    second.open(first.page.url.removeprefix(first.web_url))
    with second.without_reload():
        for page in (second, first):
            expect(page.heading(f"{name} is ready")).to_be_visible(timeout=DONE)
            for step in STEPS:
                shown = page.page.locator(f"[data-step={step}]")
                expect(shown).to_have_attribute("data-state", "done")
    assert violations(first.page) == []
    with first.page.expect_download() as downloading:
        first.button("Download").click()
    expect(first.alert).to_have_count(0)
    assert {"README.md", "Makefile", "template.yaml"} <= names_in(downloading.value)


# What a screen reader says: each text that comes into the live region.
HEAR = """() => {
  window.heard = [];
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes)
      if (target.matches('[role=status]'))
        window.heard.push(...[...addedNodes].map((added) => added.textContent));
  }).observe(document.body, { subtree: true, childList: true });
}"""


@pytest.mark.feature("R34", "R35")
@pytest.mark.usefixtures("seeded")
def test_a_second_browser_of_the_same_owner_sees_each_step_live(
    stack: Stack, open_page: OpenPage, name: str
) -> None:
    second = open_page("owner")
    token = second.id_token()
    configuration = {"runtime": "python3.13", "region": "eu-west-1"}
    created = stack.command(token, "/projects", {"name": name, "configuration": configuration})
    path = f"/projects/{created.json()['aggregateId']}/provisioning"
    second.open(path).wait_until_live()
    expect(second.heading(f"{name} was not set up from a template")).to_be_visible(timeout=SHOWN)
    second.page.evaluate(HEAR)
    with second.without_reload():
        stack.command(token, path, {"templateId": "worker-template"})
        expect(second.heading(f"{name} is ready")).to_be_visible(timeout=DONE)
    heard = [said for said in second.page.evaluate("heard") if "of 5:" in said or "All 5" in said]
    assert heard[-1] == "All 5 steps are done. The archive is ready to download."
    assert "Step 3 of 5: creating the repository." in heard
    assert heard == sorted(set(heard), key=heard.index)
    assert "onUpdateProvisioningRun" in dict(second.frames.rows)


def names_in(download: Download) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(Path(download.path()).read_bytes())) as archive:
        return set(archive.namelist())


@pytest.mark.feature("R35")
@pytest.mark.usefixtures("seeded")
def test_the_archive_is_on_the_tab_of_the_repository(open_page: OpenPage, name: str) -> None:
    page = open_page("owner")
    start(page, name, "Worker")
    expect(page.heading(f"{name} is ready")).to_be_visible(timeout=DONE)
    page.page.get_by_role("link", name="Open project").click()
    page.tab("Repository")
    expect(page.page.get_by_role("tree", name="Files of the archive")).to_contain_text("Makefile")
    assert violations(page.page) == []
    with page.page.expect_download() as downloading:
        page.button("Download").click()
    assert "README.md" in names_in(downloading.value)


@pytest.mark.usefixtures("seeded")
def test_what_was_typed_survives_a_reload_and_the_way_back(open_page: OpenPage, name: str) -> None:
    page = open_page("owner", "/projects/new/react-template")
    page.on_page("Name").fill(name)
    page.page.reload()
    expect(page.on_page("Name")).to_have_value(name)
    page.on_page("Region").select_option("eu-west-1")
    page.review()
    page.page.go_back()
    expect(page.on_page("Name")).to_have_value(name)
    page.page.evaluate("sessionStorage.clear()")


@pytest.mark.feature("C11", "R34")
def test_an_admin_drafts_publishes_and_deprecates_a_template(
    open_page: OpenPage, name: str
) -> None:
    admin = open_page("admin", "/templates/new")
    slug = slug_of(name)
    admin.on_page("Name").fill(name)
    admin.on_page("Slug").fill(slug)
    admin.button("Save draft").click()
    publishes = admin.button("Publish revision 1")
    expect(publishes).to_be_enabled(timeout=SHOWN)
    assert violations(admin.page) == []
    owner = open_page("owner", "/templates")
    expect(owner.page.get_by_role("link", name=name)).to_have_count(0)
    publishes.click()
    expect(owner.page.get_by_role("link", name=name)).to_be_visible(timeout=SHOWN)
    admin.open(f"/templates/{slug}").wait_until_live()
    admin.button("More: copy id, deprecate").click()
    admin.page.get_by_role("menuitem", name="Deprecate…").click()
    admin.field("Reason").fill("It was for a test.")
    admin.send("Deprecate")
    gone = admin.page.get_by_text("Nobody can choose this template any more")
    expect(gone).to_be_visible(timeout=SHOWN)
    expect(owner.page.get_by_role("link", name=name)).to_have_count(0, timeout=SHOWN)


@pytest.mark.feature("R34", "R35")
def test_what_failed_is_undone_and_tried_again(
    stack: Stack, open_page: OpenPage, name: str
) -> None:
    token = open_page("admin").id_token()
    template = publish(stack, token, name, "# <%= features[9] %>\n", PARAMETERS)
    page = open_page("owner", f"/projects/new/{slug_of(name)}")
    page.on_page("Name").fill(name)
    page.on_page("Region").select_option("eu-west-1")
    page.on_page("Runtime").select_option("python3.13")
    page.create_filled()
    expect(page.heading(f"{name} was not set up")).to_be_visible(timeout=DONE)
    expect(page.alert).to_contain_text("The repository could not be created")
    expect(page.alert).to_contain_text("Everything done before was undone")
    expect(page.page.locator("[data-step=TEMPLATE]")).to_have_attribute("data-state", "undone")
    assert violations(page.page) == []
    assert gap_above_the_buttons(page) >= 12
    files = [{"path": "README.md", "content": "# <%= name %>\n"}]
    stack.command(token, f"/templates/{template}", {"files": files}, "PATCH")
    stack.command(token, f"/templates/{template}/publish", {})
    page.button("Try again").click()
    expect(page.heading(f"{name} is ready")).to_be_visible(timeout=DONE)
    expect(page.page.locator("[data-attempt='1']")).to_contain_text("at Repository, undone")


def gap_above_the_buttons(page: SkafuPage) -> float:
    """Return the pixels between the last field of the form for another try and its buttons."""
    page.page.set_viewport_size({"width": 390, "height": 664})
    page.button("Change parameters").click()
    expect(page.field("Template")).to_be_visible()
    gap = page.dialog.evaluate("""(dialog) => {
      dialog.querySelector('form').scrollTo(0, 1e6);
      const fields = [...dialog.querySelectorAll('.amplify-field')].at(-1).getBoundingClientRect();
      return dialog.querySelector('footer').getBoundingClientRect().top - fields.bottom;
    }""")
    page.button("Cancel").click()
    page.page.set_viewport_size({"width": 1280, "height": 800})
    return float(gap)


# More of them than a phone shows at once.
PARAMETERS = [{"name": f"p{n}", "type": "TEXT", "label": f"Text {n}"} for n in range(9)]


def publish(stack: Stack, token: str, name: str, readme: str, parameters: Sequence[object]) -> str:
    """Publish a template with one file, and return its id."""
    files = [{"path": "README.md", "content": readme}]
    draft = {"slug": slug_of(name), "name": name, "files": files, "parameters": parameters}
    drafted = stack.command(token, "/templates", draft)
    template = str(drafted.json()["aggregateId"])
    stack.command(token, f"/templates/{template}/publish", {})
    return template


def slug_of(name: str) -> str:
    return name.lower().replace(" ", "-")
