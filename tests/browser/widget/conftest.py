"""Fixtures for tests of the web components in a real browser, against a fake storefront in this process.

def test_a_sold_out_product_cannot_be_added(shop: FakeStorefront, open_page: OpenPage) -> None:
    shop.has("KIT-1", 1)
    page = open_page(PRODUCT_PAGE)

    shop.sells("KIT-1", left=0)

    expect(page.get_by_role("button")).to_be_disabled()
"""

from collections.abc import Iterator
from typing import Protocol

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import FAILED
from tests.support.browser.browsing import DESKTOP, Browsing, Display, photograph
from tests.support.browser.fake_storefront import FakeStorefront, fake_storefront
from tests.support.browser.fake_storefront.server import API_KEY

SETTINGS = f'<inventory-settings api-url="/v1" api-key="{API_KEY}"></inventory-settings>'


class OpenPage(Protocol):
    """Opens a page with this body in a browser of its own, and returns it."""

    def __call__(self, body: str, *, display: Display = DESKTOP, settings: str = SETTINGS) -> Page: ...


@pytest.fixture
def shop() -> Iterator[FakeStorefront]:
    """A shop without products."""
    with fake_storefront() as shop:
        yield shop


@pytest.fixture
def browsing(browser: Browser, shop: FakeStorefront, request: pytest.FixtureRequest) -> Iterator[Browsing]:
    """The test's pages. Unexpected errors in a console fail the test."""
    browsing = Browsing(browser, shop.url)
    yield browsing
    if request.node.stash.get(FAILED, False):
        for number, page in enumerate(browsing.pages(), start=1):
            photograph(page, f"failed-{request.node.name}-{number}")
    browsing.close()
    assert not browsing.unexpected_errors()


@pytest.fixture
def open_page(browsing: Browsing, shop: FakeStorefront) -> OpenPage:
    """Opens a page of the shop."""

    def open_page(body: str, *, display: Display = DESKTOP, settings: str = SETTINGS) -> Page:
        path = f"/page-{len(shop.pages) + 1}.html"
        shop.serves(path, settings + body)
        page = browsing.new_page(display=display)
        page.goto(path)
        return page

    return open_page
