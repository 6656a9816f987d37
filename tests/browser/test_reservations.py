"""The reservation pages: the list, the details of one reservation, and the release by a manager."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import uuid4

import pytest
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
from tools.demo.checkout import CheckoutService
from tools.demo.stock_loader import StockLoader
from tools.local import Stack

PAGE_LIMIT = 50
SOON_MILLISECONDS = 30_000  # time for a step of the workflow and the page's next refresh
FOLLOWED_MILLISECONDS = 120_000  # the first merge of the read model may be a minute away
TOO_MANY = 10_000


@dataclass
class Shop:
    """Shoppers who check out, each with their own reservation id."""

    service: CheckoutService

    def starts(
        self,
        lines: Sequence[tuple[str, int]] = (("KIT-0001", 1),),
        *,
        hold_seconds: int = 600,
        order_id: str | None = None,
        name: str = "order",
        is_guest: bool = False,
    ) -> str:
        """Start a checkout without waiting for its result."""
        reservation_id = f"{name}-{uuid4().hex[:8]}"
        request = {
            "lines": [{"product_id": product_id, "quantity": quantity} for product_id, quantity in lines],
            "order_id": order_id or f"O-{reservation_id}",
            "customer_id": None
            if is_guest
            else f"C-{reservation_id}",  # the units that one customer may hold are limited
            "hold_seconds": hold_seconds,
        }
        self.service.start(reservation_id, request)
        return reservation_id

    def holds(self, lines: Sequence[tuple[str, int]] = (("KIT-0001", 1),), *, hold_seconds: int = 600) -> str:
        """A checkout that holds units."""
        reservation_id = self.starts(lines, hold_seconds=hold_seconds)
        assert self.service.await_status(reservation_id, "HELD", "RELEASED", "REJECTED") == "HELD"
        return reservation_id

    def sells(self, lines: Sequence[tuple[str, int]] = (("KIT-0001", 1),)) -> str:
        """A checkout that was paid in time."""
        reservation_id = self.holds(lines)
        self.service.pay(reservation_id, f"PAY-{reservation_id}")
        self.service.await_status(reservation_id, "COMMITTED")
        return reservation_id

    def lacks_stock(self) -> str:
        """A checkout that was rejected because of too little stock."""
        reservation_id = self.starts([("KIT-0002", TOO_MANY), ("KIT-0001", 1)], is_guest=True)
        self.service.await_status(reservation_id, "REJECTED")
        return reservation_id

    def reaches_the_hold_limit(self) -> str:
        """A checkout that was rejected because of the customer's hold limit."""
        reservation_id = self.starts([("KIT-0002", TOO_MANY)])
        self.service.await_status(reservation_id, "REJECTED")
        return reservation_id

    def is_paid_after_cancelling(self) -> str:
        """A checkout whose payment needs a refund."""
        reservation_id = self.holds()
        self.service.cancel(reservation_id)
        self.service.pay(reservation_id, f"PAY-{reservation_id}")
        self.service.await_status(reservation_id, "UNFULFILLED")
        return reservation_id


@pytest.fixture(scope="package")
def shop(stack: Stack, stock_loader: StockLoader) -> Shop:
    """The shop's checkout service, for the products of the sample catalogue."""
    return Shop(CheckoutService(stack))


def row_of(page: Page, reservation_id: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=reservation_id, exact=True))


def fact(page: Page, label: str) -> Locator:
    """The value below a label."""
    return page.locator("dt", has_text=re.compile(rf"^{re.escape(label)}$")).locator("xpath=following-sibling::dd[1]")


def search(page: Page, text: str) -> None:
    page.get_by_role("searchbox", name="Find by reservation, order, customer or payment id").fill(text)


def release(page: Page) -> Locator:
    """Open the dialog that releases the reservation of the page."""
    page.get_by_role("button", name="Release").click()
    return page.get_by_role("dialog", name="Release this reservation?")


def available(stock_loader: StockLoader, product_id: str) -> int:
    levels = [level for level in stock_loader.levels() if level["product_id"] == product_id]
    return sum(int(level["available"]) for level in levels if level["warehouse_id"] == "main")


# --- the list


