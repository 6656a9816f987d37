"""Fixtures for tests of the example shop: its page, its checkout service, and the pages of several shoppers at once.

def test_the_other_page_changes_by_itself(anna: Page, ben: Page) -> None:
    anna.get_by_role("button", name="Reserve it").click()

    expect(status_of(ben)).to_have_text("Sold out")
"""

from collections.abc import Iterator
from typing import Protocol

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import FAILED
from tests.support.browser.browsing import DESKTOP, Browsing, Display, photograph
from tests.support.browser.shopper import end_holds, is_live
from tools.demo.stock_loader import StockLoader
from tools.local import Stack
from tools.local.ports import free_port
from tools.shop import Shop, open_shop

# Long enough for the steps of a test on a busy machine. A test that waits for the end has its own.
HOLD_SECONDS = 120


class EnterShop(Protocol):
    """Opens the page of a shopper, and waits until it is connected."""

    def __call__(self, shopper: str, *, product: str = "", display: Display = DESKTOP) -> Page: ...


@pytest.fixture
def hold_seconds(request: pytest.FixtureRequest) -> int:
    """How long a shopper may take; a test sets another time with `@pytest.mark.parametrize("hold_seconds", [15])`."""
    return getattr(request, "param", HOLD_SECONDS)


@pytest.fixture
def shop(stack: Stack, stock_loader: StockLoader, hold_seconds: int) -> Iterator[Shop]:
    """The example shop, with one teapot on the shelf."""
    with open_shop(stack, port=free_port(), hold_seconds=hold_seconds) as shop:
        yield shop
    end_holds(stack)


@pytest.fixture
def browsing(browser: Browser, shop: Shop, request: pytest.FixtureRequest) -> Iterator[Browsing]:
    """The test's pages, closed at the end. Unexpected errors in a console fail the test."""
    browsing = Browsing(browser, shop.url, root="/")
    yield browsing
    if request.node.stash.get(FAILED, False):
        for number, page in enumerate(browsing.pages(), start=1):
            photograph(page, f"failed-{request.node.name}-{number}")
    browsing.close()
    assert not browsing.unexpected_errors()


@pytest.fixture
def enter(browsing: Browsing) -> EnterShop:
    """Opens the page of a shopper."""

    def enter(shopper: str, *, product: str = "", display: Display = DESKTOP) -> Page:
        page = browsing.open(f"?shopper={shopper}&product={product}", display=display)
        is_live(page)
        return page

    return enter


@pytest.fixture
def anna(enter: EnterShop) -> Page:
    """The page of a shopper."""
    return enter("anna")


@pytest.fixture
def ben(enter: EnterShop) -> Page:
    """The page of another shopper, in a browser of his own."""
    return enter("ben")
