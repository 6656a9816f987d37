"""What is done on a page before its picture: lines are entered, or a dialog is opened."""

import re
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from tests.support.deployed.manager import Manager
from tools.pictures.orders import MISCOUNTED


def count(page: Page, _manager: Manager) -> None:
    """Count four products: one is as in the books, one has fewer units, one has more, one is unknown."""
    _enter(page, "KIT-0021 301", "KIT-0022 137", "KIT-0023 360", "KIT-9999")


def receive(page: Page, _manager: Manager) -> None:
    """Receive two products."""
    _enter(page, "KIT-0002 48", "LMP-0001 12")


def review(page: Page, _manager: Manager) -> None:
    """Review the lines that were entered: the browser has kept them."""
    page.get_by_role("button", name=re.compile("^Review")).click()


def adjust(page: Page, _manager: Manager) -> None:
    """Adjust a level by a number of units."""
    dialog = _change(page)
    dialog.get_by_role("spinbutton", name="Units").fill("-2")


def conflict(page: Page, manager: Manager) -> None:
    """Count a level that another manager adjusts meanwhile."""
    dialog = _change(page)
    _choose(dialog, "Kind of change", "Set a count")
    dialog.get_by_role("spinbutton", name="Units counted").fill("40")
    dialog.get_by_role("textbox", name="Note").fill("Stocktaking")
    manager.posts(
        f"/admin/level/adjustments?product_id={MISCOUNTED}&warehouse_id=main",
        {"delta": 1, "reason": "found again"},
        Idempotency_Key=uuid4().hex,
    )
    dialog.get_by_role("button", name="Set the count").click()
    expect(dialog).to_contain_text("Somebody else has changed this")


def set_thresholds(page: Page, _manager: Manager) -> None:
    """Check the threshold of all levels that a search finds."""
    page.get_by_role("button", name="Set thresholds").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("spinbutton", name="Threshold").fill("12")
    dialog.get_by_role("button", name="Check").click()
    expect(dialog).to_contain_text("will change")


def adjust_many(page: Page, _manager: Manager) -> None:
    """Adjust all levels of a search."""
    page.get_by_role("row").nth(1).get_by_role("checkbox").check()
    page.get_by_role("row").nth(2).get_by_role("checkbox").check()
    page.get_by_role("button", name="Adjust 2 selected").click()
    _choose(page.get_by_role("dialog"), "How many units", "Different for each")


def add_level(page: Page, _manager: Manager) -> None:
    """Add a level."""
    page.get_by_role("button", name="Add stock").click()


def release(page: Page, _manager: Manager) -> None:
    """Release a hold."""
    page.get_by_role("button", name="Release").click()


def mark_returned(page: Page, _manager: Manager) -> None:
    """Mark a payment as returned."""
    page.get_by_role("button", name=re.compile("^Mark payment")).first.click()


def _enter(page: Page, *lines: str) -> None:
    field = page.get_by_role("textbox", name="Product and units")
    for line in lines:
        field.fill(line)
        field.press("Enter")
    expect(page.get_by_text("Looking it up")).to_have_count(0)


def _choose(dialog: Locator, label: str, option: str) -> None:
    """Choose one of two segments, which are a list on a phone."""
    closed_list = dialog.get_by_role("button", name=re.compile(f"^{label}"))
    if closed_list.count() > 0:
        closed_list.click()
        dialog.get_by_role("option", name=option).click()
    else:
        dialog.get_by_role("button", name=option).click()


def _change(page: Page) -> Locator:
    page.get_by_role("button", name=re.compile("^Change .*main")).first.click()
    return page.get_by_role("dialog")
