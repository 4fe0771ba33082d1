"""The dashboard: charts, live, in both themes and as tables, and what waits; a project's, too."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.domain.e2e.page import SHOWN
from tests.domain.e2e.stack import OpenPage, Stack
from tests.domain.e2e.test_everybody import violations
from tests.domain.e2e.test_project_page import deploy
from tests.support import lab
from tests.support.template import function_name

CHART = "Deployments per day"
# What the first chart shows, dot by dot.
PAINTED = "() => document.querySelector('.chart canvas').toDataURL()"


@pytest.mark.feature("R11", "R18", "R34", "R35")
def test_days_are_drawn_live_and_told_as_tables(
    stack: Stack, open_page: OpenPage, name: str
) -> None:
    page = open_page("owner")
    page.create_project(name)
    page.open_project(name)
    page.tab("Activity")
    expect(page.heading("No deployments in these 14 days")).to_be_visible(timeout=SHOWN)
    with page.without_reload():
        good, bad = (deploy(stack, page, where) for where in ("staging", "production"))
        stack.command(page.id_token(), f"{good}/complete", {})
        stack.command(page.id_token(), f"{bad}/fail", {"reason": "No quota"})
        chart = page.page.get_by_role("img", name=f"{CHART}, ")
        expect(chart).to_have_accessible_name(re.compile("1 completed, 1 failed"), timeout=SHOWN)
    expect(page.page.locator(".stats .figure").first).to_have_text("2")
    assert violations(page.page) == []

    page.page.get_by_role("navigation", name="Main").get_by_role("link", name="Dashboard").click()
    expect(page.page).to_have_url(f"{stack.web_url}/dashboard")
    expect(page.page.get_by_role("img", name=f"{CHART}, ")).to_be_visible(timeout=SHOWN)
    page.page.get_by_text("7 days", exact=True).click()
    expect(page.page).to_have_url(f"{stack.web_url}/dashboard?range=7d")
    assert violations(page.page) == []
    follows_the_theme(page.page)
    assert violations(page.page) == []

    page.button("As a table").first.click()
    days = page.page.get_by_role("table", name=f"{CHART}, ")
    expect(days.get_by_role("row")).to_have_count(1 + 7)
    page.page.set_viewport_size({"width": 390, "height": 844})
    assert violations(page.page) == []
    assert page.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def follows_the_theme(page: Page) -> None:
    """Turn the page dark and see the charts painted anew: a canvas knows no custom properties."""
    light = page.evaluate(PAINTED)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"light => ({PAINTED})() !== light", arg=light)


@pytest.mark.feature("R6", "R34", "R35")
def test_admin_sees_the_minutes_of_the_pipeline_drawn_live(
    stack: Stack, open_page: OpenPage
) -> None:
    now = datetime.now(UTC)
    # Before there was a stack, so that nothing else was measured in these minutes.
    measure(stack, now - timedelta(minutes=50), latency=4242, events=1077)
    page = open_page("admin", "/dashboard")
    slowest = page.page.get_by_role("img", name="What 99 of 100 took at most")
    expect(slowest).to_have_accessible_name(re.compile(r"Command 4\.2 s"), timeout=SHOWN)
    with page.without_reload():
        measure(stack, now - timedelta(minutes=40), latency=5252, events=2023)
        expect(slowest).to_have_accessible_name(re.compile(r"Command 5\.3 s"), timeout=SHOWN)
    assert violations(page.page) == []
    follows_the_theme(page.page)
    assert violations(page.page) == []
    for _ in ("latencies", "events"):
        page.button("As a table").first.click()
    minute = page.page.get_by_role("row", name=f"{now - timedelta(minutes=40):%H:%M}")
    expect(minute.first).to_contain_text("5.3 s")
    expect(minute.last).to_contain_text("2023")
    page.page.set_viewport_size({"width": 390, "height": 844})
    assert violations(page.page) == []
    assert page.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def measure(stack: Stack, at: datetime, *, latency: float, events: float) -> None:
    """Have measured something at a time, and bring it into rows, as the schedule does."""
    of_projects = [{"Name": "Aggregate", "Value": "PROJECT"}]
    stack.aws.client("cloudwatch").put_metric_data(
        Namespace="skafu-local",
        MetricData=[
            {"MetricName": name, "Dimensions": of_projects, "Timestamp": at, "Value": value}
            for name, value in (("CommandLatency", latency), ("EventsStored", events))
        ],
    )
    lab.call(stack.aws, function_name("MetricWriter"))


@pytest.mark.feature("R34", "R35")
def test_what_has_failed_waits_on_the_dashboard(
    stack: Stack, open_page: OpenPage, name: str
) -> None:
    page = open_page("owner")
    page.create_project(name)
    page.open_project(name)
    production = deploy(stack, page, "production")
    page.page.get_by_role("navigation", name="Main").get_by_role("link", name="Dashboard").click()
    waiting = page.page.get_by_role("region", name="Needs your attention")
    line = waiting.get_by_role("row").filter(has_text=name)
    with page.without_reload():
        stack.command(page.id_token(), f"{production}/fail", {"reason": "No quota"})
        expect(line).to_contain_text("Deployment to production failed", timeout=SHOWN)
        expect(line.locator("time")).to_have_text("just now", timeout=SHOWN)
        assert violations(page.page) == []
        line.get_by_role("link", name=f"Open: {name}").click()
    expect(page.page).to_have_url(re.compile(r"/deployments\?status=failed$"))
