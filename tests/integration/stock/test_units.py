"""Writes of units: each changes the time of its level, and stops at counters that have drifted."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from inventory.aws.changes import to_attributes
from inventory.errors import StockDrifted
from inventory.model import Reservation, Shortage, iso
from tests.support.shop import Shop
from tests.support.shop.drift import tampers

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")
LATER = NOON + timedelta(minutes=5)


def sells(shop: Shop, reservation: Reservation) -> None:
    shop.pays(reservation)
    shop.commits(reservation)


def expires(shop: Shop, reservation: Reservation) -> None:
    shop.times_out(reservation)


def counts(shop: Shop, reservation: Reservation) -> None:
    shop.stocks("P-1", on_hand=12)


def adjusts(shop: Shop, reservation: Reservation) -> None:
    shop.adjusts(+1)


def holds_more(shop: Shop, reservation: Reservation) -> None:
    shop.holds(("P-1", 1))


def rescues(shop: Shop, reservation: Reservation) -> None:
    now, shop.now = shop.now, lambda: NOON
    shop.times_out(reservation)
    shop.now = now
    assert shop.pays(reservation).fulfilled


def held(shop: Shop) -> Reservation:
    """Three of ten units are held since noon, and now it is later."""
    shop.now = lambda: NOON
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 3))
    shop.now = lambda: LATER
    return reservation


def writes(shop: Shop, **attributes: object) -> None:
    """Another tool writes attributes of P-1."""
    [row] = shop.rows(shop.tables.inventory)
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(row | attributes))


@pytest.mark.parametrize(
    ("change", "versions"),
    [(sells, 1), (expires, 0), (rescues, 1), (counts, 1), (adjusts, 1), (holds_more, 0)],
)
def test_each_write_of_units_changes_the_time_of_the_level_and_one_of_its_units_on_hand_its_version(
    shop: Shop, change: Callable[[Shop, Reservation], None], versions: int
) -> None:
    # The comparison of the counters sees by the time that a level was written while it was read. Holds do not change the
    # version: an editor need not read a level again because of them.
    reservation = held(shop)
    before = shop.level("P-1")

    change(shop, reservation)

    level = shop.level("P-1")
    assert level.updated_at == iso(LATER)
    assert level.version == before.version + versions
    shop.adds_up()


@pytest.mark.parametrize(
    ("change", "figures"),
    [
        (sells, {"reserved": -1}),
        (sells, {"on_hand": -8}),
        (expires, {"reserved": -1}),
    ],
)
def test_units_that_a_level_does_not_have_are_not_moved(
    shop: Shop, change: Callable[[Shop, Reservation], None], figures: dict[str, int]
) -> None:
    reservation = held(shop)
    tampers(shop, "P-1", **figures)
    before = shop.level("P-1")

    with pytest.raises(StockDrifted, match="P-1 in main does not have the units"):
        change(shop, reservation)

    assert shop.level("P-1") == before
    assert not shop.reservation(reservation).is_decided


def test_all_available_units_are_held_and_no_more(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)

    assert [shop.reserves(("P-1", units)).status for units in (11, 10, 1)] == ["REJECTED", "HELD", "REJECTED"]
    assert shop.level("P-1").available == 0
    shop.adds_up()


@pytest.mark.parametrize("available", [2, 3])
def test_a_rescue_takes_only_available_units(shop: Shop, available: int) -> None:
    reservation = held(shop)
    shop.times_out(reservation)
    shop.holds(("P-1", 10 - available))

    assert shop.pays(reservation).fulfilled == (available == 3)
    assert shop.level("P-1").available == available % 3
    shop.adds_up()


def test_a_level_whose_counter_is_no_number_is_short(shop: Shop) -> None:
    # DynamoDB cannot add to a text: without a condition that would be an error of the whole transaction.
    shop.stocks("P-1", on_hand=10)
    writes(shop, reserved="none")

    refused = shop.reserves(("P-1", 1))

    assert refused.shortages == (Shortage("P-1", None, requested=1, available=0),)


def test_a_level_that_another_tool_wrote_as_active_is_held_and_sold(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    writes(shop, active=True)

    late = shop.holds(("P-1", 1))
    shop.times_out(late)

    assert shop.pays(late).fulfilled
    assert shop.level("P-1").on_hand == 9
    shop.adds_up()
