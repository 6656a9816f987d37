"""Sheets: a delivery and a count that are scanned, survive a reload, and are applied once."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.support.browser.browsing import (
    Browsing,
    Display,
    assert_accessible,
    assert_accessible_in_both_schemes,
    assert_dialog_accessible,
    lose_the_response,
    photograph,
)
from tests.support.browser.other_manager import OtherManager

APPLIED_MILLISECONDS = 60_000  # an import runs in the background
OTHER_READING = "status of 404"  # "KIT 17" is looked up as a product, too


def scan(page: Page, *entries: str) -> None:
    """Type like a scanner that is plugged in as a keyboard: it sends Enter after each line."""
    field = page.get_by_role("textbox", name="Product and units")
    for entry in entries:
        field.press_sequentially(entry)
        field.press("Enter")


def assert_nothing_is_off_the_screen(page: Page) -> None:
    widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[0] <= widths[1], f"the page is {widths[0]} px wide, the screen {widths[1]}"


def test_a_count_keeps_what_is_sold_meanwhile(
    as_manager: OpenPage, browsing: Browsing, other_manager: OtherManager, display: Display
) -> None:
    browsing.tolerate(OTHER_READING)
    kettle, pan = other_manager.adds(20, name="Count Kettle"), other_manager.adds(5, name="Count Pan")
    page = as_manager("count", display=display)
    scan(page, f"{kettle} 17", pan, pan)
    expect(page.get_by_text("20 → 17 (-3)")).to_be_visible()
    expect(page.get_by_text("5 → 2 (-3)")).to_be_visible()
    for _ in range(3):
        page.get_by_role("button", name="One unit more of Count Pan").click()
    expect(page.get_by_text("5 → 5 (0)")).to_be_visible()
    assert_nothing_is_off_the_screen(page)
    assert_accessible(page)
    photograph(page, f"count-{display}")

    other_manager.sells(kettle, 4)  # after it was counted
    page.reload()
    page.get_by_role("button", name="Review 2 lines").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 as in the books, 1 with fewer units, 0 with more; -3 units in all.")
    dialog.get_by_role("textbox", name="Reference (optional)").fill("COUNT 7/a")
    assert_accessible(page)
    photograph(page, f"count-review-{display}")
    dialog.get_by_role("button", name="Apply").click()

    expect(page.get_by_text("Applied under COUNT 7/a")).to_be_visible(timeout=APPLIED_MILLISECONDS)
    expect(page.get_by_role("row").filter(has_text=kettle)).to_contain_text("-3")
    assert_nothing_is_off_the_screen(page)
    assert_accessible(page)
    photograph(page, f"count-report-{display}")
    assert other_manager.level(kettle)["on_hand"] == 13
    assert other_manager.level(pan)["on_hand"] == 5
    counted = other_manager.ledger(kettle)[0]
    assert (counted["kind"], counted["reason"], counted["reference"], counted["delta"]) == (
        *("COUNTED", "count", "COUNT 7/a"),
        -3,
    )


def test_a_delivery_whose_answers_are_lost_is_added_once(
    as_manager: OpenPage, browsing: Browsing, other_manager: OtherManager
) -> None:
    browsing.tolerate(f"ERR_FAILED|Failed to fetch|status of 50|{OTHER_READING}")
    product = other_manager.adds(10, name="Delivered Kettle")
    page = as_manager("receive")
    scan(page, product, f"{product} 6")
    expect(page.get_by_text("10 → 17 (+7)")).to_be_visible()
    page.get_by_role("button", name="Discard").click()
    assert_dialog_accessible(page)
    page.keyboard.press("Escape")
    assert_accessible_in_both_schemes(page)
    page.get_by_role("button", name="Review 1 line").click()
    page.route(re.compile("/admin/level/adjustments"), lose_the_response, times=2)

    page.get_by_role("dialog").get_by_role("button", name="Apply").click()

    expect(page.get_by_text("1 product: +7 units.")).to_be_visible(timeout=APPLIED_MILLISECONDS)
    assert other_manager.level(product)["on_hand"] == 17


def test_a_delivery_that_is_open_in_two_tabs_is_added_once(
    as_manager: OpenPage, browsing: Browsing, other_manager: OtherManager
) -> None:
    browsing.tolerate(f"ERR_INTERNET_DISCONNECTED|Failed to fetch|{OTHER_READING}")
    kettle, pan = other_manager.adds(10, name="Kettle in two tabs"), other_manager.adds(5, name="Pan in two tabs")
    first = as_manager("receive")
    scan(first, f"{kettle} 3")
    second = first.context.new_page()
    second.goto(first.url)
    expect(second.get_by_text("This delivery is open in another tab")).to_be_visible()
    expect(second.get_by_text("10 → 13 (+3)")).to_be_visible()
    expect(second.get_by_role("textbox", name="Product and units")).to_have_count(0)
    assert_accessible(second)

    second.get_by_role("button", name="Continue here").click()
    scan(second, pan, f"{pan};1.5", f"{kettle};1")
    expect(first.get_by_text("This delivery is open in another tab")).to_be_visible()
    expect(second.get_by_text("1.5 is not a number of units")).to_be_visible()
    expect(first.get_by_text("10 → 14 (+4)")).to_be_visible()
    expect(second.get_by_text("5 → 6 (+1)")).to_be_visible()
    assert_accessible(second)
    second.get_by_role("button", name="Review 2 lines").click()
    first.context.set_offline(True)
    second.get_by_role("dialog").get_by_role("button", name="Apply").click()
    expect(second.get_by_text("The API does not answer.")).to_be_visible()
    second.close()  # the first tab continues
    expect(first.get_by_text("The API does not answer.")).to_be_visible()
    first.context.set_offline(False)

    expect(first.get_by_text("2 products: +5 units.")).to_be_visible(timeout=APPLIED_MILLISECONDS)
    assert (other_manager.level(kettle)["on_hand"], other_manager.level(pan)["on_hand"]) == (14, 6)
