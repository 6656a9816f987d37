"""Two shoppers want the last teapot: one gets it, and the page of the other one changes by itself."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.shop.conftest import EnterShop
from tests.support.browser.browsing import Browsing
from tests.support.browser.other_manager import OtherManager
from tests.support.browser.shopper import (
    countdown_of,
    message_of,
    pays,
    reserve_button,
    reserves,
    status_of,
)
from tools.shop import Shop

SHORT_HOLD = pytest.mark.parametrize("hold_seconds", [15], indirect=True)
ENDS_WITHIN_MILLISECONDS = 90_000


def test_the_other_page_changes_by_itself(anna: Page, ben: Page) -> None:
    expect(status_of(ben)).to_have_text("Only 1 left")

    reserves(anna)

    expect(status_of(ben)).to_have_text("Sold out")
    expect(reserve_button(ben)).to_be_disabled()
    expect(ben.get_by_text("it comes back here by itself")).to_be_visible()


def test_of_two_shoppers_at_once_one_gets_it(anna: Page, ben: Page, browsing: Browsing) -> None:
    browsing.tolerate("status of 409")
    click = "document.getElementById('reserve').click()"

    anna.evaluate(click)
    ben.evaluate(click)

    held = re.compile("Reserved for you|Somebody was quicker")
    for page in (anna, ben):
        expect(page.locator(".details")).to_contain_text(held)
    assert sorted(page.locator("#checkout").get_attribute("data-state") or "" for page in (anna, ben)) == [
        "browsing",
        "held",
    ]


def test_it_is_sold_and_stays_sold_on_the_other_page(anna: Page, ben: Page, other_manager: OtherManager) -> None:
    reserves(anna)
    pays(anna)

    expect(anna.get_by_text("It is yours.")).to_be_visible()
    expect(status_of(ben)).to_have_text("Sold out")

    other_manager.adjusts("SHOP-TEAPOT", 2, reason="a new firing")
    expect(status_of(ben)).to_have_text("Only 2 left")
    expect(reserve_button(ben)).to_be_enabled()


def test_what_is_given_back_is_on_the_other_page_at_once(anna: Page, ben: Page) -> None:
    reserves(anna)
    expect(status_of(ben)).to_have_text("Sold out")

    anna.get_by_role("button", name="Give it back").click()

    expect(message_of(anna)).to_have_text("It is back on the shelf.")
    expect(status_of(ben)).to_have_text("Only 1 left")
    expect(reserve_button(ben)).to_be_enabled()


@SHORT_HOLD
def test_the_countdown_ends_and_the_teapot_comes_back(anna: Page, ben: Page) -> None:
    reserves(anna)
    expect(countdown_of(anna)).to_have_text(re.compile(r"Reserved for you: 0:1\d"))
    expect(status_of(ben)).to_have_text("Sold out")

    expect(status_of(ben)).to_have_text("Only 1 left", timeout=ENDS_WITHIN_MILLISECONDS)
    expect(message_of(anna)).to_have_text("The time is over, and it is back on the shelf.")
    expect(status_of(anna)).to_have_text("Only 1 left")
    expect(reserve_button(anna)).to_be_enabled()


@SHORT_HOLD
def test_a_payment_that_comes_too_late_is_returned(anna: Page, ben: Page, shop: Shop) -> None:
    reserves(anna)
    pays(anna, "a bank that answers too late")
    expect(reserve_button(ben)).to_be_enabled(timeout=ENDS_WITHIN_MILLISECONDS)

    reserves(ben)

    expect(message_of(anna)).to_contain_text("You get your money back", timeout=ENDS_WITHIN_MILLISECONDS)
    assert len(shop.provider.refunded) == 1


def test_a_declined_card_keeps_it_reserved(anna: Page, ben: Page) -> None:
    reserves(anna)
    pays(anna, "a card that is declined")

    expect(message_of(anna)).to_contain_text("Your card was declined")
    expect(countdown_of(anna)).to_be_visible()
    expect(status_of(ben)).to_have_text("Sold out")

    pays(anna)
    expect(anna.get_by_text("It is yours.")).to_be_visible()


def test_a_double_click_reserves_one(enter: EnterShop) -> None:
    page = enter("anna", product="SHOP-BOWL")
    other = enter("ben", product="SHOP-BOWL")
    expect(status_of(other, "SHOP-BOWL")).to_have_text("Only 4 left")

    reserve_button(page).dblclick()

    expect(status_of(other, "SHOP-BOWL")).to_have_text("Only 3 left")
    expect(countdown_of(page)).to_be_visible()


def test_a_reload_keeps_the_hold(anna: Page) -> None:
    reserves(anna)

    anna.reload()

    expect(countdown_of(anna)).to_have_text(re.compile("Reserved for you: "))
    expect(anna.get_by_role("button", name="Give it back")).to_be_visible()
