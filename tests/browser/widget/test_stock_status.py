"""`<stock-status>`: what a shopper sees of the stock, and when."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.widget.conftest import SETTINGS, OpenPage
from tests.support.browser.browsing import Browsing
from tests.support.browser.fake_storefront import FakeStorefront
from tests.support.waiting import until

PRODUCT = '<stock-status product-id="KIT-1" for="add"></stock-status><button id="add">Add to cart</button>'
UNAVAILABLE = "Stock status unavailable"


def text_of(page: Page, number: int = 0) -> Locator:
    """What is shown, without what is read aloud."""
    return page.locator("stock-status").nth(number).locator("[part=text]")


def test_the_page_changes_while_others_buy(shop: FakeStorefront, open_page: OpenPage) -> None:
    shop.has("KIT-1", 9)
    page = open_page(PRODUCT)
    expect(text_of(page)).to_have_text("In stock")

    shop.sells("KIT-1", left=3)
    expect(text_of(page)).to_have_text("Only 3 left")
    expect(page.get_by_role("button")).to_be_enabled()

    shop.sells("KIT-1", left=0)
    expect(text_of(page)).to_have_text("Sold out")
    expect(page.get_by_role("button")).to_be_disabled()

    shop.sells("KIT-1", left=2)
    expect(page.get_by_role("button")).to_be_enabled()


def test_two_shoppers_see_the_same_at_once(shop: FakeStorefront, open_page: OpenPage) -> None:
    shop.has("KIT-1", 1)
    pages = [open_page(PRODUCT), open_page(PRODUCT)]
    for page in pages:
        expect(text_of(page)).to_have_text("Only 1 left")

    shop.sells("KIT-1", left=0)

    for page in pages:
        expect(text_of(page)).to_have_text("Sold out")
        expect(page.get_by_role("button")).to_be_disabled()


def test_a_page_of_many_products_has_one_lookup_and_one_connection(shop: FakeStorefront, open_page: OpenPage) -> None:
    products = [f"P-{number}" for number in range(40)]
    for product_id in products:
        shop.has(product_id, 9)

    page = open_page(
        "".join(f'<p><stock-status product-id="{product_id}"></stock-status></p>' for product_id in products)
    )
    expect(text_of(page, 39)).to_have_text("In stock")
    until(lambda: shop.requests["304"] > 0, "the subscriptions are confirmed", within_seconds=10)
    shop.sells("P-20", left=2)
    expect(text_of(page, 20)).to_have_text("Only 2 left")

    assert shop.events.connections == 1
    assert shop.requests["/v1/live-stock"] == 1
    assert shop.requests["/v1/inventory"] == 2


def test_a_button_that_the_shop_has_disabled_stays_so(shop: FakeStorefront, open_page: OpenPage) -> None:
    shop.has("KIT-1", 0)
    page = open_page('<stock-status product-id="KIT-1" for="add"></stock-status><button id="add" disabled>Add</button>')
    expect(text_of(page)).to_have_text("Sold out")

    shop.sells("KIT-1", left=9)

    expect(text_of(page)).to_have_text("In stock")
    expect(page.get_by_role("button")).to_be_disabled()


def test_a_button_of_two_products_needs_both(shop: FakeStorefront, open_page: OpenPage) -> None:
    shop.has("KIT-1", 0)
    shop.has("KIT-2", 0)
    page = open_page(PRODUCT + '<stock-status product-id="KIT-2" for="add"></stock-status>')
    expect(page.get_by_role("button")).to_be_disabled()

    shop.sells("KIT-1", left=9)
    expect(text_of(page)).to_have_text("In stock")
    expect(page.get_by_role("button")).to_be_disabled()
    shop.sells("KIT-2", left=9)

    expect(page.get_by_role("button")).to_be_enabled()


def test_an_element_that_is_removed_lets_its_button_go(shop: FakeStorefront, open_page: OpenPage) -> None:
    shop.has("KIT-1", 0)
    page = open_page(PRODUCT)
    expect(page.get_by_role("button")).to_be_disabled()

    page.locator("stock-status").evaluate("element => element.remove()")

    expect(page.get_by_role("button")).to_be_enabled()


def test_a_page_can_show_another_product_in_the_same_element(shop: FakeStorefront, open_page: OpenPage) -> None:
    shop.has("KIT-1", 0)
    shop.has("KIT-2", 3)
    page = open_page(PRODUCT)
    expect(text_of(page)).to_have_text("Sold out")

    page.locator("stock-status").evaluate("element => { element.productId = 'KIT-2'; }")

    expect(text_of(page)).to_have_text("Only 3 left")
    expect(page.get_by_role("button")).to_be_enabled()


@pytest.mark.parametrize(
    "product_id", ["NO-SUCH", "", "a&#8203;b", "x" * 200], ids=["unknown", "empty", "invisible", "long"]
)
def test_a_product_that_does_not_exist_is_unavailable(
    shop: FakeStorefront, open_page: OpenPage, browsing: Browsing, product_id: str
) -> None:
    page = open_page(f'<stock-status product-id="{product_id}"></stock-status>' * 2)

    expect(text_of(page)).to_have_text(UNAVAILABLE)
    page.wait_for_timeout(1_500)

    assert shop.requests["/v1/inventory"] <= 1
    assert shop.requests["/v1/live-stock"] == 0
    assert len(browsing.warnings) == 1


def test_a_wrong_key_is_unavailable_and_not_tried_again(
    shop: FakeStorefront, open_page: OpenPage, browsing: Browsing
) -> None:
    browsing.tolerate("status of 401")
    shop.has("KIT-1", 9)
    page = open_page(PRODUCT, settings='<inventory-settings api-url="/v1" api-key="wrong"></inventory-settings>')

    expect(text_of(page)).to_have_text(UNAVAILABLE)
    page.wait_for_timeout(1_500)

    assert shop.requests["/v1/inventory"] == 1
    assert len(browsing.warnings) == 1
    expect(page.get_by_role("button")).to_be_enabled()  # the checkout decides


def test_without_settings_the_page_says_what_is_missing(
    shop: FakeStorefront, open_page: OpenPage, browsing: Browsing
) -> None:
    page = open_page(PRODUCT, settings="")

    expect(text_of(page)).to_have_text(UNAVAILABLE)

    assert "api-url" in browsing.warnings[0]
    assert shop.requests["/v1/inventory"] == 0


def test_the_texts_are_the_shops_own(shop: FakeStorefront, open_page: OpenPage) -> None:
    shop.has("KIT-1", 1)
    shop.has("KIT-2", 1_234, low_stock_threshold=2_000)
    shop.has("KIT-3", 0)
    texts = '{"low_stock": {"one": "Nur noch einer", "other": "Nur noch {available}"}, "out_of_stock": "Ausverkauft"}'
    settings = SETTINGS.replace("></inv", f'><script type="application/json">{texts}</script></inv')
    page = open_page(
        '<div lang="de"><stock-status product-id="KIT-1"></stock-status><stock-status product-id="KIT-2"></stock-status>'
        '<stock-status product-id="KIT-3" text-out-of-stock="Leider weg"></stock-status></div>',
        settings=settings,
    )

    expect(text_of(page, 0)).to_have_text("Nur noch einer")
    expect(text_of(page, 1)).to_have_text("Nur noch 1.234")
    expect(text_of(page, 2)).to_have_text("Leider weg")


def test_text_is_never_markup(shop: FakeStorefront, open_page: OpenPage) -> None:
    shop.has("KIT-1", 1, name="<img src=x onerror=alert(1)>")
    page = open_page('<stock-status product-id="KIT-1" text-low-stock="{name}: {available}"></stock-status>')

    expect(text_of(page)).to_have_text("<img src=x onerror=alert(1)>: 1")


def test_what_is_inside_shows_until_the_stock_is_known(shop: FakeStorefront, open_page: OpenPage) -> None:
    shop.has("KIT-1", 9)
    page = open_page('<stock-status product-id="KIT-1">Ask us</stock-status>', settings="")
    expect(page.get_by_text("Ask us")).to_be_visible()

    page.evaluate(
        "import('/inventory-widget.js').then(({ configure }) => configure({ apiUrl: '/v1', apiKey: 'storefront-key' }))"
    )

    expect(text_of(page)).to_have_text("In stock")
    expect(page.locator("stock-status slot")).to_have_count(0)


def test_a_page_hears_of_each_change(shop: FakeStorefront, open_page: OpenPage) -> None:
    shop.has("KIT-1", 9)
    page = open_page(PRODUCT)
    expect(text_of(page)).to_have_text("In stock")
    page.evaluate(
        "document.body.addEventListener('stock-change', ({ detail }) => { window.heard = [detail.status, detail.stock.available]; })"
    )

    shop.sells("KIT-1", left=3)
    expect(text_of(page)).to_have_text("Only 3 left")

    assert page.evaluate("window.heard") == ["low-stock", 3]
