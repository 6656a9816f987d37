"""The overview tells the truth, leads to the lists behind it, and stays fresh by itself."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from inventory.aws.dynamodb import to_item
from tests.browser.conftest import OpenPage
from tests.support.browser.browsing import Browsing, Display, assert_accessible, photograph
from tools.demo.checkout import CheckoutService
from tools.demo.shelves import Shelves
from tools.local import Stack

REFRESHED_MILLISECONDS = 40_000  # the overview reads much, so it looks every 15 seconds only


@pytest.fixture(scope="package")
def service(stack: Stack, shelves: Shelves) -> CheckoutService:
    """A checkout service, over the sample catalogue."""
    return CheckoutService(stack)


def starts(service: CheckoutService, product_id: str, quantity: int, status: str) -> str:
    """A checkout, and how it was decided."""
    reservation_id = f"overview-{uuid4().hex[:8]}"
    lines = [{"product_id": product_id, "quantity": quantity}]
    service.start(reservation_id, {"lines": lines, "hold_seconds": 3_600})
    assert service.await_status(reservation_id, "HELD", "REJECTED") == status
    return reservation_id


def reservations(stack: Stack) -> list[str]:
    """The status of every reservation."""
    pages = stack.client("dynamodb").get_paginator("scan")
    table = stack.outputs["ReservationsTableName"]
    rows = [to_item(item) for page in pages.paginate(TableName=table, ConsistentRead=True) for item in page["Items"]]
    return [str(row["status"]) for row in rows]


def expect_figure(page: Page, name: str, value: int) -> None:
    expect(page.get_by_role("link", name=f"{name}: {value:,}", exact=True).first).to_be_visible(
        timeout=REFRESHED_MILLISECONDS
    )


def figure(page: Page, name: str) -> int:
    label = page.get_by_role("link", name=re.compile(f"^{name}: ")).first.get_attribute("aria-label")
    assert label
    return int(label.removeprefix(f"{name}: ").replace(",", ""))


def test_the_figures_are_those_of_the_tables(
    as_viewer: OpenPage, stack: Stack, shelves: Shelves, service: CheckoutService
) -> None:
    starts(service, "KIT-0001", 2, "HELD")
    starts(service, "KIT-0001", 10_000, "REJECTED")
    levels, statuses = shelves.levels(), reservations(stack)
    sold_out = sum(level["available"] == 0 for level in levels)
    low = sum(level["available"] > 0 and level["on_hand"] <= level["low_stock_threshold"] for level in levels)

    page = as_viewer()

    expect_figure(page, "Sold out", sold_out)
    expect_figure(page, "Low stock", low)
    expect_figure(page, "Active holds", sum(status in ("HELD", "PAID") for status in statuses))
    expect_figure(page, "Paid, not fulfilled", statuses.count("UNFULFILLED"))
    expect(page.get_by_text(f"{sum(int(level['reserved']) for level in levels):,} units set aside")).to_be_visible()
    expect_figure(page, "Rejected", statuses.count("REJECTED"))


@pytest.mark.parametrize(
    ("figure_name", "leads_to"),
    [
        ("Paid, not fulfilled", "/reservations?status=UNFULFILLED"),
        ("Sold out", "/stock?status=OUT_OF_STOCK"),
        ("Low stock", "/stock?status=LOW_STOCK"),
        ("Active holds", "/reservations"),
        ("Rejected", "/reservations?status=REJECTED"),
    ],
)
def test_a_figure_leads_to_the_list_behind_it(
    as_viewer: OpenPage, service: CheckoutService, figure_name: str, leads_to: str
) -> None:
    starts(service, "KIT-0001", 10_000, "REJECTED")
    page = as_viewer()

    page.get_by_role("link", name=re.compile(f"^{figure_name}: ")).first.click()

    expect(page).to_have_url(re.compile(re.escape(f"/#{leads_to}") + "$"))
    expect(page.locator("h1 #page-heading")).to_be_focused()  # screen readers begin there


def test_what_happens_meanwhile_shows_up_without_a_reload(as_viewer: OpenPage, service: CheckoutService) -> None:
    page = as_viewer()
    expect(page.get_by_text("set aside for checkouts")).to_be_visible()
    before = figure(page, "Active holds")

    starts(service, "KIT-0001", 1, "HELD")

    expect_figure(page, "Active holds", before + 1)


def test_what_runs_out_leads_to_its_product(as_viewer: OpenPage) -> None:
    page = as_viewer()
    running_out = page.get_by_role("table").filter(has_text="Threshold")

    running_out.get_by_role("link").first.click()

    expect(page).to_have_url(re.compile("/#/products/[A-Z0-9-]+$"))


def test_an_api_that_cannot_be_reached_is_told_and_so_is_its_return(as_viewer: OpenPage, browsing: Browsing) -> None:
    browsing.tolerate("ERR_INTERNET_DISCONNECTED")
    page = as_viewer()
    # All of the page is there: what is loaded later could not be.
    expect(page.get_by_role("heading", name="Reservations of the last 24 hours")).to_be_visible()
    expect(page.get_by_role("table").get_by_role("link").first).to_be_visible()
    notice = page.get_by_text("The inventory cannot be reached")

    page.context.set_offline(True)
    expect(notice).to_be_visible(timeout=REFRESHED_MILLISECONDS)
    expect(page.get_by_text("set aside for checkouts")).to_be_visible()

    page.context.set_offline(False)
    expect(notice).to_have_count(0, timeout=REFRESHED_MILLISECONDS)


def test_dark_colors_are_kept_once_chosen(as_viewer: OpenPage) -> None:
    page = as_viewer()
    page.get_by_role("button", name="Appearance").click()
    page.get_by_role("menuitemcheckbox", name="Dark").click()

    page.reload()

    expect(page.locator("body.awsui-dark-mode")).to_have_count(1)


def test_an_order_is_found_from_everywhere(as_viewer: OpenPage, service: CheckoutService) -> None:
    held = starts(service, "KIT-0001", 1, "HELD")
    page = as_viewer()

    page.get_by_role("combobox", name="Find a product or an order").fill(held)
    page.get_by_role("option", name="Reservations: ").click()

    expect(page.get_by_role("link", name=held)).to_be_visible()


def test_the_overview_is_accessible(as_manager: OpenPage, service: CheckoutService, display: Display) -> None:
    starts(service, "KIT-0001", 10_000, "REJECTED")
    page = as_manager(display=display)
    expect(page.get_by_text("set aside for checkouts")).to_be_visible()
    expect(page.get_by_role("table").filter(has_text="Threshold")).to_be_visible()

    assert_accessible(page)
    photograph(page, f"overview-{display}")


def test_an_address_that_leads_nowhere_says_so(as_viewer: OpenPage) -> None:
    page = as_viewer("no/such/page")

    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    assert_accessible(page)
