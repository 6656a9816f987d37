"""Cancelling: the units are available again, and the waiting execution is signalled."""

from datetime import timedelta

import pytest

from inventory.model import Reservation, iso
from inventory.reconciliation.due_queue import UNNOTIFIED
from tests.support.aws_calls import recorded
from tests.support.fault_injection import just_before, throttled_after
from tests.support.shop import TASK_TOKEN, Shop


def held(shop: Shop) -> Reservation:
    """A hold of three of ten units, whose execution waits for the payment."""
    shop.stocks("P-1", on_hand=10)
    return shop.holds(("P-1", 3))


def test_a_cancellation_gives_the_units_back_and_signals_the_execution(shop: Shop) -> None:
    reservation = held(shop)

    cancelled = shop.cancels(reservation)

    assert (cancelled.status, cancelled.reason) == ("RELEASED", "CANCELLED")
    assert shop.signals.sent == [("CANCELLED", TASK_TOKEN)]
    assert shop.level("P-1").available == 10
    shop.adds_up()


def test_a_cancellation_reads_the_reservation_again_only_if_it_may_not_know_the_token(shop: Shop) -> None:
    waiting = held(shop)
    starting = shop.reserves(("P-1", 1))

    with recorded(shop.client) as calls:
        shop.cancels(waiting)
        shop.cancels(starting)

    operations = [call.operation for call in calls]
    assert operations == ["GetItem", "TransactWriteItems", "UpdateItem"] + [
        "GetItem",
        "TransactWriteItems",
        "GetItem",
        "UpdateItem",
    ]


def test_a_cancellation_keeps_the_token_until_a_retry_has_signalled_the_execution(shop: Shop) -> None:
    reservation = held(shop)
    shop.signals.result = "FAILED"
    shop.cancels(reservation)
    shop.signals.result = "DELIVERED"

    again = shop.cancels(reservation)

    assert again.status == "RELEASED"
    assert shop.signals.sent == [("CANCELLED", TASK_TOKEN)] * 2
    shop.adds_up()


def test_a_notification_that_was_deferred_while_it_was_sent_stays_pending(shop: Shop) -> None:
    reservation = held(shop)
    later = shop.now() + timedelta(minutes=10)

    def defer() -> None:
        [[due]] = shop.due_queue.due(UNNOTIFIED, later)
        shop.due_queue.defer(UNNOTIFIED, due, later)

    with just_before(shop.client, "UpdateItem", defer):
        cancelled = shop.cancels(reservation)

    assert cancelled == shop.reservation(reservation)
    assert (cancelled.notify_since, cancelled.task_token) == (iso(later), TASK_TOKEN)


def test_an_execution_finds_a_cancellation_from_before_its_wait(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.reserves(("P-1", 3))

    cancelled = shop.cancels(reservation)

    assert shop.signals.sent == []
    assert not shop.waits(reservation)
    assert shop.times_out(reservation) == cancelled


def test_a_paid_reservation_cannot_be_cancelled(shop: Shop) -> None:
    reservation = held(shop)
    shop.pays(reservation)

    unchanged = shop.cancels(reservation)

    assert unchanged.status == "PAID"
    assert shop.signals.sent == [("paid", TASK_TOKEN)]
    shop.adds_up()


def test_a_repeated_cancellation_after_the_expiry_only_reads(shop: Shop) -> None:
    reservation = held(shop)
    shop.times_out(reservation)
    first = shop.cancels(reservation)

    with recorded(shop.client) as calls:
        again = shop.cancels(reservation)

    assert again == first
    assert first.cancelled_after_expiry
    assert [call.operation for call in calls] == ["GetItem"]


def test_a_cancellation_of_what_a_late_payment_did_not_buy_only_reads(shop: Shop) -> None:
    reservation = held(shop)
    shop.times_out(reservation)
    shop.adjusts(-10)
    unfulfilled = shop.pays(reservation).reservation

    with recorded(shop.client) as calls:
        unchanged = shop.cancels(reservation)

    assert unchanged == unfulfilled
    assert (unchanged.status, unchanged.reason) == ("UNFULFILLED", "EXPIRED")
    assert [call.operation for call in calls] == ["GetItem"]


def test_the_first_reason_for_a_release_is_kept(shop: Shop) -> None:
    reservation = held(shop)
    shop.declines(reservation)

    cancelled = shop.cancels(reservation)
    timed_out = shop.times_out(reservation)

    assert cancelled.reason == timed_out.reason == "PAYMENT_FAILED"
    assert shop.level("P-1").available == 10


def test_a_cancellation_whose_signal_was_sent_and_cannot_be_recorded_is_answered_and_signalled_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventory.aws.retries.PAUSE_SECONDS_MAX", 0)
    reservation = held(shop)

    with throttled_after(shop.client, "TransactWriteItems"):
        cancelled = shop.cancels(reservation)

    assert cancelled == shop.reservation(reservation)
    assert cancelled.status == "RELEASED"
    assert shop.reconciles() == {"unnotified": 1, "signalled": 1}
    assert shop.signals.sent == 2 * [("CANCELLED", TASK_TOKEN)]
    shop.adds_up()
