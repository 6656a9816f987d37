"""The page of the example shop: for everybody, on every screen."""

from playwright.sync_api import Page, expect

from tests.browser.shop.conftest import EnterShop
from tests.support.browser.browsing import Browsing, Display, assert_accessible, photograph
from tests.support.browser.shopper import countdown_of, reserve_button, reserves, status_of

TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def test_the_page_is_accessible_and_fits(enter: EnterShop, display: Display) -> None:
    page = enter("anna", display=display)
    expect(status_of(page)).to_have_text("Only 1 left")
    assert_accessible(page)
    assert not page.evaluate(TOO_WIDE)
    photograph(page, f"shop-{display}")

    reserves(page)

    expect(countdown_of(page)).to_be_visible()
    assert_accessible(page)
    assert not page.evaluate(TOO_WIDE)
    photograph(page, f"shop-held-{display}")


def test_a_sold_out_product_is_accessible_and_cannot_be_reserved(enter: EnterShop, display: Display) -> None:
    page = enter("anna", product="SHOP-CARAFE", display=display)

    expect(status_of(page, "SHOP-CARAFE")).to_have_text("Sold out")
    expect(reserve_button(page)).to_be_disabled()
    assert_accessible(page)


def test_every_product_has_its_status_and_its_page(anna: Page) -> None:
    expect(status_of(anna, "SHOP-MUG")).to_have_text("In stock")
    expect(status_of(anna, "SHOP-BOWL")).to_have_text("Only 4 left")
    expect(status_of(anna, "SHOP-CARAFE")).to_have_text("Sold out")

    anna.get_by_role("link", name="Speckled mug").click()

    expect(anna.get_by_role("heading", level=1)).to_have_text("Speckled mug")
    expect(reserve_button(anna)).to_be_enabled()


def test_it_works_with_the_keyboard_alone(anna: Page) -> None:
    reserve_button(anna).focus()
    anna.keyboard.press("Enter")
    expect(countdown_of(anna)).to_be_visible()

    anna.keyboard.press("Tab")  # the focus is where the pressed button was
    anna.keyboard.press("ArrowDown")
    expect(anna.get_by_role("radio", name="a card that is declined")).to_be_checked()


def test_both_shoppers_are_shown_beside_each_other(browsing: Browsing, display: Display) -> None:
    page = browsing.open("race.html", display=display)

    for name in ("Anna", "Ben"):
        frame = page.frame_locator(f"iframe[title='The page of {name}']")
        expect(frame.locator("stock-status[product-id=SHOP-TEAPOT] [part=text]")).to_have_text("Only 1 left")
    assert_accessible(page)
    assert not page.evaluate(TOO_WIDE)
