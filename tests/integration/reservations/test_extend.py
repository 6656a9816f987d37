"""Extending: a hold starts again, up to the longest hold, and the waiting execution is signalled."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from inventory.errors import AlreadyDecided, TransientError
from inventory.model import Reservation, iso
from tests.support.aws_calls import recorded
from tests.support.fault_injection import just_before
from tests.support.shop import TASK_TOKEN, Shop

Decision = Callable[[Shop, Reservation], object]

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")


def at(shop: Shop, moment: datetime) -> None:
    """Set the time of the shop."""
    shop.now = lambda: moment


def held_at_noon(shop: Shop, *, hold_seconds: int = 900) -> Reservation:
    """A hold that starts at noon, and whose execution waits."""
    at(shop, NOON)
    shop.stocks("P-1", on_hand=10)
    return shop.holds(("P-1", 3), hold_seconds=hold_seconds)


def test_an_extension_restarts_the_hold(shop: Shop) -> None:
    reservation = held_at_noon(shop, hold_seconds=600)
    at(shop, NOON + timedelta(seconds=500))

    extended = shop.extends(reservation)

    assert extended.held_until == iso(NOON + timedelta(seconds=1_100))
    assert extended == shop.reservation(reservation)
    assert shop.signals.sent == [("extended", TASK_TOKEN)]


def test_a_hold_is_listed_by_its_new_end(shop: Shop) -> None:
    reservation = held_at_noon(shop, hold_seconds=600)
    [before] = shop.rows(shop.tables.reservations)
    at(shop, NOON + timedelta(seconds=500))

    shop.extends(reservation)

    [row] = shop.rows(shop.tables.reservations)
    assert (row["phase"], row["phase_at"]) == (before["phase"], row["held_until"])


def test_a_hold_is_never_extended_past_the_longest(shop: Shop) -> None:
    shop.longest_hold_seconds = 1_000
    reservation = held_at_noon(shop, hold_seconds=600)
    at(shop, NOON + timedelta(seconds=500))

    for _ in range(3):
        extended = shop.extends(reservation)

    assert extended.held_until == iso(NOON + timedelta(seconds=1_000))
    assert shop.reservation(reservation).held_until == extended.held_until


def test_an_extension_that_does_not_lengthen_the_hold_writes_nothing(shop: Shop) -> None:
    shop.longest_hold_seconds = 1_000
    reservation = held_at_noon(shop, hold_seconds=600)
    at(shop, NOON + timedelta(seconds=500))
    shop.extends(reservation)

    with recorded(shop.client) as calls:
        again = shop.extends(reservation)

    assert again.held_until == iso(NOON + timedelta(seconds=1_000))
    assert [call.operation for call in calls] == ["GetItem"]
    assert shop.signals.sent == [("extended", TASK_TOKEN)] * 2


@pytest.mark.parametrize("longest_now", [60, 86_400])
@pytest.mark.parametrize(("longest_then", "extended_to"), [(1_000, 1_000), (86_400, 1_100)])
def test_a_hold_keeps_the_longest_hold_of_its_beginning(
    shop: Shop, longest_then: int, extended_to: int, longest_now: int
) -> None:
    # Its execution ends at the longest hold of that time: a later end could not be kept, an earlier one was not promised.
    shop.longest_hold_seconds = longest_then
    reservation = held_at_noon(shop, hold_seconds=600)
    shop.longest_hold_seconds = longest_now
    at(shop, NOON + timedelta(seconds=500))

    assert shop.extends(reservation).held_until == iso(NOON + timedelta(seconds=extended_to))


def test_a_hold_from_before_its_longest_hold_was_stored_is_extended_by_the_settings(shop: Shop) -> None:
    reservation = held_at_noon(shop, hold_seconds=600)
    shop.client.update_item(
        TableName=shop.tables.reservations,
        Key={"reservation_id": {"S": reservation.reservation_id}},
        UpdateExpression="REMOVE hold_max",
    )
    shop.longest_hold_seconds = 1_000
    at(shop, NOON + timedelta(seconds=500))

    assert shop.extends(reservation).held_until == iso(NOON + timedelta(seconds=1_000))


def test_the_longest_hold_that_the_first_edition_stored_is_kept(shop: Shop) -> None:
    shop.longest_hold_seconds = 1_000
    reservation = held_at_noon(shop, hold_seconds=600)
    shop.client.update_item(
        TableName=shop.tables.reservations,
        Key={"reservation_id": {"S": reservation.reservation_id}},
        UpdateExpression="SET longest_hold_seconds = hold_max REMOVE hold_max",
    )
    shop.longest_hold_seconds = 86_400
    at(shop, NOON + timedelta(seconds=500))

    assert shop.extends(reservation).held_until == iso(NOON + timedelta(seconds=1_000))


def test_an_extension_never_shortens_a_hold(shop: Shop) -> None:
    shop.longest_hold_seconds = 600
    reservation = held_at_noon(shop, hold_seconds=600)
    at(shop, NOON - timedelta(seconds=30))  # another machine, whose clock is late

    assert shop.extends(reservation).held_until == reservation.held_until


@pytest.mark.parametrize("seconds_behind", [0, 5, 300])
def test_of_two_extensions_at_once_the_slower_clock_does_not_shorten_the_hold(shop: Shop, seconds_behind: int) -> None:
    reservation = held_at_noon(shop, hold_seconds=600)

    def extend_with_the_faster_clock() -> None:
        at(shop, NOON + timedelta(seconds=500))
        shop.extends(reservation)

    at(shop, NOON + timedelta(seconds=500 - seconds_behind))
    with just_before(shop.client, "UpdateItem", extend_with_the_faster_clock):
        extended = shop.extends(reservation)

    assert extended == shop.reservation(reservation)
    assert extended.held_until == iso(NOON + timedelta(seconds=1_100))
    assert shop.signals.sent == [("extended", TASK_TOKEN)] * 2


def test_an_extension_before_the_execution_waits_needs_no_signal(shop: Shop) -> None:
    at(shop, NOON)
    shop.stocks("P-1", on_hand=10)
    reservation = shop.reserves(("P-1", 3), hold_seconds=600)
    at(shop, NOON + timedelta(seconds=1))

    extended = shop.extends(reservation)

    assert extended.held_until == iso(NOON + timedelta(seconds=601))
    assert shop.signals.sent == []


def test_a_repeated_extension_is_accepted_after_the_payment(shop: Shop) -> None:
    reservation = held_at_noon(shop)
    at(shop, NOON + timedelta(seconds=60))
    shop.extends(reservation)
    paid = shop.pays(reservation).reservation

    assert shop.extends(reservation) == paid
    assert shop.signals.sent == [("extended", TASK_TOKEN), ("paid", TASK_TOKEN)]


def test_a_repeated_extension_that_changed_nothing_at_the_longest_hold_is_accepted_after_the_payment(
    shop: Shop,
) -> None:
    shop.longest_hold_seconds = 600
    reservation = held_at_noon(shop, hold_seconds=600)
    at(shop, NOON + timedelta(seconds=60))
    assert shop.extends(reservation).held_until == reservation.held_until
    paid = shop.pays(reservation).reservation

    assert shop.extends(reservation) == paid


@pytest.mark.parametrize("end", [Shop.times_out, Shop.cancels, Shop.pays])
def test_a_decided_reservation_cannot_be_extended(shop: Shop, end: Decision) -> None:
    reservation = held_at_noon(shop)
    end(shop, reservation)
    decided = shop.reservation(reservation)
    at(shop, NOON + timedelta(seconds=60))

    with pytest.raises(AlreadyDecided):
        shop.extends(reservation)

    assert shop.reservation(reservation) == decided


def test_an_extension_after_the_end_of_the_wait_is_refused(shop: Shop) -> None:
    reservation = held_at_noon(shop)
    shop.signals.result = "EXPIRED"

    with pytest.raises(AlreadyDecided):
        shop.extends(reservation)

    assert shop.times_out(reservation).status == "RELEASED"


def test_an_extension_whose_signal_fails_can_be_retried(shop: Shop) -> None:
    reservation = held_at_noon(shop)
    shop.signals.result = "FAILED"
    with pytest.raises(TransientError):
        shop.extends(reservation)
    shop.signals.result = "DELIVERED"

    extended = shop.extends(reservation)

    assert extended.status == "HELD"
    assert shop.signals.sent == [("extended", TASK_TOKEN)] * 2
