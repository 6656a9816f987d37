"""The overview: its figures are correct, link to their lists, and refresh themselves."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from inventory.aws.changes import to_item
from inventory.items import is_heartbeat
from tests.browser.conftest import OpenPage
from tests.support.browser.browsing import (
    Browsing,
    Display,
    assert_accessible,
    assert_accessible_in_both_schemes,
    photograph,
)
from tools.demo.checkout import CheckoutService
from tools.demo.stock_loader import StockLoader
from tools.local import Stack

REFRESHED_MILLISECONDS = 75_000  # the figures are asked for every 30 seconds

FORBIDDEN = {"status": 403, "title": "Forbidden", "detail": "this is for others", "code": "FORBIDDEN"}


@pytest.fixture(scope="package")
def service(stack: Stack, stock_loader: StockLoader) -> CheckoutService:
    """A checkout service for the products of the sample catalogue."""
    return CheckoutService(stack)


def start_checkout(service: CheckoutService, product_id: str, quantity: int, status: str) -> str:
    """Start a checkout and wait for its status."""
    reservation_id = f"overview-{uuid4().hex[:8]}"
    lines = [{"product_id": product_id, "quantity": quantity}]
    service.start(reservation_id, {"lines": lines, "hold_seconds": 3_600})
    assert service.await_status(reservation_id, "HELD", "REJECTED") == status
    return reservation_id


def statuses_of(stack: Stack, table_output: str) -> list[str]:
    """The status of every row of a table, of which one of the reservations is the heartbeat of the read model."""
    pages = stack.client("dynamodb").get_paginator("scan")
    table = stack.outputs[table_output]
    rows = [to_item(item) for page in pages.paginate(TableName=table, ConsistentRead=True) for item in page["Items"]]
    return [str(row["status"]) for row in rows if not is_heartbeat(row)]


@pytest.fixture(autouse=True)
def parts_may_wait_for_the_read_model(browsing: Browsing) -> None:
    """In the first minute of a stack two parts of the overview have no answer, and say so."""
    browsing.tolerate("status of 409.*/admin/(attention|lost-demand)")


def expect_figure(page: Page, name: str, value: int) -> None:
    expect(page.get_by_role("link", name=f"{name}: {value:,}", exact=True).first).to_be_visible(
        timeout=REFRESHED_MILLISECONDS
    )


def figure(page: Page, name: str) -> int:
    label = page.get_by_role("link", name=re.compile(f"^{name}: ")).first.get_attribute("aria-label")
    assert label
    return int(label.removeprefix(f"{name}: ").replace(",", ""))


def test_the_figures_match_the_tables(
    as_viewer: OpenPage, stack: Stack, stock_loader: StockLoader, service: CheckoutService
) -> None:
    start_checkout(service, "KIT-0001", 2, "HELD")
    start_checkout(service, "KIT-0001", 10_000, "REJECTED")
    levels, statuses = stock_loader.levels(), statuses_of(stack, "ReservationsTableName")
    sold_out = sum(level["available"] == 0 for level in levels)
    low = sum(0 < level["available"] <= level["low_stock_threshold"] for level in levels)

    page = as_viewer()

    expect_figure(page, "Sold out", sold_out)
    expect_figure(page, "Low stock", low)
    expect_figure(page, "Active holds", sum(status in ("HELD", "PAID") for status in statuses))
    expect_figure(page, "Payments to return", statuses_of(stack, "RefundsTableName").count("OPEN"))
    expect(page.get_by_text(f"{sum(int(level['reserved']) for level in levels):,} units set aside")).to_be_visible()
    expect_figure(page, "Rejected", statuses.count("REJECTED"))


@pytest.mark.parametrize(
    ("figure_name", "leads_to"),
    [
        ("Payments to return", "/refunds"),
        ("Sold out", "/stock?status=OUT_OF_STOCK"),
        ("Low stock", "/stock?status=LOW_STOCK"),
        ("Active holds", "/reservations"),
        ("Rejected", "/reservations?status=REJECTED"),
    ],
)
def test_a_figure_links_to_the_list_that_it_counts(
    as_viewer: OpenPage, service: CheckoutService, figure_name: str, leads_to: str
) -> None:
    start_checkout(service, "KIT-0001", 10_000, "REJECTED")
    page = as_viewer()

    page.get_by_role("link", name=re.compile(f"^{figure_name}: ")).first.click()

    expect(page).to_have_url(re.compile(re.escape(f"/#{leads_to}") + "$"))
    expect(page.locator("h1 #page-heading")).to_be_focused()  # screen readers start there


def test_a_new_hold_appears_without_a_reload(as_viewer: OpenPage, service: CheckoutService) -> None:
    page = as_viewer()
    expect(page.get_by_text("set aside for checkouts")).to_be_visible()
    before = figure(page, "Active holds")

    start_checkout(service, "KIT-0001", 1, "HELD")

    expect_figure(page, "Active holds", before + 1)


def test_each_part_of_the_overview_is_there(as_viewer: OpenPage) -> None:
    page = as_viewer()

    for part in ("Running out", "Payments to return", "Refused in the last 24 hours", "Holds that end soon"):
        expect(page.get_by_role("table", name=part)).to_be_visible()


def test_a_part_that_fails_leaves_the_others(as_viewer: OpenPage, browsing: Browsing) -> None:
    browsing.tolerate("status of 403")
    page = as_viewer()
    page.route("**/admin/attention*", lambda route: route.fulfill(status=403, json=FORBIDDEN))

    page.reload()

    expect(page.get_by_text("You are not allowed to do this")).to_be_visible()
    expect(page.get_by_text("set aside for checkouts")).to_be_visible()
    expect(page.get_by_role("table", name="Payments to return")).to_be_visible()


def test_the_page_shows_when_the_api_is_offline_and_when_it_is_back(as_viewer: OpenPage, browsing: Browsing) -> None:
    browsing.tolerate("ERR_INTERNET_DISCONNECTED")
    page = as_viewer()
    # Wait for the whole page: its lazy parts cannot load while the browser is offline.
    expect(page.get_by_role("heading", name="Reservations of the last 24 hours")).to_be_visible()
    expect(page.get_by_role("table", name="Holds that end soon")).to_be_visible()
    notice = page.get_by_text("The inventory cannot be reached")

    page.context.set_offline(True)
    expect(notice).to_be_visible(timeout=REFRESHED_MILLISECONDS)
    expect(page.get_by_text("set aside for checkouts")).to_be_visible()

    page.context.set_offline(False)
    expect(notice).to_have_count(0, timeout=REFRESHED_MILLISECONDS)


def test_the_chosen_color_mode_is_stored(as_viewer: OpenPage) -> None:
    page = as_viewer()
    page.get_by_role("button", name="Appearance").click()
    page.get_by_role("menuitemcheckbox", name="Dark").click()

    page.reload()

    expect(page.locator("body.awsui-dark-mode")).to_have_count(1)


def test_a_reservation_is_found_with_the_search_in_the_top_bar(as_viewer: OpenPage, service: CheckoutService) -> None:
    held = start_checkout(service, "KIT-0001", 1, "HELD")
    page = as_viewer()

    field = page.get_by_role("combobox", name="Find a product, order or customer")
    field.fill(held)
    expect(page.get_by_role("option", name=held).last).to_be_visible()
    field.press("Enter")

    expect(page).to_have_url(re.compile(rf"/#/reservation\?reservation_id={held}$"))
    expect(page.get_by_role("heading", name=held)).to_be_visible()


def test_enter_lists_everything_that_was_found(as_viewer: OpenPage) -> None:
    page = as_viewer()

    field = page.get_by_role("combobox", name="Find a product, order or customer")
    field.fill("kit-00")
    field.press("Enter")

    expect(page).to_have_url(re.compile(r"/#/search\?query=kit-00$"))
    expect(page.get_by_role("heading", name=re.compile("^Products"))).to_be_visible()
    assert_accessible_in_both_schemes(page)


def test_the_overview_is_accessible(as_manager: OpenPage, service: CheckoutService, display: Display) -> None:
    start_checkout(service, "KIT-0001", 10_000, "REJECTED")
    page = as_manager(display=display)
    expect(page.get_by_text("set aside for checkouts")).to_be_visible()
    expect(page.get_by_role("table", name="Running out")).to_be_visible()

    assert_accessible(page)
    photograph(page, f"overview-{display}")


def test_an_unknown_address_shows_that_the_page_was_not_found(as_viewer: OpenPage) -> None:
    page = as_viewer("no/such/page")

    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    assert_accessible_in_both_schemes(page)
