"""Takes the pictures of README.md, at the sizes at which it shows them."""

from contextlib import closing
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.support.browser.browsing import TIMEOUT_MILLISECONDS, sign_in
from tests.support.deployed.manager import Manager
from tools.local import Stack
from tools.local.ports import free_port
from tools.local.settings import PROJECT
from tools.pictures.camera import administrator, show
from tools.pictures.pages import PAGES
from tools.pictures.shop import COUNTING, await_figures
from tools.progress import timed
from tools.shop import open_shop

IMAGES = PROJECT / "docs" / "images"
PAGES_SHOWN = ("overview", "reservation")
SCALE = 0.75  # the text of two pictures beside each other is still readable
SHOP_HOLD_SECONDS = 60


def take_all(browser: Browser, stack: Stack) -> str:
    """Take the pictures of README.md. The result is the last sentence of the command."""
    with timed("Taking the picture of the example shop"):  # first: meanwhile the sales become old enough to be counted
        _example_shop(browser, stack)
    with timed(COUNTING):
        await_figures(stack)
    with timed("Taking the pictures of the admin page"):
        _admin_page(browser, stack)
    return f"The pictures of README.md are in {IMAGES.relative_to(PROJECT)}/. Look at them, and commit them."


def _admin_page(browser: Browser, stack: Stack) -> None:
    admin, manager = administrator(stack), Manager(stack)
    with closing(_context(browser, stack.outputs["AdminUiUrl"], {"width": 1280, "height": 880}, SCALE)) as context:
        page = context.new_page()
        page.goto("/")
        sign_in(page, admin)
        for shown in PAGES:
            if shown.name in PAGES_SHOWN:
                show(page, shown, manager)
                _save(page, IMAGES / f"{shown.name}.png")


def _example_shop(browser: Browser, stack: Stack) -> None:
    """Both shoppers, one of whom has reserved the last teapot."""
    with (
        open_shop(stack, port=free_port(), hold_seconds=SHOP_HOLD_SECONDS) as shop,
        closing(_context(browser, shop.url, {"width": 1240, "height": 790}, 1)) as context,
    ):
        page = context.new_page()
        page.goto("/race.html")
        anna, ben = (page.frame_locator(f"iframe[title='The page of {name}']") for name in ("Anna", "Ben"))
        for shopper in (anna, ben):
            expect(shopper.get_by_text("Only 1 left").first).to_be_visible()
        anna.get_by_role("button", name="Reserve it").click()
        expect(anna.get_by_role("button", name="Give it back")).to_be_visible()
        expect(anna.locator("hold-countdown").get_by_role("timer")).to_contain_text("Reserved for you")
        expect(ben.get_by_text("Sold out").first).to_be_visible()
        _save(page, IMAGES / "shop.png")


def _context(browser: Browser, url: str, size: ViewportSize, scale: float) -> BrowserContext:
    context = browser.new_context(
        base_url=url,
        viewport=size,
        device_scale_factor=scale,
        locale="en-GB",
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
    )
    context.set_default_timeout(TIMEOUT_MILLISECONDS)
    return context


def _save(page: Page, path: Path) -> None:
    """Save a picture of what is on the screen, with 256 colors: it is a third of the size."""
    page.screenshot(path=path, animations="disabled")
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256).save(path, optimize=True)
