"""How the elements look and sound: both color schemes, a phone, axe, and a screen reader's live regions."""

from playwright.sync_api import Page, expect

from tests.browser.widget.conftest import OpenPage
from tests.browser.widget.test_stock_status import PRODUCT, text_of
from tests.support.browser.browsing import Display, assert_accessible, photograph
from tests.support.browser.fake_storefront import FakeStorefront

ALL = """
<p><stock-status product-id="KIT-1"></stock-status></p>
<p><stock-status product-id="KIT-2"></stock-status></p>
<p><stock-status product-id="KIT-3" for="add"></stock-status> <button id="add">Add to cart</button></p>
<p><stock-status product-id="NO-SUCH"></stock-status></p>
<p><stock-status product-id="KIT-2" text-low-stock="{available} left of this rather long and very wonderful product, so be
quick and put it into your cart before somebody else does"></stock-status></p>
<p><hold-countdown held-until="2099-01-01T00:15:00Z" server-time="2099-01-01T00:00:00Z"></hold-countdown></p>
"""
# axe takes the background of a page that names none for white.
BACKGROUND = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(':root { background: Canvas; color: CanvasText }');
    document.adoptedStyleSheets = [sheet];
}"""
ANNOUNCEMENT = "stock-status [part=announcement]"


def test_all_states_are_right_on_each_display(shop: FakeStorefront, open_page: OpenPage, display: Display) -> None:
    for product_id, available in (("KIT-1", 9), ("KIT-2", 3), ("KIT-3", 0)):
        shop.has(product_id, available)
    page = open_page(ALL, display=display)
    expect(text_of(page, 3)).to_have_text("Stock status unavailable")
    expect(page.locator("hold-countdown [part=text]")).to_contain_text("Held for")

    page.evaluate(BACKGROUND)
    photograph(page, f"widget-{display}")

    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_it_needs_nothing_that_a_strict_policy_forbids(shop: FakeStorefront, open_page: OpenPage) -> None:
    shop.has("KIT-1", 0)
    page = open_page(PRODUCT)
    expect(text_of(page)).to_have_text("Sold out")

    response = page.reload()

    assert response
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "style-src" not in policy
    assert "unsafe" not in policy
    expect(text_of(page)).to_have_text("Sold out")
    assert color_of(page) != "rgb(0, 0, 0)"  # that of the page: the element's own style sheet is used


def test_a_page_that_is_always_light_gets_light_colors(shop: FakeStorefront, open_page: OpenPage) -> None:
    shop.has("KIT-1", 0)
    page = open_page(PRODUCT, display=Display(color_scheme="dark"))
    expect(text_of(page)).to_have_text("Sold out")
    dark = color_of(page)

    page.evaluate("document.querySelector('meta[name=color-scheme]').content = 'light'")

    assert color_of(page) != dark


def test_a_shop_has_its_own_colors_and_shapes(shop: FakeStorefront, open_page: OpenPage) -> None:
    shop.has("KIT-1", 0)
    page = open_page(PRODUCT)
    expect(text_of(page)).to_have_text("Sold out")

    page.evaluate("""() => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(`stock-status { --inventory-out-of-stock-color: rgb(1, 2, 3) }
            stock-status::part(mark) { display: none }`);
        document.adoptedStyleSheets = [sheet];
    }""")

    assert color_of(page) == "rgb(1, 2, 3)"
    expect(page.locator("[part=mark]")).to_be_hidden()


def test_a_change_is_read_aloud_once_it_settled(shop: FakeStorefront, open_page: OpenPage) -> None:
    shop.has("KIT-1", 9)
    page = open_page(PRODUCT)
    expect(text_of(page)).to_have_text("In stock")
    expect(page.locator(ANNOUNCEMENT)).to_be_empty()  # what a page shows at first is read with the page
    page.evaluate("""() => {
        window.said = [];
        const region = document.querySelector('stock-status').shadowRoot.querySelector('[part=announcement]');
        new MutationObserver(() => region.textContent && said.push(region.textContent)).observe(region, { childList: true });
    }""")

    for left in (5, 4, 3):
        shop.sells("KIT-1", left=left)

    expect(page.locator(ANNOUNCEMENT)).to_have_text("Tea Kettle: Only 3 left")
    shop.sells("KIT-1", left=2)
    page.wait_for_timeout(3_000)
    assert page.evaluate("said") == ["Tea Kettle: Only 3 left"]  # the next one waits


def test_a_shop_can_keep_a_list_quiet(shop: FakeStorefront, open_page: OpenPage) -> None:
    shop.has("KIT-1", 9)
    page = open_page(PRODUCT.replace("for=", 'announce="off" for='))
    expect(text_of(page)).to_have_text("In stock")

    shop.sells("KIT-1", left=1)
    expect(text_of(page)).to_have_text("Only 1 left")
    page.wait_for_timeout(2_000)

    expect(page.locator(ANNOUNCEMENT)).to_be_empty()


def color_of(page: Page) -> str:
    """The color of a status."""
    color: str = page.locator("stock-status [part=status]").evaluate("element => getComputedStyle(element).color")
    return color
