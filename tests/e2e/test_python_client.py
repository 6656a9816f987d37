"""The Python client against the deployed API."""

import boto3
import pytest
from inventory_client import (
    AlreadyDecided,
    CheckoutClient,
    Disposition,
    HoldLimitReached,
    IdempotencyConflict,
    InsufficientStock,
    InvalidRequest,
    Line,
    NotAllocated,
    NotFound,
    NotSold,
    PaymentOutcome,
    PaymentUnfulfilled,
    Reservation,
    ReservationStatus,
    Shortage,
    StorefrontClient,
)

from tests.support import waiting
from tools.demo.stock_loader import StockLoader
from tools.local import Stack

ONE_UNIT = [Line("KIT-0010", 1)]


@pytest.fixture(scope="package")
def checkout(stack: Stack, stock_loader: StockLoader) -> CheckoutClient:
    """The client of a checkout service, for a shop with stock."""
    signer = stack.checkout
    session = boto3.Session(signer.access_key_id, signer.secret_access_key, region_name=stack.region)
    return CheckoutClient(stack.outputs["ApiUrl"], session=session)


@pytest.fixture(scope="package")
def storefront(stack: Stack, stock_loader: StockLoader) -> StorefrontClient:
    """The client of a storefront, for a shop with stock."""
    return StorefrontClient(stack.outputs["ApiUrl"], api_key=str(stack.storefront_api_key))


def test_a_reservation_is_created_extended_and_paid(checkout: CheckoutClient) -> None:
    held = checkout.create_reservation(ONE_UNIT, key="client-1", order_id="1", hold_seconds=60)

    extended = checkout.extend_reservation("client-1")
    paid = checkout.record_payment("client-1", PaymentOutcome.SUCCEEDED, payment_reference="pay-1")
    again = checkout.create_reservation(ONE_UNIT, key="client-1", order_id="1", hold_seconds=60)

    assert (held.status, held.lines) == (ReservationStatus.HELD, (Line("KIT-0010", 1),))
    assert str(extended.held_until) > str(held.held_until)
    assert (paid.status, paid.payment_reference) == (ReservationStatus.PAID, "pay-1")
    assert again.status is not ReservationStatus.HELD
    with pytest.raises(AlreadyDecided):
        checkout.cancel_reservation("client-1")


def test_a_cart_changes_while_it_is_held_and_its_payment_sells_the_new_list(
    checkout: CheckoutClient, storefront: StorefrontClient
) -> None:
    before = storefront.get_stock("KIT-0011").available
    held = checkout.create_reservation(ONE_UNIT, key="client-cart", hold_seconds=60)

    changed = checkout.change_reservation("client-cart", [Line("KIT-0011", 2)], key="client-cart-2")
    repeated = checkout.change_reservation("client-cart", [Line("KIT-0011", 2)], key="client-cart-2")
    with pytest.raises(InsufficientStock):
        checkout.change_reservation("client-cart", [Line("KIT-0011", 10_000)], key="client-cart-3")
    checkout.record_payment("client-cart", PaymentOutcome.SUCCEEDED, payment_reference="pay-cart")

    assert (changed.lines, changed.held_until) == ((Line("KIT-0011", 2),), held.held_until)
    assert repeated == changed
    waiting.until(lambda: is_sold(checkout, "client-cart"), "the sale", within_seconds=20)
    assert checkout.get_reservation("client-cart").lines == changed.lines
    assert storefront.get_stock("KIT-0011").available == before - 2
    with pytest.raises(AlreadyDecided):
        checkout.change_reservation("client-cart", ONE_UNIT, key="client-cart-4")


def is_decided(reservation: Reservation) -> bool:
    return reservation.status is not ReservationStatus.PENDING


def is_sold(checkout: CheckoutClient, reservation_id: str) -> bool:
    return checkout.get_reservation(reservation_id).status is ReservationStatus.COMMITTED


def test_what_there_is_is_held_and_paid_if_a_part_is_accepted(
    checkout: CheckoutClient, storefront: StorefrontClient
) -> None:
    there = storefront.get_stock("KIT-0018").available
    lines = [Line("KIT-0018", there + 1)]

    part = checkout.create_reservation(lines, key="client-part", hold_seconds=60, accept="PARTIAL")
    again = checkout.create_reservation(lines, key="client-part", hold_seconds=60, accept="PARTIAL")
    left = storefront.get_stock("KIT-0018").available
    paid = checkout.record_payment("client-part", PaymentOutcome.SUCCEEDED, payment_reference="pay-part")

    assert 0 < there and left == 0
    assert (part.status, part.lines) == (ReservationStatus.HELD, (Line("KIT-0018", there),))
    assert part.shortages == (Shortage("KIT-0018", None, requested=there + 1, available=there),)
    assert again == part
    assert (paid.lines, paid.shortages) == (part.lines, part.shortages)
    with pytest.raises(IdempotencyConflict):
        checkout.create_reservation(lines, key="client-part", hold_seconds=60)


