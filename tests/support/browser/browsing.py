"""Someone at a browser: opens pages of the admin page, sees what goes wrong in them, and takes photographs.

What a test needs of this comes as fixtures from conftest.py, except for the functions that look at a page:
`sign_in`, `assert_accessible` and `photograph`.
"""

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Route, StorageState, expect

from tools.local.settings import PROJECT
from tools.local.stack import SignIn

SCREENSHOTS = PROJECT / ".local" / "screenshots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")  # as in install_chromium.sh
# Nothing but the tests' own requests, and nothing that a machine without a screen cannot do.
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MILLISECONDS = 10_000
UNACCEPTABLE = {"serious", "critical"}
# Cloudscape says on its own toolbar for phones which way it lies, where ARIA has no word for it. Nobody is kept out.
FLAWS_OF_CLOUDSCAPE = {"aria-allowed-attr": "awsui_mobile-toolbar-nav"}


@dataclass(frozen=True)
class Display:
    """What someone looks at the page with."""

    width_px: int = 1280
    color_scheme: Literal["light", "dark"] = "light"

    def __str__(self) -> str:
        return f"{self.color_scheme}-{self.width_px}"


DESKTOP = Display()
# Both colours and both widths of each page; all four of each would take the tests twice as long.
DISPLAYS = [Display(1280), Display(400, "dark")]


def launch(playwright: Playwright) -> Browser:
    """The machine's Chromium, or else the one that Playwright has downloaded."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    return playwright.chromium.launch(executable_path=path, args=ARGUMENTS)


@dataclass
class Browsing:
    """The pages that one test opens. An error in a browser's console fails the test, and so does a breach of the
    content security policy, unless the test has said that it comes."""

    browser: Browser
    page_url: str
    errors: list[str] = field(default_factory=list)
    tolerated: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, path: str = "", *, display: Display = DESKTOP, session: StorageState | None = None) -> Page:
        """Open `/#/path` in a browser of its own, which shares nothing with the test's other pages."""
        context = self.browser.new_context(
            base_url=self.page_url,
            viewport={"width": display.width_px, "height": 900},
            color_scheme=display.color_scheme,
            locale="en-GB",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
            storage_state=session,
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        context.on("console", self._note)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.contexts.append(context)
        page = context.new_page()
        page.goto(f"/#/{path.lstrip('/')}")
        return page

    def tolerate(self, pattern: str) -> None:
        """Say that an error comes, like `status of 409`: a browser reports every refusal of the API."""
        self.tolerated.append(pattern)

    def unexpected_errors(self) -> list[str]:
        """What went wrong, other than what was said to."""
        return [error for error in self.errors if not any(re.search(pattern, error) for pattern in self.tolerated)]

    def pages(self) -> list[Page]:
        """Every page that is open."""
        return [page for context in self.contexts for page in context.pages]

    def close(self) -> None:
        """Close everything that was opened."""
        for context in self.contexts:
            context.close()

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location['url']})")


def sign_in(page: Page, user: SignIn) -> None:
    """Fill the form in and wait until it is gone."""
    page.locator("input[autocomplete=username]").fill(user.username)
    password = page.locator("input[autocomplete=current-password]")
    password.fill(user.password)
    password.press("Enter")
    expect(password).to_have_count(0)


def assert_accessible(page: Page) -> None:
    """Nothing on the page is a serious or critical obstacle, by what axe can tell."""
    results = Axe().run(page)
    found = [violation for violation in results.response["violations"] if _is_an_obstacle(violation)]
    assert not found, "\n".join(results.generate_report(violation["id"]) for violation in found)


def _is_an_obstacle(violation: Mapping[str, Any]) -> bool:
    flaw = FLAWS_OF_CLOUDSCAPE.get(violation["id"])
    nodes = [node for node in violation["nodes"] if flaw is None or flaw not in node["html"]]
    return violation["impact"] in UNACCEPTABLE and bool(nodes)


def lose_the_answer(route: Route) -> None:
    """A change is made, and nobody hears of it."""
    if route.request.method == "POST":
        route.fetch()
    route.abort()


def photograph(page: Page, name: str) -> Path:
    """Keep what the whole page looks like, as .local/screenshots/<name>.png."""
    path = SCREENSHOTS / f"{name.replace(os.sep, '-')}.png"
    page.screenshot(path=path, full_page=True, animations="disabled")
    return path
