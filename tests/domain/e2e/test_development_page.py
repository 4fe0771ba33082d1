"""The development server's page works as the page that `vite build` makes, which all others see."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser

from local import ports
from tests.domain.e2e import web
from tests.domain.e2e.page import SkafuPage
from tests.domain.e2e.stack import Stack

OUTPUTS = ("amplify_outputs.json", "skafu_outputs.json")


@pytest.fixture
def outputs(stack: Stack, tmp_path: Path) -> Path:
    """A folder with what the deployment says of itself."""
    for name in OUTPUTS:
        answer = requests.get(f"{stack.web_url}/{name}", timeout=60)
        answer.raise_for_status()
        (tmp_path / name).write_bytes(answer.content)
    return tmp_path


@pytest.fixture
def development_url(outputs: Path) -> Iterator[str]:
    (port,) = ports.free(1)
    with web.served(outputs, port) as url:
        yield url


@pytest.mark.feature("R35")
def test_the_development_page_signs_in_creates_and_keeps_its_addresses(
    stack: Stack, browser: Browser, development_url: str, name: str
) -> None:
    context = browser.new_context()
    page = SkafuPage(context.new_page(), development_url).open()
    owner = stack.users["owner"]
    page.sign_in(owner["email"], owner["password"])
    page.create_project(name)
    project_id = page.open_project(name)
    page.open(f"/projects/{project_id}").wait_until_live()
    page.add_service("checkout")
    assert page.problems == []
    context.close()
