"""What the store of reservations answers when nothing is there, or nothing is held."""

from dataclasses import replace

import pytest

from inventory.errors import ReservationNotFound
from inventory.model import CustomerLimits, LevelKey, Line
from inventory.reservations.store import HoldRefused
from tests.support.aws_calls import refusal
from tests.support.fault_injection import hooked
from tests.support.shop import Shop


def test_a_reservation_that_does_not_exist_is_not_found(shop: Shop) -> None:
    with pytest.raises(ReservationNotFound, match="there is no reservation R-9"):
        shop.reservation_store.get("R-9")


def test_a_read_that_is_throttled_is_tried_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    shop.stocks("P-1", on_hand=10)
    reservation = shop.reserves(("P-1", 1))
    refusals = [refusal("ThrottlingException")] * 4  # the SDK makes three attempts of its own

    with hooked(shop.client, "before-call.dynamodb.GetItem", lambda **_: refusals.pop() if refusals else None):
        found = shop.reservation_store.get(reservation.reservation_id)

    assert (found, refusals) == (reservation, [])


def test_a_refused_hold_names_the_short_levels_and_those_that_do_not_exist(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    held = shop.reserves(("P-1", 1), customer_id="C-1")
    lines = (Line("P-1", "main", 10), Line("GONE", "main", 1))

    refused = shop.reservation_store.hold(replace(held, reservation_id="R-9", lines=lines), CustomerLimits(2, 12))
    beyond = shop.reservation_store.hold(replace(held, reservation_id="R-9"), CustomerLimits(1, 12))

    short = {LevelKey("P-1", "main"): 9}
    assert refused == HoldRefused(short, unknown=(LevelKey("GONE", "main"),), beyond_limit=False)
    assert beyond == HoldRefused({}, unknown=(), beyond_limit=True)
    shop.adds_up()
