"""Releasing: the workflow gives the units of an expired hold back."""

import pytest

from inventory.errors import ReservationNotFound
from inventory.model import ReleaseReason, Reservation, iso
from inventory.reservations.store import Release
from tests.support.fault_injection import just_before
from tests.support.shop import Shop


def held(shop: Shop) -> Reservation:
    """A hold of three of ten units, whose execution waits for the payment."""
    shop.stocks("P-1", on_hand=10)
    return shop.holds(("P-1", 3))


def test_an_expired_hold_gives_its_units_back(shop: Shop) -> None:
    reservation = held(shop)
    now = shop.now()
    shop.now = lambda: now

    released = shop.times_out(reservation)

    assert (released.status, released.reason, released.decided_at) == ("RELEASED", "EXPIRED", iso(now))
    assert (released.held_until, released.task_token, released.notify_since) == (None, None, None)
    assert released == shop.reservation(reservation)
    assert shop.level("P-1").available == 10
    shop.adds_up()


def test_a_repeated_release_returns_the_same_and_gives_nothing_back(shop: Shop) -> None:
    reservation = held(shop)
    first = shop.times_out(reservation)

    again = shop.times_out(reservation)

    assert again == first
    assert shop.level("P-1").available == 10
    shop.adds_up()


@pytest.mark.parametrize("committed", [False, True])
def test_a_paid_reservation_is_never_released(shop: Shop, committed: bool) -> None:
    reservation = held(shop)
    shop.pays(reservation)
    if committed:
        shop.commits(reservation)

    unchanged = shop.times_out(reservation)

    assert unchanged == shop.reservation(reservation)
    assert unchanged.status == ("COMMITTED" if committed else "PAID")
    shop.adds_up()


def test_a_hold_whose_wait_is_over_is_released_although_it_was_extended_meanwhile(shop: Shop) -> None:
    # Its execution waits no longer, so nobody else would end it before the end of the extension.
    reservation = held(shop)

    with just_before(shop.client, "TransactWriteItems", lambda: shop.extends(reservation)):
        released = shop.times_out(reservation)

    assert released == shop.reservation(reservation)
    assert released.status == "RELEASED"
    shop.adds_up()


def test_a_hold_that_was_extended_meanwhile_is_not_released_as_stranded(shop: Shop) -> None:
    reservation = held(shop)
    extended = shop.extends(reservation)
    stranded = Release(ReleaseReason.EXPIRED, wait_is_over=False, unless_extended=True)

    found = shop.reservation_store.release(reservation, stranded, shop.now())

    assert found == extended == shop.reservation(reservation)
    assert shop.level("P-1").reserved == 3
    shop.adds_up()


def test_a_rejected_reservation_has_nothing_to_release(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=1)
    rejected = shop.reserves(("P-1", 2))

    assert shop.times_out(rejected) == rejected
    assert shop.level("P-1").available == 1


def test_an_unknown_reservation_cannot_be_changed(shop: Shop) -> None:
    reservation = held(shop)
    shop.client.delete_item(TableName=shop.tables.reservations, Key={"reservation_id": {"S": "R-1"}})

    for change in (shop.times_out, shop.cancels, shop.extends, shop.commits):
        with pytest.raises(ReservationNotFound):
            change(reservation)


def test_a_token_is_removed_when_its_execution_waits_no_more(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    expired = shop.holds(("P-1", 1))
    sold = shop.holds(("P-1", 1))

    shop.times_out(expired)
    shop.pays(sold)
    shop.commits(sold)

    assert shop.reservation(expired).task_token is None
    assert shop.reservation(sold).task_token is None
