"""Takes the pictures of the API's reference: it is loaded once for each color scheme, because Redoc draws all calls first."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, expect

from tests.support.browser.browsing import Browsing, Display
from tools.local import Stack
from tools.pictures.camera import WIDTHS_PX, photograph, wider_than_shown

CALL = '[id="tag/checkout/operation/createReservation"]'
DRAWN_MILLISECONDS = 120_000  # on a busy machine
HEIGHT_PX = 900


def take(browser: Browser, stack: Stack, scheme: Literal["light", "dark"], folder: Path) -> Iterator[str]:
    """Take a picture of one call at each width. The results are the parts that scroll sideways."""
    url = stack.outputs["AdminUiUrl"]
    with closing(Browsing(browser, url)) as browsing:
        page = browsing.new_page(display=Display(max(WIDTHS_PX), scheme))
        page.goto(f"{url}/reference/#operation/createReservation")
        call = page.locator(CALL)
        expect(call.get_by_role("heading").first).to_be_visible(timeout=DRAWN_MILLISECONDS)
        for width in WIDTHS_PX:
            page.set_viewport_size({"width": width, "height": HEIGHT_PX})
            call.evaluate("(element) => element.scrollIntoView()")
            name = f"reference-{width}-{scheme}"
            photograph(page, folder / f"{name}.png", whole=False)
            # Samples and schemas scroll in their own boxes.
            yield from (f"{name}: {part}" for part in wider_than_shown(page) if part.startswith("html"))
