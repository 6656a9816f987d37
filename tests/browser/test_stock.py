"""The stock list: search, sorting, changes to levels, conflicts with other managers, and exports."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.support.browser.browsing import (
    Browsing,
    Display,
    assert_accessible,
    assert_dialog_accessible,
    lose_the_response,
    photograph,
)
from tests.support.browser.other_manager import OtherManager

SOON_MILLISECONDS = 30_000  # the page refreshes a list every 15 seconds
IMPORTED_MILLISECONDS = 60_000  # an import runs in the background
API = re.compile(r"/admin/")


def row_of(page: Page, product_id: str, warehouse_id: str = "main") -> Locator:
    of_the_product = page.locator("tbody tr").filter(has_text=product_id)
    return of_the_product.filter(has=page.locator("td, th").get_by_text(warehouse_id, exact=True))


def figure(page: Page, product_id: str, column: str) -> Locator:
    """The cell of a row in a column."""
    expect(row_of(page, product_id)).to_be_visible()
    headers = page.get_by_role("columnheader").all_inner_texts()
    [index] = [index for index, header in enumerate(headers) if header.strip() == column]
    return row_of(page, product_id).locator("td, th").nth(index)


def change(page: Page, product_id: str) -> Locator:
    """Open the dialog that changes a level."""
    row_of(page, product_id).get_by_role("button", name=re.compile("^Change ")).click()
    return page.get_by_role("dialog")


def effect(dialog: Locator, figure: str) -> list[str]:
    """A row of the comparison: the current value and the value after the change."""
    return dialog.get_by_role("row", name=figure).get_by_role("cell").all_inner_texts()


def edit_threshold(page: Page, product_id: str, threshold: int) -> Locator:
    """Enter a threshold in place, or on a phone in a dialog, without saving it."""
    row_of(page, product_id).hover()
    row_of(page, product_id).get_by_role("button", name=re.compile("^Edit the threshold")).click()
    editor = page.get_by_role("dialog", name=re.compile("^(Edit the threshold|Threshold) of"))
    editor.get_by_role("spinbutton", name="Threshold").fill(str(threshold))
    return editor


def save(editor: Locator) -> None:
    editor.get_by_role("button", name="Save the threshold").click()


def choose(page: Page, filter_label: str, option: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{filter_label}")).click()
    page.get_by_role("option", name=option, exact=True).click()


def select(page: Page, product_id: str) -> None:
    row_of(page, product_id).get_by_role("checkbox").check()


def export(page: Page, what: str) -> bytes:
    """The file that an export downloads."""
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as downloading:
        page.get_by_role("menuitem", name=re.compile(what)).click()
    return Path(downloading.value.path()).read_bytes()


def adjust_with_a_lost_response(page: Page, product: str) -> Locator:
    """Remove three units, lose the response, and keep the API offline. Returns the dialog with the error."""
    dialog = change(page, product)
    dialog.get_by_role("spinbutton", name="Units").fill("-3")
    dialog.get_by_role("textbox", name="Note").fill("Broken")
    page.route(API, lose_the_response)
    dialog.get_by_role("button", name="Adjust").click()
    expect(dialog).to_contain_text("The inventory cannot be reached", timeout=SOON_MILLISECONDS)
    return dialog


# --- search, filters and sorting


def test_a_search_matches_words_of_a_name_or_a_part_of_an_id(as_viewer: OpenPage, other_manager: OtherManager) -> None:
    product = other_manager.adds(name="Zinc Watering Can")
    page = as_viewer("stock")
    search = page.get_by_role("searchbox", name="Find by product id or name")

    search.fill("can wàter")
    expect(row_of(page, product)).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Stoneware")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"search=can\+w%C3%A0ter$"))

    search.fill(product[2:10].lower())
    expect(row_of(page, product)).to_be_visible()

    search.fill("no such product")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    page.get_by_role("button", name="Show all stock").click()
    expect(page.get_by_role("link", name="Limited Edition Console").first).to_be_visible()
    expect(search).to_have_value("")


def test_filters_are_combined_and_stored_in_the_address(as_viewer: OpenPage, other_manager: OtherManager) -> None:
    low = other_manager.adds(3, name="Iron Trivet", category="hearth", threshold=5)
    enough = other_manager.adds(30, name="Iron Poker", category="hearth", threshold=5)
    page = as_viewer("stock")

    choose(page, "Filter by category", "hearth")
    expect(row_of(page, enough)).to_be_visible()
    choose(page, "Filter by status", "Low stock")
    choose(page, "Filter by warehouse", "main")

    expect(row_of(page, enough)).to_have_count(0)
    expect(row_of(page, low)).to_contain_text("Low stock")
    expect(page).to_have_url(re.compile(r"/#/stock\?category=hearth&status=LOW_STOCK&warehouse_id=main$"))


def test_a_link_opens_the_view_that_it_was_copied_from(as_viewer: OpenPage, other_manager: OtherManager) -> None:
    few = other_manager.adds(2, name="Oak Stool", category="stools")
    many = other_manager.adds(50, name="Ash Stool", category="stools")

    page = as_viewer("stock?category=stools&sort=on_hand&order=desc&search=stool")

    expect(row_of(page, few)).to_be_visible()
    assert page.locator("tbody").inner_text().index(many) < page.locator("tbody").inner_text().index(few)
    expect(page.get_by_role("searchbox", name="Find by product id or name")).to_have_value("stool")
    expect(page.get_by_role("columnheader", name="On hand")).to_have_attribute("aria-sort", "descending")


def test_sorting_covers_all_stock_and_not_only_the_page(as_viewer: OpenPage, other_manager: OtherManager) -> None:
    most = other_manager.adds(900_000_000, name="Grain of Rice")
    page = as_viewer("stock")
    expect(page.get_by_role("link", name="Limited Edition Console").first).to_be_visible()

    header = page.get_by_role("columnheader", name="On hand")
    header.get_by_role("button").press("Enter")
    expect(page).to_have_url(re.compile(r"sort=on_hand$"))
    expect(header).to_have_attribute("aria-sort", "ascending")  # drawn a moment after the address
    header.get_by_role("button").press("Enter")

    expect(page.locator("tbody tr").first).to_contain_text(most)
    expect(page.locator("tbody tr").first).to_contain_text("900,000,000")


def test_going_back_from_a_product_returns_to_the_same_page_of_the_list(as_viewer: OpenPage) -> None:
    page = as_viewer("stock")
    first = page.locator("tbody tr").first.get_by_role("link")
    of_page_1 = first.get_attribute("href")
    assert of_page_1

    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_role("button", name="Page 2")).to_have_attribute("aria-current", "true")
    expect(first).not_to_have_attribute("href", of_page_1)
    of_page_2 = first.get_attribute("href")
    assert of_page_2
    first.click()
    expect(page.get_by_text("In the warehouses")).to_be_visible()
    page.go_back()

    expect(first).to_have_attribute("href", of_page_2)
    page.get_by_role("button", name="Previous page").click()
    expect(first).to_have_attribute("href", of_page_1)


def test_columns_and_page_size_are_stored_for_the_next_visit(as_viewer: OpenPage) -> None:
    page = as_viewer("stock")
    expect(page.locator("tbody tr")).to_have_count(50)

    page.get_by_role("button", name="Preferences").click()
    page.get_by_role("radio", name="20 stock levels").check()
    page.get_by_role("dialog").get_by_text("Updated").click()
    assert_dialog_accessible(page)
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("tbody tr")).to_have_count(20)
    page.reload()

    expect(page.locator("tbody tr")).to_have_count(20)
    expect(page.get_by_role("columnheader", name="Updated")).to_be_visible()


# --- editing a threshold in place


def test_a_threshold_is_edited_in_place_with_a_reason(as_manager: OpenPage, other_manager: OtherManager) -> None:
    product = other_manager.adds(20, threshold=2)
    page = as_manager(f"stock?search={product}")

    editor = edit_threshold(page, product, 25)
    expect(editor.get_by_role("textbox", name="Reason")).to_have_value("Threshold changed")
    editor.get_by_role("textbox", name="Reason").fill("Sells quicker in winter")
    save(editor)

    expect(figure(page, product, "Threshold")).to_have_text(re.compile("^25"))
    expect(row_of(page, product)).to_contain_text("Low stock")
    assert other_manager.level(product)["low_stock_threshold"] == 25
    assert other_manager.ledger(product)[0]["reason"] == "Sells quicker in winter"


def test_a_sale_during_an_edit_does_not_conflict_with_the_threshold(
    as_manager: OpenPage, browsing: Browsing, other_manager: OtherManager
) -> None:
    browsing.tolerate("status of 409")
    product = other_manager.adds(20, threshold=2)
    page = as_manager(f"stock?search={product}")
    editor = edit_threshold(page, product, 7)
    other_manager.sells(product, 3)

    save(editor)

    expect(figure(page, product, "Threshold")).to_have_text(re.compile("^7"))
    level = other_manager.level(product)
    assert (level["low_stock_threshold"], level["on_hand"]) == (7, 17)


def test_an_edit_shows_a_threshold_that_another_manager_set_and_can_overwrite_it(
    as_manager: OpenPage, browsing: Browsing, other_manager: OtherManager
) -> None:
    browsing.tolerate("status of 409")
    product = other_manager.adds(20, threshold=2)
    page = as_manager(f"stock?search={product}")
    editor = edit_threshold(page, product, 7)
    other_manager.sets_threshold(product, 4)

    save(editor)
    expect(editor).to_contain_text("Somebody else set this to 4 in the meantime")
    assert other_manager.level(product)["low_stock_threshold"] == 4
    photograph(page, "stock-threshold-conflict")
    save(editor)

    expect(figure(page, product, "Threshold")).to_have_text(re.compile("^7"))
    assert other_manager.level(product)["low_stock_threshold"] == 7


def test_an_invalid_threshold_is_reported_at_its_field(as_manager: OpenPage, other_manager: OtherManager) -> None:
    product = other_manager.adds(threshold=2)
    page = as_manager(f"stock?search={product}")

    editor = edit_threshold(page, product, -1)
    save(editor)

    expect(editor).to_contain_text("Enter a whole number from 0 to 1,000,000,000.")
    assert other_manager.level(product)["low_stock_threshold"] == 2


# --- the thresholds of a whole search


def test_the_thresholds_of_a_search_are_counted_before_they_are_set(
    as_manager: OpenPage, other_manager: OtherManager
) -> None:
    low, high = (other_manager.adds(20, category="ladders", threshold=threshold) for threshold in (2, 9))
    elsewhere = other_manager.adds(20, category="ladder hooks", threshold=2)
    page = as_manager("stock?category=ladders")
    expect(row_of(page, low)).to_be_visible()

    page.get_by_role("button", name="Set thresholds").click()
    dialog = page.get_by_role("dialog", name="Set the threshold of all levels of this search")
    dialog.get_by_role("button", name="Check").click()
    expect(dialog).to_contain_text("Enter a whole number from 0 to 1,000,000,000.")
    dialog.get_by_role("spinbutton", name="Threshold").fill("9")
    dialog.get_by_role("textbox", name="Reason").fill("Winter")
    dialog.get_by_role("textbox", name="Reason").press("Enter")
    expect(dialog).to_contain_text("1 level will change. 1 level has this threshold already.")
    assert other_manager.level(low)["low_stock_threshold"] == 2
    assert_dialog_accessible(page)
    photograph(page, "stock-thresholds")
    dialog.get_by_role("button", name="Set 1 threshold").click()

    expect(page.get_by_text("Loaded", exact=True)).to_be_visible(timeout=IMPORTED_MILLISECONDS)
    levels = [other_manager.level(product)["low_stock_threshold"] for product in (low, high, elsewhere)]
    assert levels == [9, 9, 2]
    assert other_manager.ledger(low)[0]["reason"] == "Winter"


# --- changing one level


def test_an_adjustment_shows_its_effect_before_it_is_sent(as_manager: OpenPage, other_manager: OtherManager) -> None:
    product = other_manager.adds(20, threshold=14)
    other_manager.holds(product, 4)
    page = as_manager(f"stock?search={product}")

    dialog = change(page, product)
    dialog.get_by_role("spinbutton", name="Units").fill("-3")
    assert effect(dialog, "On hand") == ["20", "17"]
    assert effect(dialog, "Reserved") == ["4", "4"]
    assert effect(dialog, "Available") == ["16", "13"]
    assert effect(dialog, "Status") == ["In stock", "Low stock"]
    dialog.get_by_role("button", name="Adjust").click()
    expect(dialog).to_contain_text("Enter a reason.")
    dialog.get_by_role("textbox", name="Note").fill("Broken")
    dialog.get_by_role("textbox", name="Reference").fill("CLAIM-4")
    dialog.get_by_role("button", name="Adjust").click()

    expect(dialog).to_have_count(0)
    expect(figure(page, product, "On hand")).to_have_text("17")
    expect(page.get_by_text("on hand changed from 20 to 17")).to_be_visible()
    latest = other_manager.ledger(product)[0]
    assert (latest["kind"], latest["delta"], latest["reason"], latest["reference"]) == (
        "ADJUSTED",
        -3,
        "Broken",
        "CLAIM-4",
    )


def test_thresholds_of_a_filter_are_checked_with_the_keyboard_and_the_focus_returns(as_manager: OpenPage) -> None:
    page = as_manager("stock?category=kitchen")
    page.get_by_role("button", name="Set thresholds").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("spinbutton", name="Threshold")).to_be_focused()
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text(re.compile("levels? will change|No level was found"))
    assert_accessible(page)

    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="Set thresholds")).to_be_focused()


def test_a_change_works_with_the_keyboard_and_returns_the_focus(
    as_manager: OpenPage, other_manager: OtherManager
) -> None:
    product = other_manager.adds()
    page = as_manager(f"stock?search={product}")
    opener = row_of(page, product).get_by_role("button", name=re.compile("^Change "))

    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("spinbutton", name="Units")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("spinbutton", name="Units counted")).to_be_visible()
    expect(page.get_by_role("button", name="Set a count")).to_be_focused()
    page.keyboard.press("Escape")

    expect(opener).to_be_focused()


def test_a_count_replaces_the_units_on_hand(as_manager: OpenPage, other_manager: OtherManager) -> None:
    product = other_manager.adds(20)
    page = as_manager(f"stock?search={product}")

    dialog = change(page, product)
    dialog.get_by_text("Set a count").click()
    dialog.get_by_role("spinbutton", name="Units counted").fill("12")
    dialog.get_by_role("textbox", name="Note").fill("Stocktaking")
    dialog.get_by_role("textbox", name="Note").press("Enter")

    expect(figure(page, product, "On hand")).to_have_text("12")
    assert [other_manager.ledger(product)[0][name] for name in ("kind", "delta", "reason")] == [
        "COUNTED",
        -8,
        "Stocktaking",
    ]


def test_a_change_below_the_reserved_units_is_refused_at_the_field_and_keeps_the_input(
    as_manager: OpenPage, browsing: Browsing, other_manager: OtherManager
) -> None:
    browsing.tolerate("status of 409")
    product = other_manager.adds(20)
    other_manager.holds(product, 5)
    page = as_manager(f"stock?search={product}")

    dialog = change(page, product)
    dialog.get_by_role("spinbutton", name="Units").fill("-16")
    expect(dialog).to_contain_text("Units reserved for checkouts, or sold and not dispatched: 5.")
    dialog.get_by_role("textbox", name="Note").fill("Broken")
    dialog.get_by_role("button", name="Adjust").click()

    expect(dialog.get_by_role("spinbutton", name="Units")).to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_role("spinbutton", name="Units")).to_have_value("-16")
    assert other_manager.level(product)["on_hand"] == 20
    photograph(page, "stock-below-reserved")
    dialog.get_by_role("spinbutton", name="Units").fill("-15")
    dialog.get_by_role("button", name="Adjust").click()
    expect(figure(page, product, "On hand")).to_have_text("5")
    expect(row_of(page, product)).to_contain_text("Sold out")


# --- conflicts between two managers


@pytest.fixture
def conflict(as_manager: OpenPage, browsing: Browsing, other_manager: OtherManager) -> tuple[Page, Locator, str]:
    """Two managers count the same level. The first sets 18; the second enters 12 and gets a conflict."""
    browsing.tolerate("status of 409")
    product = other_manager.adds(20)
    first, second = (as_manager(f"stock?search={product}") for _ in range(2))
    for page, counted in ((second, "12"), (first, "18")):
        dialog = change(page, product)
        dialog.get_by_text("Set a count").click()
        dialog.get_by_role("spinbutton", name="Units counted").fill(counted)
        dialog.get_by_role("textbox", name="Note").fill("Stocktaking")
    first.get_by_role("button", name="Set the count").click()
    expect(figure(first, product, "On hand")).to_have_text("18")
    second.get_by_role("button", name="Set the count").click()
    dialog = second.get_by_role("dialog")
    expect(dialog).to_contain_text("Somebody else has changed this in the meantime")
    return second, dialog, product


def test_a_conflict_compares_the_old_the_current_and_the_new_level(
    conflict: tuple[Page, Locator, str], other_manager: OtherManager
) -> None:
    page, dialog, product = conflict

    assert effect(dialog, "On hand") == ["20", "18", "12"]
    assert other_manager.level(product)["on_hand"] == 18
    assert_dialog_accessible(page)
    photograph(page, "stock-conflict")


def test_a_conflict_can_be_resolved_with_the_own_change(
    conflict: tuple[Page, Locator, str], other_manager: OtherManager
) -> None:
    page, dialog, product = conflict

    dialog.get_by_role("button", name="Apply my change").click()

    expect(figure(page, product, "On hand")).to_have_text("12")
    assert other_manager.level(product)["on_hand"] == 12


def test_a_conflict_can_be_resolved_with_the_other_change(
    conflict: tuple[Page, Locator, str], other_manager: OtherManager
) -> None:
    page, dialog, product = conflict

    dialog.get_by_role("button", name="Keep the current values").click()

    expect(dialog).to_have_count(0)
    expect(figure(page, product, "On hand")).to_have_text("18")
    assert other_manager.level(product)["on_hand"] == 18


def test_a_conflict_can_be_edited_further_and_keeps_the_input(
    conflict: tuple[Page, Locator, str], other_manager: OtherManager
) -> None:
    page, dialog, product = conflict

    dialog.get_by_role("button", name="Continue editing").click()
    counted = dialog.get_by_role("spinbutton", name="Units counted")
    expect(counted).to_have_value("12")
    expect(dialog.get_by_role("textbox", name="Note")).to_have_value("Stocktaking")
    assert effect(dialog, "On hand") == ["18", "12"]
    counted.fill("15")
    dialog.get_by_role("button", name="Set the count").click()

    expect(figure(page, product, "On hand")).to_have_text("15")
    assert other_manager.level(product)["on_hand"] == 15


# --- adjusting several levels


def test_several_levels_are_adjusted_by_the_same_number_of_units(
    as_manager: OpenPage, other_manager: OtherManager
) -> None:
    products = [other_manager.adds(10, category="batch", name=f"Jar {number}") for number in range(3)]
    page = as_manager("stock?category=batch")
    for product in products:
        select(page, product)

    page.get_by_role("button", name="Adjust 3 selected").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("spinbutton", name="Units").fill("5")
    dialog.get_by_role("textbox", name="Note").fill("Delivery")
    dialog.get_by_role("button", name="Adjust 3 stock levels").click()

    expect(dialog.get_by_text("3 of 3 done, 0 failed").first).to_be_visible()
    photograph(page, "stock-many-done")
    dialog.get_by_role("button", name="Close", exact=True).last.click()
    for product in products:
        expect(figure(page, product, "On hand")).to_have_text("15")
    expect(page.get_by_role("button", name="Adjust selected")).to_be_disabled()


def test_a_retry_sends_only_the_levels_that_failed(
    as_manager: OpenPage, browsing: Browsing, other_manager: OtherManager
) -> None:
    browsing.tolerate("status of 409")
    good, short = (other_manager.adds(10, category="retry", name=name) for name in ("Lid", "Bowl"))
    hold = other_manager.holds(short, 9)
    page = as_manager("stock?category=retry")
    select(page, good)
    select(page, short)
    page.get_by_role("button", name="Adjust 2 selected").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Different for each").click()
    dialog.get_by_role("spinbutton", name="Units of Lid in main").fill("-2")
    dialog.get_by_role("spinbutton", name="Units of Bowl in main").fill("-4")
    dialog.get_by_role("textbox", name="Note").fill("Broken")

    dialog.get_by_role("button", name="Adjust 2 stock levels").click()
    expect(dialog.get_by_text("1 of 2 done, 1 failed").first).to_be_visible()
    assert_dialog_accessible(page)
    photograph(page, "stock-many-failed")
    assert (other_manager.level(good)["on_hand"], other_manager.level(short)["on_hand"]) == (8, 10)
    other_manager.checkout.cancel(hold)
    dialog.get_by_role("button", name="Try 1 stock level again").click()

    expect(dialog.get_by_text("2 of 2 done, 0 failed").first).to_be_visible()
    assert (other_manager.level(good)["on_hand"], other_manager.level(short)["on_hand"]) == (8, 6)


# --- exports


def test_selected_levels_are_exported_in_the_format_of_an_import_and_without_formulas(
    as_viewer: OpenPage, other_manager: OtherManager
) -> None:
    names = ["=1+1", '-5" Nail, "long"', "Théière"]
    products = [other_manager.adds(4, category="files", name=name) for name in names]
    page = as_viewer("stock?category=files")
    for product in products:
        select(page, product)

    content = export(page, "3 selected rows")

    assert not re.search(r'(^|,)"?[=+@-]', content.decode("utf-8-sig"), re.MULTILINE)
    report = other_manager.manager.imports(content, "CHECK")
    assert (report["status"], report["rows"], report["changed"]) == ("DONE", 3, 0)


def test_search_results_are_exported_completely(as_viewer: OpenPage, other_manager: OtherManager) -> None:
    product = other_manager.adds(4, category="chests", name="Cedar Chest")
    page = as_viewer("stock?category=chests")
    expect(row_of(page, product)).to_be_visible()

    [header, row] = export(page, "Search results").decode("utf-8-sig").splitlines()

    assert header == "product_id,warehouse_id,name,category,on_hand,low_stock_threshold,on_hand_was,as_of"
    assert row.startswith(f"{product},main,Cedar Chest,chests,4,2,4,20")


def test_selected_rows_and_search_results_are_files_of_the_same_form(
    as_viewer: OpenPage, other_manager: OtherManager
) -> None:
    product = other_manager.adds(4, category="forms", name='=A1, "quoted"; Théière', product_id=f"-1/B {uuid4().hex}")
    page = as_viewer("stock?category=forms")
    select(page, product)

    selected, found = export(page, "1 selected row"), export(page, "Search results")

    assert without_time(selected) == without_time(found)


def without_time(export: bytes) -> bytes:
    """An export without the moments at which its rows were read."""
    return re.sub(rb"20[0-9-]{8}T[0-9:.]+Z", b"", export)


# --- adding levels


def test_a_product_is_added_to_a_warehouse(as_manager: OpenPage, other_manager: OtherManager) -> None:
    product = "NEW-" + other_manager.adds()
    page = as_manager(f"stock?search={product}")

    page.get_by_role("button", name="Add stock").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).to_contain_text("Enter 1 to 128 characters.")
    dialog.get_by_role("textbox", name="Product id").fill(product)
    dialog.get_by_role("textbox", name="Name").fill("Brass Bell")
    dialog.get_by_role("combobox", name="Category").fill("bells")
    dialog.get_by_role("spinbutton", name="On hand").fill("6")
    dialog.get_by_role("spinbutton", name="Threshold").fill("2")
    dialog.get_by_role("button", name="Add", exact=True).click()

    expect(figure(page, product, "On hand")).to_have_text("6")
    level = other_manager.level(product)
    assert (level["name"], level["category"], level["low_stock_threshold"]) == ("Brass Bell", "bells", 2)


def test_adding_an_existing_level_shows_that_level(
    as_manager: OpenPage, browsing: Browsing, other_manager: OtherManager
) -> None:
    browsing.tolerate("status of 409")
    product = other_manager.adds(13)
    page = as_manager("stock")

    page.get_by_role("button", name="Add stock").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Product id").fill(product)
    dialog.get_by_role("textbox", name="Name").fill("Brass Bell")
    dialog.get_by_role("combobox", name="Category").fill("bells")
    dialog.get_by_role("textbox", name="Reason").press("Enter")

    expect(dialog).to_contain_text("This product already exists in this warehouse")
    assert_dialog_accessible(page)
    assert effect(dialog, "On hand") == ["13"]
    expect(dialog.get_by_role("textbox", name="Name")).to_have_value("Brass Bell")
    assert other_manager.level(product)["name"] == "Copper Kettle"


# --- viewers, refreshes and lost connections


def test_a_viewer_cannot_change_anything(as_viewer: OpenPage, other_manager: OtherManager) -> None:
    product = other_manager.adds()
    page = as_viewer(f"stock?search={product}")

    expect(row_of(page, product)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Change|Edit|Add|Adjust"))).to_have_count(0)


def test_a_sale_appears_without_a_reload(as_viewer: OpenPage, other_manager: OtherManager) -> None:
    product = other_manager.adds(20)
    page = as_viewer(f"stock?search={product}")
    expect(figure(page, product, "On hand")).to_have_text("20")

    other_manager.sells(product, 3)

    expect(figure(page, product, "On hand")).to_have_text("17", timeout=SOON_MILLISECONDS)


def test_a_change_during_an_outage_keeps_its_input_and_is_made_once_afterwards(
    as_manager: OpenPage, browsing: Browsing, other_manager: OtherManager
) -> None:
    browsing.tolerate("ERR_FAILED|Failed to fetch")
    product = other_manager.adds(20)
    page = as_manager(f"stock?search={product}")

    dialog = adjust_with_a_lost_response(page, product)
    expect(dialog.get_by_role("spinbutton", name="Units")).to_have_value("-3")
    photograph(page, "stock-offline")
    page.unroute(API)
    dialog.get_by_role("button", name="Try again").click()

    expect(dialog).to_have_count(0)
    expect(figure(page, product, "On hand")).to_have_text("17")
    expect(page.get_by_text("The data on this page may be out of date")).to_have_count(0)
    assert [movement["delta"] for movement in other_manager.ledger(product)] == [-3, 20]


def test_another_change_after_a_lost_response_reports_that_the_first_was_made(
    as_manager: OpenPage, browsing: Browsing, other_manager: OtherManager
) -> None:
    browsing.tolerate("ERR_FAILED|Failed to fetch|status of 409")
    product = other_manager.adds(20)
    page = as_manager(f"stock?search={product}")
    dialog = adjust_with_a_lost_response(page, product)
    page.unroute(API)

    dialog.get_by_role("spinbutton", name="Units").fill("-4")
    dialog.get_by_role("button", name="Adjust").click()

    expect(dialog).to_contain_text("Your first attempt was already decided")
    dialog.get_by_role("button", name="Adjust").click()  # under the same key, so that it cannot be made, too
    expect(dialog).to_contain_text("Your first attempt was already decided")
    assert [movement["delta"] for movement in other_manager.ledger(product)] == [-3, 20]


def test_a_list_that_could_not_be_read_has_a_button_to_try_again(as_viewer: OpenPage, browsing: Browsing) -> None:
    browsing.tolerate("ERR_FAILED|Failed to fetch")
    page = as_viewer("import")
    page.route(API, lambda route: route.abort())

    page.get_by_role("link", name="Stock").first.click()
    expect(page.get_by_role("table").get_by_text("The inventory cannot be reached")).to_be_visible(
        timeout=SOON_MILLISECONDS
    )
    page.unroute(API)
    page.get_by_role("table").get_by_role("button", name="Try again").click()

    expect(page.get_by_role("link", name="Limited Edition Console").first).to_be_visible(timeout=SOON_MILLISECONDS)


# --- accessibility and appearance


def test_the_stock_list_is_accessible(as_manager: OpenPage, other_manager: OtherManager, display: Display) -> None:
    product = other_manager.adds(12, name="Copper Kettle")
    page = as_manager("stock", display=display)
    expect(page.get_by_role("link", name="Limited Edition Console").first).to_be_visible()
    assert_accessible(page)
    photograph(page, f"stock-{display}")

    page = as_manager(f"stock?search={product}", display=display)
    editor = edit_threshold(page, product, 9)
    assert_accessible(page)
    photograph(page, f"stock-threshold-{display}")
    editor.get_by_role("button", name="Cancel").click()
    select(page, product)
    page.get_by_role("button", name="Adjust 1 selected").click()
    page.get_by_role("dialog").get_by_role("spinbutton", name="Units").fill("2")
    assert_accessible(page)
    photograph(page, f"stock-many-{display}")
    page.keyboard.press("Escape")
    dialog = change(page, product)
    dialog.get_by_role("spinbutton", name="Units").fill("-11")
    assert_accessible(page)
    photograph(page, f"stock-change-{display}")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add stock").click()
    assert_accessible(page)
    photograph(page, f"stock-add-{display}")
