"""What a shopper sees when the network, the key or AppSync is lost, and when they are back."""

from playwright.sync_api import expect

from tests.browser.widget.conftest import OpenPage
from tests.browser.widget.test_stock_status import PRODUCT, text_of
from tests.support.browser.browsing import Browsing
from tests.support.browser.fake_storefront import FakeStorefront
from tests.support.waiting import until

SECOND = 1_000  # milliseconds
# A browser of a test has no other window that could hide its page.
SET_HIDDEN = """isHidden => {
    Object.defineProperty(document, 'hidden', { get: () => isHidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
}"""


def test_a_network_that_is_back_shows_what_was_missed(
    shop: FakeStorefront, open_page: OpenPage, browsing: Browsing
) -> None:
    browsing.tolerate("ERR_INTERNET_DISCONNECTED")
    shop.has("KIT-1", 9)
    page = open_page(PRODUCT)
    expect(text_of(page)).to_have_text("In stock")
    page.context.set_offline(True)
    shop.sells("KIT-1", left=2)

    page.context.set_offline(False)

    expect(text_of(page)).to_have_text("Only 2 left", timeout=2 * SECOND)
    shop.sells("KIT-1", left=1)
    expect(text_of(page)).to_have_text("Only 1 left", timeout=5 * SECOND)


def test_a_key_that_ended_is_replaced(shop: FakeStorefront, open_page: OpenPage, browsing: Browsing) -> None:
    browsing.tolerate("WebSocket connection")
    shop.has("KIT-1", 9)
    page = open_page(PRODUCT)
    expect(text_of(page)).to_have_text("In stock")

    shop.waits_for_subscriber()

    shop.replaces_key()
    shop.waits_for_subscriber()
    shop.sells("KIT-1", left=2)

    expect(text_of(page)).to_have_text("Only 2 left", timeout=5 * SECOND)
    assert shop.events.refused == 1
    assert shop.requests["/v1/live-stock"] == 2


def test_without_appsync_the_page_polls(shop: FakeStorefront, open_page: OpenPage, browsing: Browsing) -> None:
    browsing.tolerate("WebSocket connection")
    shop.has("KIT-1", 9)
    page = open_page(PRODUCT)
    expect(text_of(page)).to_have_text("In stock")
    shop.waits_for_subscriber()

    shop.loses_events()
    shop.sells("KIT-1", left=2)

    expect(text_of(page)).to_have_text("Only 2 left", timeout=25 * SECOND)
    assert not shop.events.subscribers
    assert shop.requests["/v1/inventory"] <= 5


def test_a_page_that_starts_without_appsync_gets_it_later(
    shop: FakeStorefront, open_page: OpenPage, browsing: Browsing
) -> None:
    browsing.tolerate("WebSocket connection")
    shop.has("KIT-1", 9)
    shop.events.is_down = True
    page = open_page(PRODUCT)
    expect(text_of(page)).to_have_text("In stock")

    shop.events.is_down = False
    shop.waits_for_subscriber()
    shop.sells("KIT-1", left=2)

    expect(text_of(page)).to_have_text("Only 2 left", timeout=2 * SECOND)


def test_an_api_that_is_back_is_read(shop: FakeStorefront, open_page: OpenPage, browsing: Browsing) -> None:
    browsing.tolerate("status of 503")
    shop.has("KIT-1", 9)
    shop.is_down = True
    page = open_page(PRODUCT)
    expect(text_of(page)).to_have_text("Stock status unavailable")

    shop.is_down = False

    expect(text_of(page)).to_have_text("In stock", timeout=15 * SECOND)


def test_a_page_that_was_hidden_shows_the_truth_within_a_second(shop: FakeStorefront, open_page: OpenPage) -> None:
    shop.has("KIT-1", 9)
    page = open_page(PRODUCT)
    expect(text_of(page)).to_have_text("In stock")
    shop.waits_for_subscriber()
    page.evaluate(SET_HIDDEN, True)
    until(lambda: not shop.events.subscribers, "the page gave its connection up", within_seconds=15)
    shop.sells("KIT-1", left=2)

    page.evaluate(SET_HIDDEN, False)

    expect(text_of(page)).to_have_text("Only 2 left", timeout=1 * SECOND)
    shop.waits_for_subscriber()
    shop.sells("KIT-1", left=1)
    expect(text_of(page)).to_have_text("Only 1 left", timeout=1 * SECOND)
