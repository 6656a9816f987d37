"""A browser for the tests: opens the admin page, collects its errors, and takes screenshots.

Tests get `Browsing` from the fixtures in conftest.py, and import the functions for a page from here:
`sign_in`, `assert_accessible`, `assert_dialog_accessible`, `lose_the_response` and `photograph`.
"""

import os
import re
import shutil
import time
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
# No requests besides those of the tests, and nothing that needs a screen.
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LAID_OUT_SECONDS_MAX = 10
TIMEOUT_MILLISECONDS = 30_000  # on a busy machine; the page refreshes its lists every 15 seconds
SCHEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")  # a light page is light again at the end
DIALOG = "[role=dialog]:not([aria-hidden=true])"
REPORTED_IMPACTS = {"serious", "critical"}
# Known violations inside Cloudscape: its toolbar for phones has an ARIA attribute that its role does not allow.
KNOWN_VIOLATIONS = {"aria-allowed-attr": 'aria-orientation="horizontal"'}


@dataclass(frozen=True)
class Display:
    """The screen and color scheme of a user."""

    width_px: int = 1280
    color_scheme: Literal["light", "dark"] = "light"

    def __str__(self) -> str:
        return f"{self.color_scheme}-{self.width_px}"


DESKTOP = Display()
# Both color schemes and both widths, without all four combinations, which would take twice as long.
DISPLAYS = [Display(1280), Display(400, "dark")]


def launch(playwright: Playwright) -> Browser:
    """Start the machine's Chromium, or the one that Playwright has downloaded."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    return playwright.chromium.launch(executable_path=path, args=ARGUMENTS)


@dataclass
class Browsing:
    """The pages that one test opens.

    An error in a browser's console or a violation of the content security policy fails the test, unless the test
    has announced it with `tolerate`.
    """

    browser: Browser
    page_url: str
    root: str = "/#/"  # before the path of each page
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    tolerated: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, path: str = "", *, display: Display = DESKTOP, session: StorageState | None = None) -> Page:
        """Open `/#/path` in a separate browser context."""
        page = self.new_page(display=display, session=session)
        page.goto(f"{self.root}{path.lstrip('/')}")
        return page

    def new_page(self, *, display: Display = DESKTOP, session: StorageState | None = None) -> Page:
        """An empty page in a separate browser context, which shares nothing with the test's other pages."""
        context = self.browser.new_context(
            base_url=self.page_url,
            viewport={"width": display.width_px, "height": 900},
            color_scheme=display.color_scheme,
            locale="en-GB",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
            storage_state=session,
        )
        context.set_default_timeout(TIMEOUT_MILLISECONDS)
        context.on("console", self._record)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.contexts.append(context)
        return context.new_page()

    def tolerate(self, pattern: str) -> None:
        """Announce an error, such as `status of 409`: a browser logs every error response of the API."""
        self.tolerated.append(pattern)

    def unexpected_errors(self) -> list[str]:
        """The errors that were not announced."""
        return [error for error in self.errors if not any(re.search(pattern, error) for pattern in self.tolerated)]

    def pages(self) -> list[Page]:
        """Every page that is open."""
        return [page for context in self.contexts for page in context.pages]

    def close(self) -> None:
        """Close everything that was opened."""
        for context in self.contexts:
            context.close()

    def _record(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location['url']})")
        elif message.type == "warning":
            self.warnings.append(message.text)


def sign_in(page: Page, user: SignIn) -> None:
    """Sign in with the form, and wait until it is closed."""
    page.locator("input[autocomplete=username]").fill(user.username)
    password = page.locator("input[autocomplete=current-password]")
    password.fill(user.password)
    password.press("Enter")
    expect(password).to_have_count(0)


def assert_accessible(page: Page, *, within: str | None = None) -> None:
    """Assert that axe finds no serious or critical violation on the page that stays: a new page is still laid out.

    Args:
        within: a selector of the part that is looked at; a page with thousands of elements takes minutes.
    """
    deadline = time.monotonic() + LAID_OUT_SECONDS_MAX
    while True:
        results = Axe().run(page, context=within)
        found = [violation for violation in results.response["violations"] if _is_reported(violation)]
        if not found or time.monotonic() > deadline:
            break
        page.wait_for_timeout(500)
    assert not found, "\n".join(f"{violation['help']}: {violation['nodes']}" for violation in found)


def assert_accessible_in_both_schemes(page: Page, *, within: str | None = None) -> None:
    """Assert that axe finds nothing on a light page, in the dark scheme neither: the page follows the system."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert_accessible(page, within=within)


def assert_dialog_accessible(page: Page) -> None:
    """Assert that axe finds nothing in the open dialog of a light page, in either color scheme."""
    expect(page.locator(DIALOG)).to_be_visible()
    assert_accessible_in_both_schemes(page, within=DIALOG)


def _is_reported(violation: Mapping[str, Any]) -> bool:
    known = KNOWN_VIOLATIONS.get(violation["id"])
    nodes = [node for node in violation["nodes"] if known is None or known not in node["html"]]
    return violation["impact"] in REPORTED_IMPACTS and bool(nodes)


def lose_the_response(route: Route) -> None:
    """A route handler that sends a change to the API, but loses the response."""
    if route.request.method == "POST":
        route.fetch()
    route.abort()


def photograph(page: Page, name: str) -> Path:
    """Save a screenshot of the whole page as .local/screenshots/<name>.png."""
    path = SCREENSHOTS / f"{name.replace(os.sep, '-')}.png"
    page.screenshot(path=path, full_page=True, animations="disabled")
    return path