def test_a_hold_is_listed_with_its_lines_and_its_remaining_time(as_viewer: OpenPage, shop: Shop) -> None:
    held = shop.holds([("KIT-0001", 2), ("KIT-0002", 1)])

    row = row_of(as_viewer("reservations"), held)

    expect(row).to_contain_text("Held")
    expect(row).to_contain_text(re.compile(r"[0-9]:[0-5][0-9] left"))
    expect(row).to_contain_text("KIT-0001 × 2")
    expect(row).to_contain_text(f"O-{held}")


def test_active_reservations_are_listed_before_the_others(as_viewer: OpenPage, shop: Shop) -> None:
    held, sold = shop.holds(), shop.sells()

    page = as_viewer("reservations")

    expect(row_of(page, sold)).to_be_visible()
    ids = page.locator("tbody th").all_inner_texts()
    assert ids.index(held) < ids.index(sold)


def test_a_new_hold_appears_without_a_reload(as_viewer: OpenPage, shop: Shop) -> None:
    page = as_viewer("reservations")
    expect(page.get_by_role("table")).to_be_visible()

    held = shop.holds()

    expect(row_of(page, held)).to_be_visible(timeout=SOON_MILLISECONDS)


def test_a_status_filter_is_stored_in_the_address(as_viewer: OpenPage, shop: Shop) -> None:
    held, sold = shop.holds(), shop.sells()
    page = as_viewer("reservations")

    page.get_by_role("button", name="Status Any status").click()
    page.get_by_role("option", name="Sold").click()

    expect(row_of(page, sold)).to_be_visible()
    expect(row_of(page, held)).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/#/reservations\?status=COMMITTED$"))


