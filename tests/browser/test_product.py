"""A product's page: its levels, its active holds, and its ledger."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.support.browser.browsing import (
    Browsing,
    Display,
    assert_accessible,
    assert_accessible_in_both_schemes,
    assert_dialog_accessible,
    photograph,
)
from tests.support.browser.other_manager import OtherManager

SOON_MILLISECONDS = 30_000
READ_AGAIN_MILLISECONDS = 45_000  # the sale of held units changes nothing for shoppers, so it is not pushed
# The names of the tables that need horizontal scrolling.
SCROLLED_SIDEWAYS = """tables => tables.filter(table => {
    for (let parent = table.parentElement; parent; parent = parent.parentElement)
        if (parent.scrollWidth > parent.clientWidth && /auto|scroll/.test(getComputedStyle(parent).overflowX)) return true;
    return false;
}).map(table => table.ariaLabel)"""


def table(page: Page, name: str) -> Locator:
    return page.locator(f'table[aria-label="{name}"]')


def rows(page: Page, name: str) -> Locator:
    return table(page, name).locator("tbody tr")


def cells(row: Locator) -> list[str]:
    return [cell.strip() for cell in row.locator("td, th").all_inner_texts()]


def test_a_product_shows_its_level_in_each_warehouse(as_viewer: OpenPage, other_manager: OtherManager) -> None:
    product = other_manager.adds(20, name="Slate Clock")
    other_manager.adds(5, name="Slate Clock", warehouse_id="north", product_id=product)

    page = as_viewer(f"products/{product}")

    expect(page.get_by_role("heading", name="Slate Clock", level=1)).to_be_visible()
    expect(rows(page, "In the warehouses")).to_have_count(2)
    expect(rows(page, "In the warehouses").filter(has_text="north")).to_contain_text("5")
    expect(page.locator("dd").filter(has_text="25")).to_have_count(2)  # on hand, and available


def test_the_ledger_shows_who_changed_what_and_why(as_viewer: OpenPage, other_manager: OtherManager) -> None:
    product = other_manager.adds(20)
    sold = other_manager.sells(product, 3)
    other_manager.adjusts(product, -2, reason="broken")
    other_manager.sets_threshold(product, 6)

    page = as_viewer(f"products/{product}")

    ledger = rows(page, "Ledger")
    expect(ledger).to_have_count(4)
    assert [cells(row)[1:8] for row in ledger.all()] == [
        ["Name, category or threshold edited", "—", "15", "main", "admin", "sells quicker", "—"],
        ["Adjusted", "-2", "15", "main", "admin", "broken", "—"],
        ["Sold", "-3", "17", "main", "checkout", "sold", sold],
        ["Received", "+20", "20", "main", "admin", "delivery", "—"],
    ]
    ledger.get_by_role("link", name=sold).click()
    expect(page).to_have_url(re.compile(f"/#/reservation\\?reservation_id={sold}$"))


def test_the_units_on_hand_over_time_are_a_chart_and_a_table(as_viewer: OpenPage, other_manager: OtherManager) -> None:
    product = other_manager.adds(20)
    other_manager.adjusts(product, -2)
    other_manager.adjusts(product, 7)
    page = as_viewer(f"products/{product}")

    expect(page.get_by_role("application", name="On hand over time")).to_be_visible()
    page.get_by_role("button", name="As a table").click()

    expect(rows(page, "On hand over time")).to_have_count(3)
    assert [cells(row)[1:] for row in rows(page, "On hand over time").all()] == [
        ["main", "25"],
        ["main", "18"],
        ["main", "20"],
    ]


def test_a_long_ledger_is_loaded_page_by_page(as_viewer: OpenPage, other_manager: OtherManager) -> None:
    product = other_manager.adds(200)
    for _ in range(54):
        other_manager.adjusts(product, -1)
    page = as_viewer(f"products/{product}")
    expect(rows(page, "Ledger")).to_have_count(50)

    page.get_by_role("button", name="Load more").click()

    expect(rows(page, "Ledger")).to_have_count(55)
    assert cells(rows(page, "Ledger").last)[1:4] == ["Received", "+200", "200"]


def test_an_active_hold_links_to_its_reservation(as_viewer: OpenPage, other_manager: OtherManager) -> None:
    product = other_manager.adds(20)
    held = other_manager.holds(product, 4)
    page = as_viewer(f"products/{product}")

    hold = rows(page, "Active holds").filter(has_text=held)
    expect(hold).to_contain_text("Held")
    expect(hold).to_contain_text(f"O-{held}")
    assert cells(hold)[2] == "4"
    hold.get_by_role("link", name=held).click()

    expect(page).to_have_url(re.compile(f"/#/reservation\\?reservation_id={held}$"))


def test_a_product_links_to_all_its_reservations(as_viewer: OpenPage, other_manager: OtherManager) -> None:
    product = other_manager.adds()
    page = as_viewer(f"products/{product}")

    page.get_by_role("link", name="All reservations of this product").click()

    expect(page).to_have_url(re.compile(f"/#/reservations\\?product_id={product}$"))


def test_a_sale_appears_without_a_reload(as_viewer: OpenPage, other_manager: OtherManager) -> None:
    product = other_manager.adds(20)
    page = as_viewer(f"products/{product}")
    expect(rows(page, "Ledger")).to_have_count(1)

    other_manager.sells(product, 3)

    expect(rows(page, "In the warehouses")).to_contain_text("17", timeout=SOON_MILLISECONDS)
    expect(rows(page, "Ledger").filter(has_text="Sold")).to_contain_text("-3", timeout=READ_AGAIN_MILLISECONDS)


def test_a_level_can_be_changed_on_its_products_page(as_manager: OpenPage, other_manager: OtherManager) -> None:
    product = other_manager.adds(20)
    page = as_manager(f"products/{product}")

    page.get_by_role("button", name=re.compile("^Change ")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("spinbutton", name="Units").fill("5")
    dialog.get_by_role("textbox", name="Note").fill("Delivery")
    dialog.get_by_role("button", name="Adjust").click()

    expect(rows(page, "In the warehouses")).to_contain_text("25")
    expect(rows(page, "Ledger").first).to_contain_text("Delivery")


def test_a_product_can_be_added_to_another_warehouse(as_manager: OpenPage, other_manager: OtherManager) -> None:
    product = other_manager.adds(20, name="Slate Clock", category="clocks")
    page = as_manager(f"products/{product}")

    page.get_by_role("button", name="Add a warehouse").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Warehouse").fill("attic")
    dialog.get_by_role("spinbutton", name="On hand").fill("3")
    dialog.get_by_role("textbox", name="Reason").press("Enter")

    expect(rows(page, "In the warehouses").filter(has_text="attic")).to_contain_text("3")
    level = other_manager.level(product, "attic")
    assert (level["name"], level["category"]) == ("Slate Clock", "clocks")


def test_a_level_of_a_typo_is_retired_emptied_and_deleted(as_manager: OpenPage, other_manager: OtherManager) -> None:
    product = other_manager.adds(20, name="Slate Clock")
    other_manager.adds(0, name="Slate Clock", warehouse_id="mian", product_id=product)
    page = as_manager(f"product?product_id={product}")
    level = rows(page, "In the warehouses").filter(has_text="mian")

    level.get_by_role("button", name=re.compile("^More actions")).click()
    page.get_by_role("menuitem", name="Retire").click()
    dialog = page.get_by_role("dialog", name="Retire Slate Clock (mian)?")
    dialog.get_by_role("textbox", name="Reason").fill("a typo")
    assert_dialog_accessible(page)
    dialog.get_by_role("button", name="Retire").click()
    expect(level).to_contain_text("Retired")

    level.get_by_role("button", name=re.compile("^More actions")).click()
    page.get_by_role("menuitem", name="Delete").click()
    assert_dialog_accessible(page)
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()

    expect(level).to_have_count(0)
    expect(rows(page, "In the warehouses")).to_have_count(1)


def test_a_level_is_spread_over_shards_from_its_menu(as_manager: OpenPage, other_manager: OtherManager) -> None:
    product = other_manager.adds(20, name="Slate Clock")
    page = as_manager(f"products/{product}")
    level = rows(page, "In the warehouses")
    expect(level).to_have_count(1)
    assert table(page, "In the warehouses").get_by_role("columnheader", name="Shards").count() == 0

    level.get_by_role("button", name=re.compile("^More actions")).click()
    page.get_by_role("menuitem", name="Spread over shards").click()
    dialog = page.get_by_role("dialog", name="Spread Slate Clock (main) over shards?")
    assert_dialog_accessible(page)
    photograph(page, "level-spread")
    dialog.get_by_label("Shards").fill("4")
    dialog.get_by_role("button", name="Spread").click()

    expect(page.get_by_text("Slate Clock (main) is spread over 4 shards.")).to_be_visible()
    expect(table(page, "In the warehouses").get_by_role("columnheader", name="Shards")).to_be_visible()
    expect(level).to_contain_text("20")
    assert page.locator("table").evaluate_all(SCROLLED_SIDEWAYS) == []


def test_a_viewer_cannot_change_anything(as_viewer: OpenPage, other_manager: OtherManager) -> None:
    page = as_viewer(f"products/{other_manager.adds()}")

    expect(rows(page, "In the warehouses")).to_have_count(1)
    expect(page.get_by_role("button", name=re.compile("Change|Edit|Add|More actions"))).to_have_count(0)


def test_an_unknown_product_is_explained_and_links_to_a_search(as_viewer: OpenPage, browsing: Browsing) -> None:
    browsing.tolerate("status of 404")
    page = as_viewer("products/NO-SUCH-PRODUCT")

    expect(page.get_by_role("heading", name="Product not found")).to_be_visible()
    expect(page.get_by_text("There is no stock of NO-SUCH-PRODUCT")).to_be_visible()
    assert_accessible_in_both_schemes(page)
    photograph(page, "product-unknown")
    page.get_by_role("link", name="Search for it in stock").click()

    expect(page).to_have_url(re.compile(r"/#/stock\?search=NO-SUCH-PRODUCT$"))


def test_an_invalid_product_id_is_an_unknown_product(as_viewer: OpenPage, browsing: Browsing) -> None:
    browsing.tolerate("status of 400")

    page = as_viewer("products/tea%E2%80%8Bkettle")  # with a zero width space

    expect(page.get_by_text("There is no stock of tea")).to_be_visible()


def test_no_table_needs_horizontal_scrolling_on_a_screen_of_usual_width(
    as_manager: OpenPage, other_manager: OtherManager
) -> None:
    product = other_manager.adds(20, name="Slate Clock", threshold=20)
    other_manager.sells(product, 3)
    other_manager.holds(product, 2)

    page = as_manager(f"products/{product}")
    expect(rows(page, "Ledger")).to_have_count(2)
    expect(rows(page, "Active holds")).to_have_count(1)

    assert page.locator("table").evaluate_all(SCROLLED_SIDEWAYS) == []


def test_a_product_is_accessible(as_manager: OpenPage, other_manager: OtherManager, display: Display) -> None:
    product = other_manager.adds(20, name="Slate Clock")
    other_manager.adds(5, name="Slate Clock", warehouse_id="north", product_id=product)
    other_manager.sells(product, 3)
    other_manager.holds(product, 2)
    other_manager.sets_threshold(product, 18)

    page = as_manager(f"products/{product}", display=display)
    expect(page.get_by_role("application", name="On hand over time")).to_be_visible()
    expect(rows(page, "Ledger")).to_have_count(4)

    assert_accessible(page)
    photograph(page, f"product-{display}")
