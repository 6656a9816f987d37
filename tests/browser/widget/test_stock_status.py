"""`<stock-status>`: what a shopper sees of the stock, and when."""

from playwright.sync_api import expect

from tests.browser.widget.conftest import OpenPage
from tests.support.browser.fake_storefront import FakeStorefront

PRODUCT = '<stock-status product-id="KIT-1" for="add"></stock-status><button id="add">Add to cart</button>'


def test_the_page_changes_while_others_buy(shop: FakeStorefront, open_page: OpenPage) -> None:
    shop.has("KIT-1", 9)
    page = open_page(PRODUCT)
    status = page.locator("stock-status")
    expect(status).to_have_text("In stock")

    shop.sells("KIT-1", left=3)
    expect(status).to_have_text("Only 3 left")
    expect(page.get_by_role("button")).to_be_enabled()

    shop.sells("KIT-1", left=0)
    expect(status).to_have_text("Sold out")
    expect(page.get_by_role("button")).to_be_disabled()

    shop.sells("KIT-1", left=2)
    expect(page.get_by_role("button")).to_be_enabled()
