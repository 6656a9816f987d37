"""Payments: in time, late, twice or without stock. Each one buys the units, or is announced once for a refund."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest

from inventory.errors import ReservationNotFound, TransientError
from inventory.model import Refund, ReleaseReason, Reservation, iso
from tests.support.aws_calls import recorded
from tests.support.fault_injection import just_before
from tests.support.shop import TASK_TOKEN, Shop
from tests.support.shop.first_edition import keeps_in_its_row

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")


def refunds(shop: Shop) -> list[str]:
    """The payments that were announced to operations for a refund, in the order of the messages."""
    return [json.loads(message.message)["payment_reference"] for message in shop.topics.operations]


def sold_out_after_expiry(shop: Shop) -> Reservation:
    """An expired hold, whose units another reservation holds now."""
    shop.stocks("P-1", on_hand=3)
    reservation = shop.holds(("P-1", 3))
    shop.times_out(reservation)
    shop.holds(("P-1", 1))
    return reservation


# --- in time


def test_a_payment_buys_the_held_units_and_signals_the_execution(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))

    payment = shop.pays(reservation, "PAY-1")

    assert payment.fulfilled
    assert (payment.reservation.status, payment.reservation.payment_reference) == ("PAID", "PAY-1")
    assert shop.signals.sent == [("paid", TASK_TOKEN)]
    assert shop.level("P-1").reserved == 3
    shop.adds_up()


def test_an_execution_finds_a_payment_from_before_its_wait(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.reserves(("P-1", 3))

    payment = shop.pays(reservation)

    assert payment.fulfilled
    assert not shop.waits(reservation)
    assert shop.times_out(reservation).status == "PAID"


def test_a_repeated_payment_is_fulfilled_and_signals_again(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))
    first = shop.pays(reservation)

    again = shop.pays(reservation)

    assert again == first
    assert shop.signals.sent == [("paid", TASK_TOKEN), ("paid", TASK_TOKEN)]  # the first may have been lost
    assert refunds(shop) == []


def test_a_repeated_payment_after_the_sale_is_fulfilled(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))
    shop.pays(reservation)
    committed, _ = shop.commits(reservation)

    again = shop.pays(reservation)

    assert again.fulfilled
    assert again.reservation == committed
    assert shop.level("P-1").on_hand == 7
    shop.adds_up()


def test_a_failed_signal_does_not_lose_the_payment(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))
    shop.signals.result = "FAILED"

    payment = shop.pays(reservation)

    assert payment.fulfilled
    assert shop.times_out(reservation).status == "PAID"


def test_a_payment_for_an_unknown_reservation_is_not_found(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))
    shop.client.delete_item(TableName=shop.tables.reservations, Key={"reservation_id": {"S": "R-1"}})

    with pytest.raises(ReservationNotFound, match="there is no reservation R-1"):
        shop.pays(reservation)

    assert shop.rows(shop.tables.reservations) == []


def test_an_unknown_reservation_is_named_as_it_was_asked_and_not_as_its_row_would_be(shop: Shop) -> None:
    with pytest.raises(ReservationNotFound, match="there is no reservation #1001/A"):
        shop.pays("#1001/A")


# --- declined


def test_a_declined_payment_gives_the_units_back_and_signals_the_execution(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))

    payment = shop.declines(reservation)

    assert not payment.fulfilled
    assert (payment.reservation.status, payment.reservation.reason) == ("RELEASED", "PAYMENT_FAILED")
    assert shop.signals.sent == [("PAYMENT_FAILED", TASK_TOKEN)]
    assert shop.level("P-1").available == 10
    shop.adds_up()


def test_a_declined_payment_that_will_be_retried_keeps_the_hold(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))

    declined = shop.declines(reservation, retry=True)
    paid = shop.pays(reservation)

    assert (declined.fulfilled, declined.reservation.status) == (False, "HELD")
    assert paid.fulfilled
    shop.adds_up()


def test_a_decline_after_the_payment_changes_nothing(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))
    shop.pays(reservation)

    declined = shop.declines(reservation)

    assert (declined.fulfilled, declined.reservation.status) == (False, "PAID")
    assert shop.level("P-1").reserved == 3
    shop.adds_up()


def test_a_payment_declined_twice_is_released_once(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))
    first = shop.declines(reservation)

    again = shop.declines(reservation)

    assert again == first
    assert shop.level("P-1").available == 10
    shop.adds_up()


# --- twice


def test_a_second_payment_is_recorded_and_announced_once(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))
    shop.pays(reservation, "PAY-1")

    second = shop.pays(reservation, "PAY-2")
    again = shop.pays(reservation, "PAY-2")

    assert not second.fulfilled and not again.fulfilled
    assert refunds(shop) == ["PAY-2"]
    assert shop.reservation(reservation).payment_reference == "PAY-1"
    shop.adds_up()


def test_every_surplus_payment_is_announced_once_with_its_own_reference(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))
    shop.pays(reservation, "PAY-1")
    shop.commits(reservation)

    for reference in ("PAY-2", "PAY-3", "PAY-2", "PAY-1", "PAY-3"):
        shop.pays(reservation, reference)

    assert refunds(shop) == ["PAY-2", "PAY-3"]
    assert shop.reservation(reservation).status == "COMMITTED"


def test_a_payment_for_a_rejected_reservation_must_be_refunded(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=1)
    rejected = shop.reserves(("P-1", 2))

    payment = shop.pays(rejected)
    again = shop.pays(rejected)

    assert not payment.fulfilled and not again.fulfilled
    assert payment.reservation.status == "REJECTED"
    assert refunds(shop) == ["PAY-1"]
    shop.adds_up()


# --- late


def test_a_late_payment_is_rescued_while_stock_lasts(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=3)
    reservation = shop.holds(("P-1", 3))
    shop.times_out(reservation)

    payment = shop.pays(reservation)
    again = shop.pays(reservation)

    assert payment.fulfilled and again.fulfilled
    assert (payment.reservation.status, payment.reservation.rescued) == ("COMMITTED", True)
    assert payment.reservation.reason is None
    assert again.reservation == payment.reservation == shop.reservation(reservation)
    assert shop.level("P-1").on_hand == 0
    assert refunds(shop) == []
    shop.adds_up()


def test_a_rescue_takes_no_units_that_others_hold(shop: Shop) -> None:
    reservation = sold_out_after_expiry(shop)

    payment = shop.pays(reservation)

    assert not payment.fulfilled
    assert payment.reservation.status == "UNFULFILLED"
    level = shop.level("P-1")
    assert (level.on_hand, level.available, level.reserved) == (3, 2, 1)
    shop.adds_up()


def test_a_rescue_buys_all_lines_or_none(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=3)
    shop.stocks("P-2", on_hand=3)
    reservation = shop.holds(("P-1", 1), ("P-2", 2))
    shop.times_out(reservation)
    shop.holds(("P-2", 2))

    payment = shop.pays(reservation)

    assert payment.reservation.status == "UNFULFILLED"
    assert shop.level("P-1").on_hand == 3
    shop.adds_up()


def test_a_late_payment_without_stock_is_recorded_and_announced_once(shop: Shop) -> None:
    reservation = sold_out_after_expiry(shop)

    first = shop.pays(reservation)
    again = shop.pays(reservation)

    assert not first.fulfilled and not again.fulfilled
    stored = shop.reservation(reservation)
    assert (stored.status, stored.payment_reference, stored.reason) == ("UNFULFILLED", "PAY-1", "EXPIRED")
    assert shop.refunds.unfulfilled_payments(stored) == ["PAY-1"]
    assert refunds(shop) == ["PAY-1"]


def test_an_unfulfilled_payment_stays_unfulfilled_after_a_delivery(shop: Shop) -> None:
    reservation = sold_out_after_expiry(shop)
    shop.pays(reservation)
    shop.adjusts(+10)

    again = shop.pays(reservation)

    assert not again.fulfilled
    assert shop.reservation(reservation).status == "UNFULFILLED"
    assert refunds(shop) == ["PAY-1"]


@pytest.mark.parametrize("reason", [ReleaseReason.CANCELLED, ReleaseReason.PAYMENT_FAILED])
def test_a_payment_after_a_cancellation_or_a_decline_buys_nothing(shop: Shop, reason: ReleaseReason) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))
    if reason is ReleaseReason.CANCELLED:
        shop.cancels(reservation)
    else:
        shop.declines(reservation)

    payment = shop.pays(reservation)

    assert not payment.fulfilled
    assert (payment.reservation.status, payment.reservation.reason) == ("UNFULFILLED", reason)
    assert shop.level("P-1").available == 10
    assert refunds(shop) == ["PAY-1"]
    shop.adds_up()


def test_a_second_late_payment_is_announced_too(shop: Shop) -> None:
    reservation = sold_out_after_expiry(shop)
    shop.pays(reservation, "PAY-1")

    second = shop.pays(reservation, "PAY-2")

    assert not second.fulfilled
    assert refunds(shop) == ["PAY-1", "PAY-2"]
    assert shop.reservation(reservation).payment_reference == "PAY-1"


def test_a_second_payment_after_a_rescue_is_announced(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=3)
    reservation = shop.holds(("P-1", 3))
    shop.times_out(reservation)
    shop.pays(reservation, "PAY-1")

    second = shop.pays(reservation, "PAY-2")

    assert not second.fulfilled
    assert second.reservation.status == "COMMITTED"
    assert refunds(shop) == ["PAY-2"]


def test_a_late_payment_does_not_change_the_outcome_of_the_workflow(shop: Shop) -> None:
    reservation = sold_out_after_expiry(shop)

    payment = shop.pays(reservation)

    outcome = payment.reservation.outcome()
    assert (outcome["status"], outcome["reason"]) == ("RELEASED", "EXPIRED")


def test_a_late_payment_that_another_one_preceded_finds_what_that_one_bought(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    released = shop.times_out(shop.holds(("P-1", 3)))
    bought = shop.reservation_store.rescue(released, "PAY-1", shop.now())

    found = shop.reservation_store.rescue(released, "PAY-2", shop.now())

    assert found == bought == shop.reservation(released)
    assert (found.status, found.payment_reference) == ("COMMITTED", "PAY-1")
    shop.adds_up()


def test_a_payment_to_return_that_finds_its_reservation_bought_by_it_makes_one_attempt_and_records_nothing(
    shop: Shop,
) -> None:
    shop.stocks("P-1", on_hand=10)
    released = shop.times_out(shop.holds(("P-1", 3)))
    bought = shop.pays(released, "PAY-1").reservation
    refund = Refund(released.reservation_id, "PAY-1", since=iso(shop.now()))

    with recorded(shop.client) as calls:
        found = shop.reservation_store.mark_unfulfilled(released, refund, shop.now())

    assert found == bought
    assert [call.operation for call in calls] == ["TransactWriteItems"]
    assert shop.rows(shop.tables.refunds) == []


# --- what a payment reads and writes


def a_late_one(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=4)
    shop.times_out(shop.holds(("P-1", 3)))


def one_that_was_sold(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=3)
    shop.sells(("P-1", 3))


def one_that_was_unfulfilled_in_the_first_edition(shop: Shop) -> None:
    shop.pays(sold_out_after_expiry(shop), "PAY-1")
    keeps_in_its_row(shop, "R-1", announced=["PAY-1"])


def a_third_one(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=3)
    reservation = shop.holds(("P-1", 3))
    shop.pays(reservation, "PAY-2")
    shop.pays(reservation, "PAY-3")


@pytest.mark.parametrize(
    ("payment", "calls"),
    [
        (a_late_one, ["UpdateItem", "TransactWriteItems", "BatchGetItem"]),
        (one_that_was_sold, ["UpdateItem"]),
        (one_that_was_unfulfilled_in_the_first_edition, ["UpdateItem", "PutItem"]),
        (a_third_one, ["UpdateItem", "TransactWriteItems", "PutItem", "UpdateItem"]),
    ],
)
def test_a_payment_makes_no_call_that_decides_nothing(
    shop: Shop, payment: Callable[[Shop], None], calls: list[str]
) -> None:
    payment(shop)

    with recorded(shop.client) as made:
        shop.pays("R-1", "PAY-1")

    assert [call.operation for call in made] == calls


def test_a_payment_that_is_unfulfilled_is_not_rescued_later(shop: Shop) -> None:
    reservation = sold_out_after_expiry(shop)
    shop.pays(reservation)

    with recorded(shop.client) as made:
        shop.pays(reservation)

    assert [call.operation for call in made] == ["UpdateItem", "PutItem"]


# --- announcements to operations


def test_a_payment_that_is_repeated_while_its_low_stock_alert_is_sent_sends_no_second_one(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=3, low_stock_threshold=1)
    reservation = shop.holds(("P-1", 3))
    shop.times_out(reservation)

    with just_before(shop.client, "UpdateItem", lambda: shop.pays(reservation), call=3):  # which settles the alert
        shop.pays(reservation)

    assert len(shop.topics.low_stock) == 1
    shop.adds_up()


def test_an_announcement_names_the_reservation_and_the_order_of_the_payment(shop: Shop) -> None:
    shop.now = lambda: NOON
    shop.stocks("P-1", on_hand=1)
    rejected = shop.reserves(("P-1", 2), order_id="O-1")

    shop.pays(rejected, "PAY-1")

    [announcement] = shop.topics.operations
    assert json.loads(announcement.message) == {
        "type": "PAYMENT_UNFULFILLED",
        "reservation_id": "R-1",
        "order_id": "O-1",
        "payment_reference": "PAY-1",
        "status": "REJECTED",
        "at": iso(NOON),
    }
    assert announcement.subject == "Payment to return: R-1"
    assert announcement.attributes == {"type": "PAYMENT_UNFULFILLED"}


def test_an_announcement_that_failed_is_sent_by_the_next_attempt(shop: Shop) -> None:
    reservation = sold_out_after_expiry(shop)
    shop.topics.working = False
    with pytest.raises(TransientError):
        shop.pays(reservation)
    recorded = shop.reservation(reservation)
    shop.topics.working = True

    payment = shop.pays(reservation)

    assert (recorded.status, recorded.payment_reference) == ("UNFULFILLED", "PAY-1")
    assert not payment.fulfilled
    assert refunds(shop) == ["PAY-1"]


def test_surplus_payments_whose_announcement_failed_are_each_announced_once(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))
    shop.pays(reservation, "PAY-1")
    shop.topics.working = False
    for reference in ("PAY-2", "PAY-3"):
        with pytest.raises(TransientError):
            shop.pays(reservation, reference)
    shop.topics.working = True

    for reference in ("PAY-3", "PAY-2", "PAY-3"):
        shop.pays(reservation, reference)

    assert refunds(shop) == ["PAY-3", "PAY-2"]
