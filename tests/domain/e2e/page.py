"""The page as a person uses it: read, filled and pressed by the words that stand there."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, WebSocket, expect

LIVE = 120_000  # ms: opening the page, signing in and subscribing, on a busy machine
SHOWN = 60_000  # ms: from a command to its row on the page


@dataclass
class Frames:
    """The frames that the server has sent over the subscriptions of one page."""

    received: list[dict[str, Any]] = field(default_factory=list)

    def listen(self, socket: WebSocket) -> None:
        if "/realtime" in socket.url:
            socket.on("framereceived", self._keep)

    def _keep(self, payload: str | bytes) -> None:
        self.received.append(json.loads(payload))

    @property
    def data(self) -> list[dict[str, Any]]:
        return [frame for frame in self.received if frame["type"] == "data"]

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The subscription field of each row that was sent, and its id."""
        sent = (frame["payload"]["data"] for frame in self.data)
        return [(field, row["id"]) for data in sent for field, row in data.items()]

    @property
    def acknowledged(self) -> int:
        return sum(frame["type"] == "start_ack" for frame in self.received)


class SkafuPage:
    """One browser tab."""

    def __init__(self, page: Page, web_url: str) -> None:
        self.page = page
        self.web_url = web_url
        self.frames = Frames()
        self.problems: list[str] = []
        page.on("websocket", self.frames.listen)
        page.on("pageerror", lambda error: self.problems.append(str(error)))

    def open(self, path: str = "/") -> "SkafuPage":
        self.page.goto(self.web_url + path)
        return self

    def sign_in(self, email: str, password: str) -> "SkafuPage":
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.button("Sign in").click()
        return self.wait_until_live()

    def wait_until_live(self) -> "SkafuPage":
        expect(self.connection).to_have_text("Live", timeout=LIVE)
        return self

    @property
    def connection(self) -> Locator:
        return self.page.locator(".connection")

    @property
    def alert(self) -> Locator:
        return self.page.get_by_role("alert")

    @property
    def toasts(self) -> Locator:
        """What is told in a corner; the live region says the same."""
        return self.page.get_by_role("region", name="Notices")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def heading(self, name: str) -> Locator:
        return self.page.get_by_role("heading", name=name)

    def field(self, label: str) -> Locator:
        return self.dialog.get_by_label(label)

    def project(self, name: str) -> Locator:
        """The project's card or row on the list."""
        return self.page.locator(".project-card, .project-row").filter(has_text=name)

    def see_project(self, name: str) -> None:
        """Wait for a project that was created elsewhere: in a list with others it is asked for."""
        news = self.page.get_by_role("button", name=re.compile("^Show (it|them)$"))
        deadline = time.monotonic() + SHOWN / 1000
        while not self.project(name).first.is_visible() and time.monotonic() < deadline:
            expect(self.project(name).or_(news).first).to_be_visible(timeout=SHOWN)
            if news.is_visible():
                news.click()
        expect(self.project(name).first).to_be_visible()

    def service(self, name: str) -> Locator:
        """The service's line on the tab of services."""
        return self.page.locator(".service-card").filter(has_text=name)

    def tab(self, name: str) -> "SkafuPage":
        """Goes to a tab of the project's page."""
        tabs = self.page.get_by_role("navigation", name="Project", exact=True)
        tabs.get_by_role("link", name=name).click()
        return self

    def fact(self, term: str) -> Locator:
        """What the overview of a project says of it under a term."""
        return self.page.locator("dt", has_text=re.compile(f"^{term}$")).locator(
            "xpath=following-sibling::dd[1]"
        )

    def choose(self, action: str) -> None:
        """Takes an action from the menu beside the project's title."""
        self.page.locator(".page-header").get_by_role("button", name="More about").click()
        self.page.get_by_role("menuitem", name=action).click()

    def sign_out(self) -> None:
        self.page.locator(".account").click()
        self.button("Sign out").click()

    def fill_project(self, name: str, description: str = "") -> None:
        """Opens the page of a new project without a template, and fills its fields."""
        self.page.get_by_role("link", name="New project").click()
        self.page.get_by_role("link", name="Without a template").click()
        self.on_page("Name").fill(name)
        self.on_page("Description").fill(description)

    def on_page(self, label: str) -> Locator:
        """A field that is in no dialog."""
        return self.page.get_by_role("main").get_by_label(label)

    def review(self) -> None:
        self.button("Review").click()
        expect(self.button("Create project")).to_be_visible()

    def create_filled(self) -> None:
        """Creates what stands in the fields; its page comes up."""
        self.review()
        self.button("Create project").click()

    def create_project(self, name: str, description: str = "") -> None:
        """Creates a project, and goes back to the list."""
        self.fill_project(name, description)
        self.create_filled()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(name, timeout=SHOWN)
        self.to_list()
        self.see_project(name)

    def to_list(self) -> None:
        main = self.page.get_by_role("navigation", name="Main")
        main.get_by_role("link", name="Projects").click()

    def open_project(self, name: str) -> str:
        """Returns the project's id."""
        self.page.get_by_role("link", name=name).click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(name)
        return self.page.url.rpartition("/")[2]

    def fill_service(self, name: str, configuration: str = "", kind: str = "API") -> None:
        self.tab("Services").button("Add service").click()
        self.field("Service name").fill(name)
        self.field("Type").select_option(label=kind)
        self.field("Configuration").fill(configuration)

    def add_service(self, name: str, configuration: str = "", kind: str = "API") -> None:
        self.fill_service(name, configuration, kind)
        self.send("Add service")
        expect(self.service(name)).to_be_visible(timeout=SHOWN)

    def send(self, action: str) -> None:
        """Presses the button of the open form."""
        self.dialog.get_by_role("button", name=action, exact=True).click()

    def id_token(self) -> str:
        token = self.page.evaluate(
            "Object.entries(localStorage).find(([key]) => key.endsWith('.idToken'))[1]"
        )
        return str(token)

    def drop_connection(self) -> None:
        """Closes the sockets from below, as a lost network does."""
        self.page.evaluate("window.openSockets.forEach((socket) => socket.close())")

    def until(self, condition: Callable[[], bool]) -> bool:
        """Wait for what the page does not show; say whether it came."""
        deadline = time.monotonic() + SHOWN / 1000
        while not (found := condition()) and time.monotonic() < deadline:
            self.page.wait_for_timeout(50)  # the browser's events come meanwhile
        return found

    @contextmanager
    def without_reload(self) -> Iterator[None]:
        """Fails when the page was loaded again meanwhile: nothing of it would then be live."""
        self.page.evaluate("window.neverReloaded = true")
        yield
        assert self.page.evaluate("window.neverReloaded === true"), "the page was loaded again"


# Runs before the page's own code, so that a test can close what the page has opened.
KEEP_SOCKETS = """
window.openSockets = [];
window.WebSocket = class extends window.WebSocket {
  constructor(...words) {
    super(...words);
    if (this.url.includes('/realtime')) window.openSockets.push(this);
  }
};
"""