def test_the_reservations_of_an_order_are_listed(checkout: CheckoutClient) -> None:
    for key in ("client-order-1", "client-order-2"):
        checkout.create_reservation(ONE_UNIT, key=key, order_id="#1001 / ü&", hold_seconds=60)

    listed = checkout.list_reservations_of_order("#1001 / ü&")

    assert [found.reservation_id for found in listed.items] == ["client-order-2", "client-order-1"]
    assert checkout.list_reservations_of_order("no such order") == ([], None)
    for key in ("client-order-1", "client-order-2"):
        checkout.cancel_reservation(key)


def test_sold_units_come_back_once(checkout: CheckoutClient, storefront: StorefrontClient) -> None:
    checkout.create_reservation([Line("KIT-0012", 2)], key="client-12", hold_seconds=60)
    checkout.record_payment("client-12", PaymentOutcome.SUCCEEDED, payment_reference="pay-12")
    waiting.until(
        lambda: checkout.get_reservation("client-12").status is ReservationStatus.COMMITTED, "sold", within_seconds=60
    )
    sold = storefront.get_stock("KIT-0012").available

    def return_one(key: str) -> Reservation:
        one = [Line("KIT-0012", 1)]
        return checkout.return_units("client-12", one, Disposition.RESTOCK, reference="rma-12", key=key)

    answers = [return_one("rma-12"), return_one("rma-12")]
    checkout.return_units("client-12", [Line("KIT-0012", 1)], Disposition.DISCARD, reference="rma-13", key="rma-13")

    assert [answer.lines[0].returned for answer in answers] == [1, 1]
    assert storefront.get_stock("KIT-0012").available == sold + 1
    with pytest.raises(NotSold):
        return_one("rma-14")
    with pytest.raises(NotAllocated):
        checkout.dispatch_units("client-12", reference="parcel-12")


def test_a_payment_that_failed_keeps_the_hold_only_with_retry(checkout: CheckoutClient) -> None:
    checkout.create_reservation(ONE_UNIT, key="client-8", hold_seconds=60)

    kept = checkout.record_payment("client-8", PaymentOutcome.FAILED, retry=True)
    released = checkout.record_payment("client-8", PaymentOutcome.FAILED)

    assert (kept.status, released.status) == (ReservationStatus.HELD, ReservationStatus.RELEASED)


def test_each_error_code_is_an_exception(checkout: CheckoutClient) -> None:
    checkout.create_reservation([Line("KIT-0011", 1)], key="client-2", hold_seconds=60)

    with pytest.raises(IdempotencyConflict):
        checkout.create_reservation([Line("KIT-0011", 2)], key="client-2", hold_seconds=60)
    with pytest.raises(InvalidRequest) as invalid:
        checkout.create_reservation([Line("KIT-0011", 0)], key="client-3")
    with pytest.raises(InsufficientStock) as short:  # on a busy machine it is decided after the first answer
        waiting.until(
            lambda: is_decided(checkout.create_reservation([Line("KIT-0011", 10_000, "south")], key="client-4")),
            "the decision",
            within_seconds=60,
        )
    with pytest.raises(NotFound):
        checkout.get_reservation("client-5")
    checkout.cancel_reservation("client-2")
    with pytest.raises(PaymentUnfulfilled):
        checkout.record_payment("client-2", PaymentOutcome.SUCCEEDED, payment_reference="pay-2")

    assert [error["field"] for error in invalid.value.errors] == ["lines[0].quantity"]
    [shortage] = short.value.shortages
    assert (shortage.product_id, shortage.warehouse_id, shortage.requested) == ("KIT-0011", "south", 10_000)
    assert 0 < shortage.available < 10_000


def test_the_error_for_the_hold_limit_contains_the_limit(checkout: CheckoutClient) -> None:
    checkout.create_reservation([Line("KIT-0014", 1)], key="client-6", customer_id="client", hold_seconds=60)

    with pytest.raises(HoldLimitReached, match="10 reservations, with 1000 units"):
        checkout.create_reservation([Line("KIT-0014", 1_000)], key="client-7", customer_id="client")
    checkout.cancel_reservation("client-6")

    refused = checkout.get_reservation("client-7")
    assert (refused.status, refused.reason, refused.shortages) == ("REJECTED", "HOLD_LIMIT_REACHED", ())


def test_a_storefront_learns_where_the_changes_of_its_stock_are_pushed(
    stack: Stack, storefront: StorefrontClient
) -> None:
    live_stock, stock = storefront.get_live_stock(), storefront.get_stock("KIT-0012")

    assert live_stock.realtime_url == stack.outputs["LiveStockRealtimeUrl"]
    assert stock.channel
    assert stock.channel.startswith("/stock/")


def test_a_storefront_reads_the_available_stock(storefront: StorefrontClient) -> None:
    stock = storefront.get_stock("KIT-0012")
    found, not_found = storefront.list_stock(["KIT-0012", "KIT-0013", "NO-1"])

    assert stock.available == sum(warehouse.available for warehouse in stock.warehouses) > 0
    assert ([stock.product_id for stock in found], not_found) == (["KIT-0012", "KIT-0013"], ["NO-1"])
