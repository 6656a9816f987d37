"""Takes pictures of pages in Chromium."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from playwright.sync_api import Error, Page, expect

from tests.support.browser.browsing import Display
from tests.support.deployed.manager import Manager
from tools.local import Stack
from tools.local.errors import LocalAwsError
from tools.local.stack import SignIn
from tools.pictures.pages import Shown

WIDTHS_PX = (1440, 1024, 400)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
DISPLAYS = tuple(Display(width, scheme) for width in WIDTHS_PX for scheme in SCHEMES)
DRAWN_MILLISECONDS = 60_000  # on a busy machine
# Nothing loads, and no list shows the rows of before.
IS_DRAWN = """() => document.querySelector('h1') !== null
  && document.querySelector('[aria-busy=true], [aria-label=Loading]') === null
  && !/\\bLoading\\b/.test(document.body.innerText)"""
# A part that is far down a page loads when it comes near. It is drawn as loading two frames later.
LOOK_AT_THE_END = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  scrollTo(0, document.documentElement.scrollHeight);
  for (let frames = 0; frames < 3; frames++) await frame();
}"""
# Each element that scrolls sideways, as its name and by how much.
WIDER_THAN_SHOWN = """() => [...document.querySelectorAll('*')]
  .filter((element) => element === document.documentElement
    || ['auto', 'scroll'].includes(getComputedStyle(element).overflowX))
  .map((element) => [element.querySelector('table')?.getAttribute('aria-label') ?? element.tagName.toLowerCase(),
    element.scrollWidth - element.clientWidth])
  .filter(([, px]) => px > 1)"""


class NotShown(Exception):
    """A page does not show what its picture should; the message is a sentence."""


def administrator(stack: Stack) -> SignIn:
    """The sign-in for the pages."""
    if stack.admin is None:
        raise LocalAwsError("The local AWS has no administrator, so the admin page cannot be shown.")
    return stack.admin


def show(page: Page, shown: Shown, manager: Manager) -> None:
    """Open one page, do what its picture shows, and wait until all of it is drawn.

    Raises:
        NotShown: something is not on the page.
    """
    try:
        page.goto(f"/#/{shown.path}")
        expect(page.locator("h1", has_text=shown.heading)).to_be_visible(timeout=DRAWN_MILLISECONDS)
        _await_drawn(page)
        if shown.action:
            shown.action(page, manager)
            _await_drawn(page)
    except (Error, AssertionError) as error:
        first_line = str(error).partition("\n")[0]
        raise NotShown(f"The page '{shown.name}' does not show what it should: {first_line}") from error


def close_dialog(page: Page) -> None:
    """Close the dialog that is open."""
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def _await_drawn(page: Page) -> None:
    """Wait until nothing loads any more."""
    page.wait_for_load_state("networkidle", timeout=DRAWN_MILLISECONDS)
    page.wait_for_function(IS_DRAWN, timeout=DRAWN_MILLISECONDS)
    page.evaluate(LOOK_AT_THE_END)
    page.wait_for_function(IS_DRAWN, timeout=DRAWN_MILLISECONDS)
    page.evaluate("scrollTo(0, 0)")


def photograph(page: Page, path: Path, *, whole: bool = True) -> None:
    """Save a picture of the whole page, or only of what is on the screen."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=whole, animations="disabled")


def wider_than_shown(page: Page) -> Iterator[str]:
    """A sentence for each part of the page that scrolls sideways."""
    for name, pixels in page.evaluate(WIDER_THAN_SHOWN):
        yield f"{name} scrolls sideways by {pixels} px"
