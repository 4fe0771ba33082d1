"""Browsers of people who have signed in, each with storage of its own."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, StorageState, ViewportSize

from tests.domain.e2e.page import KEEP_SOCKETS, SkafuPage
from tests.domain.e2e.stack import Stack


@dataclass
class Browsers:
    """One test at a time has a browser; the next one finds the page's code in its cache."""

    stack: Stack
    browser: Browser
    states: dict[str, StorageState] = field(default_factory=dict)
    idle: defaultdict[str, list[BrowserContext]] = field(default_factory=lambda: defaultdict(list))

    @contextmanager
    def borrowed(self, role: str) -> Iterator[BrowserContext]:
        """Yield a browser of someone; what tests change of one is undone."""
        self.state(role)
        context = self.idle[role].pop() if self.idle[role] else self.opened(role)
        yield context
        for page in context.pages[1:]:
            page.close()
        context.set_offline(False)
        context.clear_permissions()
        self.idle[role].append(context)

    def state(self, role: str) -> StorageState:
        """Return the storage of someone who has signed in; each signs in once."""
        if role not in self.states:
            self.sign_in(role)
        return self.states[role]

    def sign_in(self, role: str) -> None:
        context = self.new()
        user, page = self.stack.users[role], context.new_page()
        SkafuPage(page, self.stack.web_url).open().sign_in(user["email"], user["password"])
        self.states[role] = context.storage_state()
        page.close()
        self.idle[role].append(self.prepared(context, role))

    def opened(self, role: str) -> BrowserContext:
        return self.prepared(self.new(), role)

    def new(self) -> BrowserContext:
        """Return a browser with an empty page: it would forget its cache when it has none."""
        # What moves without end is drawn anew without end, by processors that others want.
        size = ViewportSize(width=1280, height=800)
        context = self.browser.new_context(viewport=size, reduced_motion="reduce")
        context.new_page()
        return context

    def prepared(self, context: BrowserContext, role: str) -> BrowserContext:
        context.add_init_script(stored(self.states[role]))
        context.add_init_script(KEEP_SOCKETS)
        return context


def stored(state: StorageState) -> str:
    """Return a script that fills a new tab's storage; playwright would open a page for that."""
    (origin,) = state["origins"]
    entries = json.dumps([[entry["name"], entry["value"]] for entry in origin["localStorage"]])
    return f"""
        if (sessionStorage.getItem("filled") === null) {{
          localStorage.clear();
          for (const [name, value] of {entries}) localStorage.setItem(name, value);
          sessionStorage.setItem("filled", "yes");
        }}
    """
