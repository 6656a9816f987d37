"""Releasing, cancelling and extending a hold: one decision each, and a wait that learns of it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from inventory.errors import AlreadyDecided, ReservationNotFound, TransientError
from inventory.model import Reservation, iso
from tests.support.shop import TASK_TOKEN, Shop

Decision = Callable[[Shop, Reservation], object]

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")


def at(shop: Shop, moment: datetime) -> None:
    """Let it be that time in the shop."""
    shop.now = lambda: moment


def held_at_noon(shop: Shop, *, hold_seconds: int = 900) -> Reservation:
    """A hold whose execution waits."""
    at(shop, NOON)
    shop.stocks("P-1", on_hand=10)
    return shop.holds(("P-1", 3), hold_seconds=hold_seconds)


# --- released by the workflow


def test_a_hold_that_runs_out_gives_its_units_back(shop: Shop) -> None:
    reservation = held_at_noon(shop)

    released = shop.times_out(reservation)

    assert (released.status, released.reason) == ("RELEASED", "EXPIRED")
    assert released == shop.reservation(reservation)
    assert shop.level("P-1").available == 10
    shop.adds_up()


def test_a_release_run_again_answers_the_same_and_gives_nothing_back(shop: Shop) -> None:
    reservation = held_at_noon(shop)
    first = shop.times_out(reservation)

    again = shop.times_out(reservation)

    assert again == first
    assert shop.level("P-1").available == 10
    shop.adds_up()


@pytest.mark.parametrize("committed", [False, True])
def test_a_paid_reservation_is_never_released(shop: Shop, committed: bool) -> None:
    reservation = held_at_noon(shop)
    shop.pays(reservation)
    if committed:
        shop.commits(reservation)

    left_alone = shop.times_out(reservation)

    assert left_alone == shop.reservation(reservation)
    assert left_alone.status == ("COMMITTED" if committed else "PAID")
    shop.adds_up()


def test_a_rejected_reservation_has_nothing_to_release(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=1)
    rejected = shop.reserves(("P-1", 2))

    assert shop.times_out(rejected) == rejected
    assert shop.level("P-1").available == 1


def test_what_does_not_exist_cannot_be_released(shop: Shop) -> None:
    reservation = held_at_noon(shop)
    shop.client.delete_item(TableName=shop.tables.reservations, Key={"reservation_id": {"S": "R-1"}})

    for change in (shop.times_out, shop.cancels, shop.extends, shop.commits):
        with pytest.raises(ReservationNotFound):
            change(reservation)


@pytest.mark.parametrize("end", [Shop.times_out, Shop.cancels])
def test_what_is_not_paid_cannot_be_committed(shop: Shop, end: Decision) -> None:
    reservation = held_at_noon(shop)
    with pytest.raises(AlreadyDecided):
        shop.commits(reservation)
    end(shop, reservation)

    with pytest.raises(AlreadyDecided):
        shop.commits(reservation)

    assert shop.level("P-1").on_hand == 10
    shop.adds_up()


def test_a_token_is_forgotten_once_its_wait_is_over(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    expired = shop.holds(("P-1", 1))
    sold = shop.holds(("P-1", 1))

    shop.times_out(expired)
    shop.pays(sold)
    shop.commits(sold)

    assert shop.reservation(expired).task_token is None
    assert shop.reservation(sold).task_token is None


# --- cancelled by the shopper


def test_a_cancellation_gives_the_units_back_and_ends_the_wait(shop: Shop) -> None:
    reservation = held_at_noon(shop)

    cancelled = shop.cancels(reservation)

    assert (cancelled.status, cancelled.reason) == ("RELEASED", "CANCELLED")
    assert shop.signals.sent == [("CANCELLED", TASK_TOKEN)]
    assert shop.level("P-1").available == 10
    shop.adds_up()


def test_a_cancellation_keeps_the_token_so_that_a_retry_can_end_the_wait(shop: Shop) -> None:
    reservation = held_at_noon(shop)
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
    reservation = held_at_noon(shop)
    shop.pays(reservation)

    left_alone = shop.cancels(reservation)

    assert left_alone.status == "PAID"
    assert shop.signals.sent == [("paid", TASK_TOKEN)]
    shop.adds_up()


def test_the_first_reason_for_a_release_stands(shop: Shop) -> None:
    reservation = held_at_noon(shop)
    shop.declines(reservation)

    cancelled = shop.cancels(reservation)
    timed_out = shop.times_out(reservation)

    assert cancelled.reason == timed_out.reason == "PAYMENT_FAILED"
    assert shop.level("P-1").available == 10


# --- extended


def test_an_extension_starts_the_hold_anew(shop: Shop) -> None:
    reservation = held_at_noon(shop, hold_seconds=600)
    at(shop, NOON + timedelta(seconds=500))

    extended = shop.extends(reservation)

    assert extended.held_until == iso(NOON + timedelta(seconds=1_100))
    assert extended == shop.reservation(reservation)
    assert shop.signals.sent == [("extended", TASK_TOKEN)]


def test_a_hold_is_listed_by_its_new_end(shop: Shop) -> None:
    reservation = held_at_noon(shop, hold_seconds=600)
    at(shop, NOON + timedelta(seconds=500))

    shop.extends(reservation)

    [row] = shop.rows(shop.tables.reservations)
    assert (row["phase"], row["phase_at"]) == ("ACTIVE", row["held_until"])


def test_a_hold_is_never_extended_past_the_longest(shop: Shop) -> None:
    reservation = held_at_noon(shop, hold_seconds=600)
    at(shop, NOON + timedelta(seconds=500))

    for _ in range(3):
        extended = shop.extends(reservation, longest_hold_seconds=1_000)

    assert extended.held_until == iso(NOON + timedelta(seconds=1_000))
    assert shop.reservation(reservation).held_until == extended.held_until


def test_an_extension_never_shortens_a_hold(shop: Shop) -> None:
    reservation = held_at_noon(shop, hold_seconds=600)

    extended = shop.extends(reservation, longest_hold_seconds=60)

    assert extended.held_until == reservation.held_until


def test_an_extension_before_the_wait_began_needs_no_signal(shop: Shop) -> None:
    at(shop, NOON)
    shop.stocks("P-1", on_hand=10)
    reservation = shop.reserves(("P-1", 3), hold_seconds=600)
    at(shop, NOON + timedelta(seconds=1))

    extended = shop.extends(reservation)

    assert extended.held_until == iso(NOON + timedelta(seconds=601))
    assert shop.signals.sent == []


@pytest.mark.parametrize("end", [Shop.times_out, Shop.cancels, Shop.pays])
def test_what_was_decided_cannot_be_extended(shop: Shop, end: Decision) -> None:
    reservation = held_at_noon(shop)
    end(shop, reservation)
    decided = shop.reservation(reservation)
    at(shop, NOON + timedelta(seconds=60))

    with pytest.raises(AlreadyDecided):
        shop.extends(reservation)

    assert shop.reservation(reservation) == decided


def test_an_extension_that_comes_too_late_says_so(shop: Shop) -> None:
    reservation = held_at_noon(shop)
    shop.signals.result = "EXPIRED"

    with pytest.raises(AlreadyDecided):
        shop.extends(reservation)

    assert shop.times_out(reservation).status == "RELEASED"


def test_an_extension_that_the_wait_did_not_hear_is_to_be_tried_again(shop: Shop) -> None:
    reservation = held_at_noon(shop)
    shop.signals.result = "FAILED"
    with pytest.raises(TransientError):
        shop.extends(reservation)
    shop.signals.result = "DELIVERED"

    extended = shop.extends(reservation)

    assert extended.status == "HELD"
    assert shop.signals.sent == [("extended", TASK_TOKEN)] * 2
