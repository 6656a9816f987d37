"""The shopper cancels: the units are available again, and the execution is signalled."""

from inventory.model import Reservation
from tests.support.shop import TASK_TOKEN, Shop


def held(shop: Shop) -> Reservation:
    """A hold of three of ten units, whose execution waits for the payment."""
    shop.stocks("P-1", on_hand=10)
    return shop.holds(("P-1", 3))


def test_a_cancellation_gives_the_units_back_and_ends_the_wait(shop: Shop) -> None:
    reservation = held(shop)

    cancelled = shop.cancels(reservation)

    assert (cancelled.status, cancelled.reason) == ("RELEASED", "CANCELLED")
    assert shop.signals.sent == [("CANCELLED", TASK_TOKEN)]
    assert shop.level("P-1").available == 10
    shop.adds_up()


def test_a_cancellation_keeps_the_token_so_that_a_retry_can_end_the_wait(shop: Shop) -> None:
    reservation = held(shop)
    shop.signals.result = "FAILED"
    shop.cancels(reservation)
    shop.signals.result = "DELIVERED"

    again = shop.cancels(reservation)

    assert again.status == "RELEASED"
    assert shop.signals.sent == [("CANCELLED", TASK_TOKEN)] * 2
    shop.adds_up()


def test_a_cancellation_before_the_wait_began_is_found_by_the_wait(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.reserves(("P-1", 3))

    cancelled = shop.cancels(reservation)

    assert shop.signals.sent == []
    assert not shop.waits(reservation)
    assert shop.times_out(reservation) == cancelled


def test_a_paid_reservation_cannot_be_cancelled(shop: Shop) -> None:
    reservation = held(shop)
    shop.pays(reservation)

    left_alone = shop.cancels(reservation)

    assert left_alone.status == "PAID"
    assert shop.signals.sent == [("paid", TASK_TOKEN)]
    shop.adds_up()


def test_the_first_reason_for_a_release_stands(shop: Shop) -> None:
    reservation = held(shop)
    shop.declines(reservation)

    cancelled = shop.cancels(reservation)
    timed_out = shop.times_out(reservation)

    assert cancelled.reason == timed_out.reason == "PAYMENT_FAILED"
    assert shop.level("P-1").available == 10
