"""Ids with any printable characters: the page adds, finds, changes, exports and follows them."""

import re
from unicodedata import normalize
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.support.browser.browsing import Display, assert_accessible, photograph
from tests.support.browser.other_manager import OtherManager

SOON_MILLISECONDS = 30_000
WAREHOUSE = "hall / 50% & more #1"


def an_id() -> str:
    """An id of all that a URL, a router or a CSV could change, in NFD."""
    return f"=A/B %2F ..?#&+'\"; the\u0301ie\u0300re \N{HOT BEVERAGE} {uuid4().hex[:8]}"


def add(page: Page, product_id: str) -> None:
    page.get_by_role("button", name="Add stock").click()
    dialog = page.get_by_role("dialog")
    for label, typed in {
        "Product id": product_id,
        "Warehouse": WAREHOUSE,
        "Name": "Tea Kettle",
        "Category": "ids",
    }.items():
        dialog.get_by_label(label, exact=True).fill(typed)
    dialog.get_by_label("On hand", exact=True).fill("7")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).to_have_count(0)


def test_a_product_with_any_id_is_added_found_changed_and_exported(
    as_manager: OpenPage, other_manager: OtherManager
) -> None:
    typed = an_id()
    product_id = normalize("NFC", typed)
    page = as_manager("stock")

    add(page, typed)
    page.get_by_role("searchbox", name="Find by product id or name").fill(typed)
    expect(page).to_have_url(re.compile(r"/#/stock\?search="))  # the search has begun
    row = page.locator("tbody tr").filter(has_text=product_id)
    expect(row).to_contain_text(WAREHOUSE, timeout=SOON_MILLISECONDS)
    row.get_by_role("link", name="Tea Kettle").click()

    expect(page.get_by_role("navigation", name="Breadcrumbs")).to_contain_text(product_id)
    page.reload()
    page.get_by_role("button", name="Change Tea Kettle").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("spinbutton", name="Units").fill("-3")
    dialog.get_by_role("textbox", name="Note").fill("broken")
    dialog.get_by_role("textbox", name="Reference (optional)").fill("RMA 7/a")
    dialog.get_by_role("button", name="Adjust").click()

    expect(page.get_by_text("on hand changed from 7 to 4.")).to_be_visible()
    expect(page.locator('table[aria-label="Ledger"]')).to_contain_text("RMA 7/a", timeout=SOON_MILLISECONDS)
    assert other_manager.level(product_id, WAREHOUSE)["on_hand"] == 4


def test_an_id_that_cannot_be_seen_is_refused_before_it_is_sent(as_manager: OpenPage) -> None:
    page = as_manager("stock")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)

    page.get_by_role("button", name="Add stock").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Product id", exact=True).fill("KIT\u200b1")
    dialog.get_by_role("button", name="Add", exact=True).click()

    expect(dialog).to_contain_text("Remove the character U+200B, which cannot be seen or printed.")
    assert not sent


def test_an_address_with_an_id_in_its_path_still_works(as_viewer: OpenPage, other_manager: OtherManager) -> None:
    product_id = other_manager.adds(product_id=f"A/B {uuid4().hex[:8]}")

    page = as_viewer(f"products/{product_id.replace('/', '%2F').replace(' ', '%20')}")

    expect(page.get_by_role("heading", name="Copper Kettle")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/#/product\?product_id=A%2FB\+"))


def test_long_ids_fit_on_the_page(as_viewer: OpenPage, other_manager: OtherManager, display: Display) -> None:
    product_id = other_manager.adds(product_id=("Ω" * 110 + uuid4().hex[:18]), warehouse_id="W" * 128)

    page = as_viewer(f"product?product_id={product_id}", display=display)
    expect(page.get_by_role("heading", name="Copper Kettle")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") <= display.width_px
    assert_accessible(page)
    photograph(page, f"product-long-id-{display}")