def test_an_order_is_found_by_its_id_and_by_a_part_of_it(as_viewer: OpenPage, shop: Shop) -> None:
    held = shop.holds()
    page = as_viewer("reservations")

    search(page, f"O-{held}")
    expect(row_of(page, held)).to_be_visible()
    expect(page.locator("tbody th")).to_have_count(1)

    search(page, held[-10:].upper())
    expect(row_of(page, held)).to_be_visible(timeout=FOLLOWED_MILLISECONDS)

    search(page, "no such order")
    expect(page.get_by_text("No reservation matches")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(row_of(page, held)).to_be_visible()


def test_one_character_is_no_search_and_the_field_says_so(as_viewer: OpenPage, shop: Shop) -> None:
    held = shop.holds()
    page = as_viewer("reservations")

    search(page, "O")

    expect(page.get_by_text("Enter at least 2 characters.")).to_be_visible()
    expect(row_of(page, held)).to_be_visible()


def test_an_order_has_a_timeline_that_says_what_ended_each_wait(as_viewer: OpenPage, shop: Shop) -> None:
    expired = shop.starts(hold_seconds=1)
    shop.service.await_status(expired, "RELEASED")
    page = as_viewer(f"reservations/{expired}")
    expect(page.get_by_role("list", name="Timeline")).to_contain_text("Wait for the payment: expired")

    page.get_by_role("link", name="Show the timeline").first.click()

    timeline = page.get_by_role("list", name="Timeline").get_by_role("listitem")
    expect(timeline.first).to_contain_text("Hold expired")
    expect(timeline.last).to_contain_text("Held")
    assert_accessible_in_both_schemes(page)


def test_an_invalid_search_is_explained_and_can_be_corrected(
    as_viewer: OpenPage, browsing: Browsing, shop: Shop
) -> None:
    browsing.tolerate("status of 400")
    held = shop.holds()
    page = as_viewer("reservations")

    search(page, "Bestellung\u200b 7")
    expect(page.get_by_text("search: ")).to_be_visible()

    search(page, held)
    expect(row_of(page, held)).to_be_visible()


def test_a_product_filter_from_a_link_can_be_removed(as_viewer: OpenPage, shop: Shop) -> None:
    of_the_product, of_another = shop.holds([("KIT-0003", 1)]), shop.holds([("KIT-0001", 1)])

    page = as_viewer("reservations?product_id=KIT-0003")
    expect(row_of(page, of_the_product)).to_be_visible()
    expect(row_of(page, of_another)).to_have_count(0)

    page.get_by_role("button", name="Show all products").click()
    expect(row_of(page, of_another)).to_be_visible()


def test_a_long_list_is_loaded_page_by_page(as_viewer: OpenPage, shop: Shop) -> None:
    order_id, count = f"BULK-{uuid4().hex[:8]}", PAGE_LIMIT + 5
    with ThreadPoolExecutor(4) as shoppers:
        bulk = [
            shoppers.submit(shop.starts, [("KIT-0002", TOO_MANY)], order_id=order_id, name="bulk") for _ in range(count)
        ]
    for reservation in bulk:
        shop.service.await_status(reservation.result(), "REJECTED")

    page = as_viewer(f"reservations?search={order_id}")
    page.get_by_role("button", name="Load more").click()

    expect(page.locator("tbody th")).to_have_count(count)
    expect(page.get_by_text(f"Showing all {count} entries")).to_be_visible()


# --- one reservation


def test_a_sale_appears_without_a_reload_with_its_timeline(as_viewer: OpenPage, shop: Shop) -> None:
    held = shop.holds([("KIT-0001", 2)])
    page = as_viewer(f"reservations/{held}")
    expect(page.get_by_text("The units are set aside while the shop waits for the payment.")).to_be_visible()

    shop.service.pay(held, "PAY-77")

    expect(page.get_by_text("The payment arrived in time. The units are sold.")).to_be_visible(
        timeout=SOON_MILLISECONDS
    )
    expect(fact(page, "Payment reference")).to_have_text("PAY-77")
    timeline = page.get_by_role("list", name="Timeline").get_by_role("listitem")
    expect(timeline.filter(has_text="ReserveStock")).to_contain_text(re.compile(r"Nov|[0-9]{4}.*(ms|sec)"))
    expect(timeline.filter(has_text="Wait for the payment")).to_have_count(1)
    expect(timeline.filter(has_text="Record the sale")).to_have_count(1)


def test_the_lines_link_to_their_products(as_viewer: OpenPage, shop: Shop) -> None:
    page = as_viewer(f"reservations/{shop.holds([('KIT-0001', 2)])}")

    page.get_by_role("link", name="KIT-0001").click()

    expect(page).to_have_url(re.compile(r"/#/product\?product_id=KIT-0001$"))


def test_expired_and_rescued_holds_are_explained(as_viewer: OpenPage, shop: Shop) -> None:
    expired, rescued = shop.starts(hold_seconds=1), shop.starts(hold_seconds=1)
    for reservation_id in (expired, rescued):
        shop.service.await_status(reservation_id, "RELEASED")
    shop.service.pay(rescued, "PAY-LATE")

    expect(
        as_viewer(f"reservations/{expired}").get_by_text("No payment arrived before the hold expired.")
    ).to_be_visible()
    page = as_viewer(f"reservations/{rescued}")
    expect(page.get_by_text("The payment arrived after the hold had expired. All units were still")).to_be_visible()
    expect(page.get_by_role("list", name="Timeline")).to_contain_text("Rescued by a late payment")


def test_a_due_refund_is_shown_on_its_reservation(as_viewer: OpenPage, shop: Shop) -> None:
    unfulfilled = shop.is_paid_after_cancelling()

    page = as_viewer(f"reservations/{unfulfilled}")

    expect(page.get_by_text("Refund due")).to_be_visible()
    expect(page.get_by_text("The payment arrived after the checkout was cancelled. Nothing was sold.")).to_be_visible()
    expect(page.get_by_text(f"PAY-{unfulfilled}").first).to_be_visible()


def test_a_second_payment_of_a_sale_needs_a_refund(as_viewer: OpenPage, shop: Shop) -> None:
    sold = shop.sells()
    shop.service.pay(sold, "PAY-TWICE")

    page = as_viewer(f"reservations/{sold}")

    expect(page.get_by_text("Refund due")).to_be_visible()
    expect(page.get_by_text("PAY-TWICE")).to_be_visible()
    expect(page.get_by_text("The payment arrived in time. The units are sold.")).to_be_visible()


def test_a_payment_is_marked_as_returned(as_manager: OpenPage, shop: Shop) -> None:
    unfulfilled = shop.is_paid_after_cancelling()
    page = as_manager("refunds")

    page.get_by_role("button", name=f"Mark payment PAY-{unfulfilled} as returned").click()
    dialog = page.get_by_role("dialog")
    assert_dialog_accessible(page)
    photograph(page, "refunds-mark-returned")
    dialog.get_by_label("Reference of the refund").fill("re_3N/7")
    dialog.get_by_role("button", name="Mark returned").click()

    expect(page.get_by_text(f"Payment PAY-{unfulfilled} is marked as returned.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=unfulfilled)).to_have_count(0)
    page.goto(f"/#/reservation?reservation_id={unfulfilled}")
    expect(page.get_by_text("By admin, refund re_3N/7,")).to_be_visible()
    expect(page.get_by_text("Refund due")).to_have_count(0)


def test_an_order_whose_execution_failed_is_found(as_viewer: OpenPage, shop: Shop) -> None:
    order_id = f"O/{uuid4().hex[:8]} \N{HOT BEVERAGE}"
    failed = shop.starts([("KIT-0001", 0)], order_id=order_id)
    page = as_viewer("reservations")

    search(page, order_id)
    page.get_by_role("link", name="Show it").click(timeout=SOON_MILLISECONDS)
    expect(page.get_by_role("row").filter(has_text=failed)).to_contain_text("lines[0].quantity")
    page.get_by_role("link", name=failed).click()

    expect(page.get_by_text("The execution failed: InvalidReservation")).to_be_visible()
    expect(page.get_by_role("region", name="Input")).to_contain_text(order_id)
    assert_accessible_in_both_schemes(page)
    photograph(page, "execution-failed")


def test_a_rejected_reservation_shows_what_was_available(
    as_viewer: OpenPage, shop: Shop, stock_loader: StockLoader
) -> None:
    rejected = shop.lacks_stock()

    page = as_viewer(f"reservations/{rejected}")

    in_stock = available(stock_loader, "KIT-0002")
    expect(page.get_by_role("row").filter(has_text="KIT-0002")).to_contain_text(str(in_stock))
    expect(page.get_by_role("row").filter(has_text="KIT-0001")).to_contain_text("Enough")


def test_a_reached_hold_limit_differs_from_too_little_stock(as_viewer: OpenPage, shop: Shop) -> None:
    rejected = shop.reaches_the_hold_limit()

    expect(row_of(as_viewer("reservations"), rejected)).to_contain_text("Customer's hold limit reached")
    page = as_viewer(f"reservations/{rejected}")
    expect(page.get_by_text("The customer already held as much as one customer may hold")).to_be_visible()


def test_an_id_is_copied_with_one_click(as_viewer: OpenPage, shop: Shop) -> None:
    held = shop.holds()
    page = as_viewer(f"reservations/{held}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name="Copy: Order").click()

    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"O-{held}"


def test_a_deployment_without_a_console_shows_the_raw_history(as_viewer: OpenPage, shop: Shop) -> None:
    page = as_viewer(f"reservations/{shop.holds()}")

    page.get_by_role("button", name="History as JSON").click()

    expect(page.get_by_role("region", name="History as JSON").last).to_contain_text('"state": "AwaitPayment"')


def test_an_unknown_reservation_is_explained(as_viewer: OpenPage, browsing: Browsing) -> None:
    browsing.tolerate("status of 40[04]")
    for reservation_id in ("no-such-order", "no%20such%20order"):
        page = as_viewer(f"reservations/{reservation_id}")

        expect(page.get_by_text("Reservation not found")).to_be_visible()
        page.get_by_role("link", name="All reservations").click()
        expect(page.get_by_role("heading", name="Reservations", level=1)).to_be_visible()


# --- the release by a manager


def test_a_manager_releases_a_hold_with_a_reason(as_manager: OpenPage, shop: Shop, stock_loader: StockLoader) -> None:
    held = shop.holds([("KIT-0004", 3)])
    before = available(stock_loader, "KIT-0004")
    page = as_manager(f"reservations/{held}")

    dialog = release(page)
    expect(dialog).to_contain_text("3 units go back into stock at once")
    dialog.get_by_role("button", name="Release").click()
    expect(dialog.get_by_text("Enter a reason.")).to_be_visible()
    dialog.get_by_label("Reason").fill("the customer called")
    dialog.get_by_role("button", name="Release").click()

    expect(page.get_by_text(f"{held} was released. Its units are available again.")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(fact(page, "Released by")).to_have_text("admin")
    expect(fact(page, "Reason given")).to_have_text("the customer called")
    expect(page.get_by_role("button", name="Release")).to_have_count(0)
    assert available(stock_loader, "KIT-0004") == before + 3


def test_a_release_that_comes_too_late_changes_nothing(as_manager: OpenPage, browsing: Browsing, shop: Shop) -> None:
    browsing.tolerate("status of 409")
    held = shop.holds()
    page = as_manager(f"reservations/{held}")
    dialog = release(page)
    dialog.get_by_label("Reason").fill("nobody pays")

    shop.service.pay(held, "PAY-FIRST")
    dialog.get_by_role("button", name="Release").click()

    expect(dialog.get_by_text("The reservation was already decided")).to_be_visible()
    assert_dialog_accessible(page)
    dialog.get_by_role("button", name="Close").last.click()
    expect(page.get_by_text("The payment arrived in time. The units are sold.")).to_be_visible(
        timeout=SOON_MILLISECONDS
    )


def test_input_is_kept_while_the_api_cannot_be_reached(as_manager: OpenPage, browsing: Browsing, shop: Shop) -> None:
    browsing.tolerate("ERR_INTERNET_DISCONNECTED")
    held = shop.holds()
    page = as_manager(f"reservations/{held}")
    dialog = release(page)
    dialog.get_by_label("Reason").fill("the customer called")

    page.context.set_offline(True)
    dialog.get_by_role("button", name="Release").click()
    retry = dialog.get_by_role("button", name="Try again")
    expect(retry).to_be_visible(timeout=SOON_MILLISECONDS)
    expect(dialog.get_by_label("Reason")).to_have_value("the customer called")

    page.context.set_offline(False)
    retry.click()
    expect(fact(page, "Reason given")).to_have_text("the customer called", timeout=SOON_MILLISECONDS)


def test_a_release_works_with_the_keyboard(as_manager: OpenPage, shop: Shop) -> None:
    held = shop.holds()
    page = as_manager(f"reservations/{held}")

    page.get_by_role("button", name="Release").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Reason")).to_be_focused()
    page.keyboard.type("the customer called")
    page.keyboard.press("Enter")

    expect(page.get_by_text(f"{held} was released.")).to_be_visible()


def test_cancelling_a_release_returns_the_focus(as_manager: OpenPage, shop: Shop) -> None:
    page = as_manager(f"reservations/{shop.holds()}")
    expect(release(page).get_by_label("Reason")).to_be_focused()

    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="Release")).to_be_focused()


def test_the_story_of_an_order_is_copied_for_a_ticket_and_its_execution_is_shown_to_its_end(
    as_viewer: OpenPage, shop: Shop
) -> None:
    sold = shop.sells()
    page = as_viewer(f"reservations/{sold}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name="Execution, input and output").click()
    expect(page.get_by_text("Succeeded", exact=True)).to_be_visible(timeout=SOON_MILLISECONDS)
    page.get_by_role("button", name="Copy for a ticket").click()

    expect(page.get_by_text("Customers and payments are shortened")).to_be_visible()
    story = page.evaluate("navigator.clipboard.readText()")
    assert f"## Reservation {sold}\n" in story
    assert '"status":"COMMITTED"' in story
    assert f"C-{sold}" not in story
    assert f"PAY-{sold}" not in story


def test_a_viewer_cannot_release(as_viewer: OpenPage, shop: Shop) -> None:
    page = as_viewer(f"reservations/{shop.holds()}")

    expect(page.get_by_text("The units are set aside while the shop waits for the payment.")).to_be_visible()
    expect(page.get_by_role("button", name="Release")).to_have_count(0)


# --- accessibility and appearance


def test_the_list_is_accessible(as_manager: OpenPage, shop: Shop, display: Display) -> None:
    held = shop.holds([("KIT-0001", 2), ("KIT-0002", 1)])
    page = as_manager("reservations", display=display)
    expect(row_of(page, held)).to_be_visible()

    assert_accessible(page)
    photograph(page, f"reservations-{display}")


def test_a_reservation_is_accessible(as_manager: OpenPage, shop: Shop, display: Display) -> None:
    for name, reservation_id in {"sold": shop.sells(), "refund-due": shop.is_paid_after_cancelling()}.items():
        page = as_manager(f"reservations/{reservation_id}", display=display)
        expect(page.get_by_role("list", name="Timeline")).to_be_visible()

        assert_accessible(page)
        photograph(page, f"reservation-{name}-{display}")


def test_the_release_is_accessible(as_manager: OpenPage, shop: Shop, display: Display) -> None:
    page = as_manager(f"reservations/{shop.holds()}", display=display)
    expect(release(page)).to_be_visible()

    assert_accessible(page)
    photograph(page, f"reservation-release-{display}")
